"""IP fragments."""

from __future__ import annotations

import random
import struct

import pytest

from sipdiag.transport import fragments
from tests.capture.build import pcap
from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4, ipv6, udp

LONG = OPTIONS[:-2] + b"Subject: " + bytes(range(97, 123)) * 100 + b"\r\n\r\n"


def pieces4(data: bytes, size: int, ident: int = 9) -> list[bytes]:
    """Cut a datagram into IPv4 fragments."""
    places = range(0, len(data), size)
    return [
        ethernet(ipv4(data[at : at + size], ident=ident, place=at // 8 | (0x2000 if at + size < len(data) else 0)))
        for at in places
    ]


def pieces6(data: bytes, size: int, ident: int = 9) -> list[bytes]:
    """Cut a datagram into IPv6 fragments."""
    return [
        ethernet(
            ipv6(struct.pack(">BBHI", 17, 0, at | (at + size < len(data)), ident) + data[at : at + size], protocol=44)
        )
        for at in range(0, len(data), size)
    ]


@pytest.mark.parametrize("cut", [pieces4, pieces6])
@pytest.mark.parametrize("order", ["as sent", "turned", "shuffled", "twice"])
def test_fragments_become_whole(cut, order: str) -> None:  # noqa: ANN001
    """Fragments in any order, some of them twice, give the datagram once, at the frame that completed it."""
    frames = cut(udp(LONG), 480)
    if order == "turned":
        frames.reverse()
    elif order == "shuffled":
        random.Random(1).shuffle(frames)  # noqa: S311
    elif order == "twice":
        frames = [frame for frame in frames[:-1] for _ in (1, 2)] + frames[-1:]
    (datagram,) = (outcome := Outcome(frames)).datagrams
    assert datagram.payload == LONG
    assert datagram.fragments == tuple(range(1, len(frames) + 1))
    assert datagram.frame == len(frames)
    assert not outcome.defects


@pytest.mark.parametrize("cut", [pieces4, pieces6])
def test_fragments_recorded_twice_are_no_loss(cut) -> None:  # noqa: ANN001
    """A mirror port may send each packet twice: the second copy of the last fragment begins no new datagram."""
    frames = cut(udp(LONG), 480)
    capture = pcap([frame for frame in frames for _ in (1, 2)])
    records = [capture[:24]]
    at = 24
    while at < len(capture):  # all at one time
        size = struct.unpack_from("<I", capture, at + 8)[0]
        records.append(struct.pack("<II", 1_700_000_000, 0) + capture[at + 8 : at + 16 + size])
        at += 16 + size
    outcome = Outcome.of(b"".join(records))
    assert [datagram.payload for datagram in outcome.datagrams] == [LONG]
    assert not outcome.defects


@pytest.mark.parametrize("step", [104, 240, 400])
def test_overlapping_fragments_become_whole(step: int) -> None:
    """Where two fragments overlap, the bytes that came first count; one that is longer fills what is behind."""
    data = udp(LONG)
    places = range(0, len(data), step)
    frames = [
        ethernet(ipv4(data[at : at + 480], ident=9, place=at // 8 | (0x2000 if at + 480 < len(data) else 0)))
        for at in places
        if at == 0 or at + 480 - step < len(data)
    ]
    short = ethernet(ipv4(data[:240], ident=9, place=0x2000))
    (datagram,) = Outcome([short, *frames]).datagrams
    assert datagram.payload == LONG


def test_a_number_stands_for_another_datagram_after_a_while() -> None:
    """What was never completed does not spoil the datagram that gets its number a minute later."""
    stale, fresh = pieces4(udp(b"x" * 900), 480)[:1], pieces4(udp(LONG), 480)
    waiting = [ethernet(ipv4(udp(b"\x80")))] * 70  # a second each
    outcome = Outcome([*stale, *waiting, *fresh])
    assert [datagram.payload for datagram in outcome.datagrams] == [LONG]
    assert [defect.kind for defect in outcome.defects] == ["fragment-lost"]


def test_datagrams_interleave() -> None:
    """Fragments belong together by addresses, protocol and identification."""
    first, second = pieces4(udp(LONG), 1_000, 1), pieces4(udp(LONG + b"!"), 1_000, 2)
    frames = [frame for pair in zip(first, second, strict=True) for frame in pair]
    assert [len(datagram.payload) for datagram in Outcome(frames).datagrams] == [len(LONG), len(LONG) + 1]


@pytest.mark.parametrize("cut", [pieces4, pieces6])
@pytest.mark.parametrize("missing", [0, 1, -1])
def test_lost_fragment_is_a_defect(cut, missing: int) -> None:  # noqa: ANN001
    """What never becomes whole is noted at the end, with the first frame of it."""
    frames = cut(udp(LONG), 800)
    del frames[missing]
    outcome = Outcome(frames)
    assert not outcome.datagrams
    assert [(defect.kind, defect.frame) for defect in outcome.defects] == [("fragment-lost", 1)]


def test_open_datagrams_are_bounded() -> None:
    """Of more open datagrams than are kept the oldest give way, each a defect."""
    first = pieces4(udp(LONG), 1_400, 0)
    frames = (
        first[:1] + [pieces4(udp(LONG), 1_400, ident)[0] for ident in range(1, fragments.MOST_OPEN + 1)] + first[1:]
    )
    outcome = Outcome(frames)
    assert not outcome.datagrams
    assert [defect.kind for defect in outcome.defects[:2]] == ["limit-reached", "fragment-lost"]
    assert outcome.defects[1].frame == 1


def test_no_datagram_beyond_64_kb() -> None:
    """A fragment that would end behind the longest datagram is not kept."""
    frames = [ethernet(ipv4(bytes(1_400), ident=1, place=0x1FFF))]
    assert not Outcome(frames * 3).signalling


def test_overlap_keeps_the_first_bytes() -> None:
    """Where fragments overlap, the bytes that came first win."""
    data = udp(LONG)
    frames = pieces4(data, 1_600)
    overlapping = ethernet(ipv4(b"#" * 1_600, ident=9, place=(800 // 8) | 0x2000))
    (datagram,) = Outcome([frames[0], overlapping, *frames[1:]]).datagrams
    assert datagram.payload[:1_592] == LONG[:1_592]


def test_snap_length_cuts_the_last_fragment() -> None:
    """Bytes that the snap length cut off the end are counted."""
    frames = pieces4(udp(LONG), 1_600)
    (datagram,) = Outcome(frames, snap=14 + 20 + 1_600).datagrams
    assert (datagram.payload, datagram.cut) == (LONG, 0)
    (datagram,) = Outcome(frames, snap=14 + 20 + 1_592).datagrams
    assert len(datagram.payload) + datagram.cut == len(LONG)
    assert LONG.startswith(datagram.payload)
