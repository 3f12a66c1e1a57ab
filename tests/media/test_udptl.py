"""Tests of `sipdiag.media.udptl`: datagrams become the streams of faxes."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facsimile import faxed, idle, page, udptl
from sipdiag.media import UdptlStreams
from streaming import HERE, THERE, speech
from tests.media.spoken import MILLISECOND, Said, columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.media import Stream


def faxes_of(said: list[Said], *cuts: int) -> list[Stream]:
    reader = UdptlStreams()
    for begin, end in pairwise([0, *sorted(cuts), len(said)]):
        if end > begin:
            reader.feed(columns(said[begin:end], begin + 1))
    return reader.streams()


def only(said: list[Said], *cuts: int) -> Stream:
    (stream,) = faxes_of(said, *cuts)
    return stream


def test_a_fax_is_counted_like_a_stream_without_a_clock() -> None:
    """Packets, loss and pauses; no jitter, no SSRC, no payload type."""
    stream = only(faxed(HERE, THERE, 1, 4, lost={10, 11, 50}))
    assert (stream.is_fax, stream.packets, stream.lost, stream.is_convincing) == (True, 97, 3, True)
    assert (stream.source, stream.destination) == ("192.0.2.10:4000", "203.0.113.20:6000")
    assert (stream.jitter(), stream.jitters, stream.payload_type, stream.ssrc) == (None, (), -1, -1)
    assert stream.formats[0].length == len(udptl(5))
    assert stream.max_delta == 120 * MILLISECOND


@pytest.mark.parametrize(
    ("repeated", "for_good"),
    [(0, 7), (1, 3), (2, 1), (3, 0)],
)
def test_what_comes_again_is_not_lost_for_good(repeated: int, for_good: int) -> None:
    """Of one packet, of two and of three in a row, by how many earlier ones each packet holds."""
    lost = {*range(10, 12), 30, *range(50, 53), 70}
    stream = only(faxed(HERE, THERE, 1, 4, lost=lost, repeated=repeated))
    assert (stream.lost, stream.lost_for_good) == (7, for_good)


def test_parity_mends_as_many_as_it_has_parts() -> None:
    """Two parts, three packets in a row."""
    stream = only(faxed(HERE, THERE, 1, 4, lost={10, 11, 30, 31, 32}, parity=True))
    assert (stream.packets, stream.lost, stream.lost_for_good) == (95, 5, 1)


def test_what_comes_late_is_not_lost() -> None:
    """Though nothing had brought it again when the next one came."""
    said = faxed(HERE, THERE, 1, 4, repeated=0)
    said[10], said[11] = said[11], said[10]
    stream = only(said)
    assert (stream.lost, stream.lost_for_good, stream.reordered) == (0, 0, 1)


def long(number: int) -> bytes:
    return page(number) * 12


@pytest.mark.parametrize("data", [page, idle, long])
@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("repeated", [0, 1, 5])
def test_packets_are_known_by_their_lengths(data: Callable[[int], bytes], padding: int, repeated: int) -> None:
    """Short and long parts, none or some earlier ones, and what some senders leave behind them."""
    said = faxed(HERE, THERE, 1, 1, data=data, repeated=repeated)
    assert only([replace(each, payload=each.payload + bytes(padding)) for each in said]).packets == 25


@pytest.mark.parametrize("snap", [8, 20, 23, 24, 30, 44])
def test_of_what_was_cut_off_the_beginning_counts(snap: int) -> None:
    """What is not there may have brought again whatever was lost."""
    stream = only([replace(each, kept=snap) for each in faxed(HERE, THERE, 1, 1, lost={5, 6, 7})])
    assert (stream.packets, stream.lost, stream.cut) == (22, 3, 22)
    assert stream.lost_for_good == (1 if snap >= 24 else 0)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00",
        b"\x00\x01\x00\x00",
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),  # STUN
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01",  # DNS
        b"\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x28" + bytes(40),  # DTLS
        udptl(5)[:-4],
        udptl(5) + bytes(4),
        b"\x00\x05\x01\x06\x40\x00",
        b"\x00\x05\x01\x06\x00\x11" + b"\x01\x06" * 17,
        b"\x00\x05\xc1\x06\x00\x00",
    ],
)
def test_what_does_not_come_out_is_no_fax(payload: bytes) -> None:
    """Other protocols, packets with too little or too much, and lengths that are none."""
    assert faxes_of([Said(time=0, payload=payload)] * 3) == []


def test_rtp_is_no_fax() -> None:
    """Not even where one goes, whose numbers are far from what begins like RTP."""
    said = [*faxed(HERE, THERE, 1, 4), *speech(HERE, THERE, 5, 4, payload=bytes(160))]
    assert [each.packets for each in faxes_of(said, 20, 150)] == [100]


@pytest.mark.parametrize("first", [0x7F80, 0x8FC0, 0xFFC0])
@pytest.mark.parametrize("cuts", [(), (60,), (110, 200), (127, 128, 129)])
def test_numbers_that_look_like_rtp_are_counted(first: int, cuts: tuple[int, ...]) -> None:
    """In whatever chunks they come, once others have; and beyond 16 bits."""
    said = faxed(HERE, THERE, 1, 20, first=first)
    assert (only(said, *cuts).packets, only(said, *cuts).lost) == (500, 0)


def in_two(said: list[Said], cut: int) -> list[Stream] | None:
    """The streams that two find; nothing if they cannot be joined."""
    first, second = UdptlStreams(), UdptlStreams(later=True)
    first.feed(columns(said[:cut]))
    second.feed(columns(said[cut:]))
    joined = first.join(pickle.loads(pickle.dumps(second)), cut)  # noqa: S301 - as another process gives it
    return first.streams() if joined else None


@settings(deadline=None)
@given(
    lost=st.sets(st.integers(0, 199), max_size=40),
    cut=st.integers(1, 150),
    first=st.sampled_from([0, 0x6FF0, 0x7F80, 0x8F80, 0xBFF0, 0xFFC0]),
    repeated=st.integers(0, 3),
)
def test_two_find_what_one_finds(lost: set[int], cut: int, first: int, repeated: int) -> None:
    """Wherever the parts meet; what cannot be joined exactly is not."""
    said = faxed(HERE, THERE, 1, 8, first=first, lost=lost, repeated=repeated)
    found = in_two(said, cut)
    assert found in (None, faxes_of(said))


def test_two_are_joined_where_nothing_is_missing_between() -> None:
    """And neither is near the numbers that look like RTP."""
    said = faxed(HERE, THERE, 1, 8, lost={20, 90})
    assert in_two(said, 50) == faxes_of(said)
    assert in_two(said, 20) is None
    assert in_two(faxed(HERE, THERE, 1, 8, first=0x6FF0), 50) is None
    assert in_two(faxed(HERE, THERE, 1, 8, first=0x6F00), 50) is not None


def test_a_fax_that_begins_with_such_numbers_begins_behind_them() -> None:
    """Nothing tells it from RTP until then, unless the same chunk shows more of it."""
    said = faxed(HERE, THERE, 1, 20, first=0x8001)
    assert [only(said).packets, only(said, 60).packets] == [500, 440]


@settings(deadline=None)
@given(
    packets=st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 40)), min_size=1, max_size=30),
    cut=st.integers(0, 30),
)
def test_nothing_raises(packets: list[tuple[bytes, int]], cut: int) -> None:
    """Whatever the bytes are, and however much of them was kept; no more is counted than came."""
    said = [
        Said(time=at * MILLISECOND, payload=each, kept=min(kept, len(each))) for at, (each, kept) in enumerate(packets)
    ]
    assert sum(each.packets for each in faxes_of(said, min(cut, len(said)))) <= len(said)
