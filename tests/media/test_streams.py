"""Tests of `sipdiag.media.streams`: datagrams become streams, the same however they are cut into chunks."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.media import streams as room
from tests.media.spoken import MILLISECOND, START, Said, Serial, rtp, streams_of, voice

if TYPE_CHECKING:
    from sipdiag.media import Stream

BACK = (0, 0xFFFF_C633_6402, 0, 0xFFFF_C000_0201, 5_000, 4_000)
SIX = (0x2001_0DB8_0000_0000, 1, 0x2001_0DB8_0000_0000, 2, 4_000, 5_000)


def only(said: list[Said], *cuts: int) -> Stream:
    (stream,) = streams_of(said, *cuts)
    return stream


@st.composite
def conversations(draw: st.DrawFn) -> list[Said]:
    """One stream with loss, copies, packets that come late, and any clock."""
    begin = draw(st.sampled_from([0, 5, 65_500, 65_535]))
    said: list[Said] = []
    for number in range(draw(st.integers(1, 60))):
        fate = draw(st.sampled_from(["there"] * 6 + ["lost", "twice", "late"]))
        late = draw(st.integers(0, 30)) * MILLISECOND // 3
        packet = Said(
            time=number * 20 * MILLISECOND + late,
            payload=rtp(begin + number, 160 * number + 2**32 - 500, marker=draw(st.booleans())),
        )
        if fate != "lost":
            said.append(packet)
        if fate == "twice":
            said.append(replace(packet, time=packet.time + 10_000))
        if fate == "late" and len(said) > 1:
            said[-1], said[-2] = said[-2], said[-1]
    return said or [Said(time=0, payload=rtp(begin, 0))]


@settings(deadline=None)
@given(said=conversations(), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_columns_reckon_what_a_serial_reader_does(said: list[Said], cuts: list[int]) -> None:
    """Loss, copies, order and jitter are those of RFC 3550 packet by packet, wherever chunks end."""
    serial = Serial()
    for packet in said:
        serial.take(packet)
    stream = only(said, *sorted(min(cut, len(said)) for cut in cuts))
    assert (stream.packets, stream.lost) == (len(said), serial.lost)
    assert (stream.duplicates, stream.reordered) == (serial.duplicates, serial.reordered)
    jitter = stream.jitter(8_000)
    assert jitter is not None
    assert jitter.last == pytest.approx(serial.estimate, abs=1e-6)
    assert jitter.count == len(serial.jitters)
    assert jitter.highest == pytest.approx(max(serial.jitters, default=0.0), abs=1e-6)
    mean = sum(serial.jitters) / len(serial.jitters) if serial.jitters else 0.0
    assert jitter.mean == pytest.approx(mean, abs=1e-6)


@settings(deadline=None)
@given(said=conversations(), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_any_split_gives_the_same_stream(said: list[Said], cuts: list[int]) -> None:
    """Every figure, not only those that the serial reader knows."""
    whole, parts = only(said), only(said, *sorted(min(cut, len(said)) for cut in cuts))
    assert replaced(whole) == replaced(parts)


def replaced(stream: Stream) -> Stream:
    """The stream with its jitter to the nanosecond: blocks round differently from the sixteenth digit on."""
    from msgspec.structs import replace as changed  # noqa: PLC0415

    return changed(
        stream,
        jitters=tuple(
            changed(each, **{name: round(getattr(each, name), 6) for name in ("mean", "highest", "last", "inherits")})
            for each in stream.jitters
        ),
        steps=changed(stream.steps, jitter=tuple(round(each, 3) for each in stream.steps.jitter)),
    )


def test_numbers_wrap() -> None:
    """65535 is followed by 0, and nothing is lost."""
    stream = only(voice(50, sequence=65_520))
    assert (stream.lost, stream.expected, stream.reordered) == (0, 50, 0)


def test_the_same_ssrc_both_ways_is_two_streams() -> None:
    """And so is one number that two sources chose (RFC 3550, section 8.2)."""
    there = voice(10)
    back = [replace(each, time=each.time + MILLISECOND, ends=BACK) for each in voice(10)]
    other = [replace(each, time=each.time + 2 * MILLISECOND, ends=(*each.ends[:4], 4_002, 5_000)) for each in there]
    found = streams_of(sorted([*there, *back, *other], key=lambda each: each.time))
    assert [each.packets for each in found] == [10, 10, 10]
    assert (found[0].source, found[1].source) == (found[1].destination, found[0].destination)


def test_ipv6_is_named_in_brackets() -> None:
    """As endpoints are everywhere."""
    stream = only([replace(each, ends=SIX) for each in voice(3)])
    assert (stream.source, stream.destination) == ("[2001:db8::1]:4000", "[2001:db8::2]:5000")


@pytest.mark.parametrize(
    "payload",
    [
        struct.pack(">HHI", 1, 8, 0x2112A442) + bytes(20),
        b"\x16\xfe\xff" + bytes(30),
        b"\x40\x00\x00\x10" + bytes(30),
        struct.pack(">BBHII", 0x80, 200, 6, 7, 0) + bytes(16),
        b"\x80",
        b"",
    ],
    ids=["STUN", "DTLS", "TURN", "RTCP", "one byte", "nothing"],
)
def test_what_shares_the_port_is_no_rtp(payload: bytes) -> None:
    """RFC 7983 and RFC 5761 tell them apart by their first bytes."""
    mixed = [*voice(5), Said(time=50 * MILLISECOND, payload=payload)]
    assert only(sorted(mixed, key=lambda each: each.time)).packets == 5
    assert streams_of([Said(time=0, payload=payload)]) == []


def test_a_cut_payload_is_counted_whole() -> None:
    """A snap length that keeps headers alone takes nothing from the figures, and is told."""
    stream = only([replace(each, kept=12) for each in voice(20)])
    assert (stream.packets, stream.lost, stream.cut, stream.bytes) == (20, 0, 20, 20 * 172)
    assert stream.sampled == 0


def test_a_sender_that_begins_anew_loses_nothing() -> None:
    """A leap that no loss explains is told as such (RFC 3550, appendix A.1)."""
    later = voice(20, begin=400 * MILLISECOND, sequence=40_000)
    stream = only([*voice(20), *later])
    assert (stream.lost, stream.restarts) == (0, 1)


def test_a_long_loss_is_a_loss() -> None:
    """Where there was time for the packets that are missing."""
    stream = only([*voice(2), Said(time=80_000 * MILLISECOND, payload=rtp(4_000, 640_000))])
    assert (stream.lost, stream.restarts) == (3_998, 0)
    assert [gap.frame for gap in stream.gaps] == [3]


def test_comfort_noise_is_no_voice() -> None:
    """Payload type 13 keeps out of the jitter and of the longest time between packets."""
    said = voice(10)
    said.append(Said(time=900 * MILLISECOND, payload=rtp(10, 7_200, payload_type=13, payload=b"\x40")))
    stream = only(said)
    assert (stream.noise, stream.max_delta, stream.payload_type) == (1, 20 * MILLISECOND, 0)
    assert [(each.payload_type, each.packets) for each in stream.formats] == [(0, 10), (13, 1)]


def test_keys_are_told_once() -> None:
    """Whatever number of packets an event takes, and wherever a chunk ends (RFC 4733, section 2.5.1)."""
    event = [
        Said(
            time=(200 + 20 * number) * MILLISECOND,
            payload=rtp(10 + number, 1_600, payload_type=101, payload=bytes([5, 10, 0, 160])),
        )
        for number in range(4)
    ]
    for cuts in ((), (11,), (11, 12, 13)):
        stream = only([*voice(10), *event], *cuts)
        assert [(each.key, each.frame) for each in stream.keys] == [("5", 11)]
        jitter = stream.jitter(8_000)
        assert jitter is not None
        assert jitter.highest == 0.0


def test_silence_is_heard() -> None:
    """Payload of PCMU that stands for nothing, or holds one value only, is silent; a tone is not."""
    silent = [Said(time=each.time, payload=each.payload[:12] + b"\xff" * 160) for each in voice(64)]
    assert (only(silent).sampled, only(silent).silent, only(silent).last_loud) == (4, 4, None)
    loud = only(voice(64))
    assert (loud.sampled, loud.silent) == (4, 0)
    assert loud.last_loud == START + 48 * 20 * MILLISECOND


def test_the_clock_of_a_dynamic_type_is_found_out() -> None:
    """The rate at which the jitter is least is the true one; a known one may be asked for."""
    said = [
        Said(time=20 * MILLISECOND * number, payload=rtp(number, 960 * number, payload_type=111))
        for number in range(50)
    ]
    stream = only(said)
    best = stream.jitter()
    assert best is not None
    assert (best.rate, best.highest) == (48_000, 0.0)
    assert [each.rate for each in stream.jitters] == [8_000, 16_000, 32_000, 48_000, 90_000]
    assert stream.jitter(44_100) is None


@settings(deadline=None)
@given(payloads=st.lists(st.binary(max_size=40), max_size=30), cut=st.integers(0, 40))
def test_nothing_makes_it_raise(payloads: list[bytes], cut: int) -> None:
    """Whatever the bytes say of versions, lengths and extensions, and however much of them was kept."""
    hostile = [
        prefix + payload for payload in payloads for prefix in (b"", b"\x80", b"\xbf\x00", b"\x80\xc8", b"\x90\x65")
    ]
    said = [Said(time=number * MILLISECOND, payload=each, kept=cut) for number, each in enumerate(hostile)]
    if said:
        assert sum(each.packets for each in streams_of(said)) <= len(said)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates that came to nothing give way to a stream; what finds no room is counted."""
    monkeypatch.setattr(room, "MOST_STREAMS", 20)
    flood = [Said(time=number, payload=rtp(number, 0, ssrc=1_000 + number)) for number in range(30)]
    late = voice(40, begin=30_000 * MILLISECOND)
    reader = room.RtpStreams()
    from tests.media.spoken import columns  # noqa: PLC0415

    reader.feed(columns(flood))
    assert reader.refused == 10
    reader.feed(columns(late, 31))
    assert [each.packets for each in reader.streams()] == [40]


def test_what_has_ended_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """More streams than there is room for at a time, each whole; one that goes on after a long pause is one."""
    from tests.media.spoken import columns  # noqa: PLC0415

    monkeypatch.setattr(room, "MOST_STREAMS", 20)
    reader = room.RtpStreams()
    for turn in range(4):
        begin = turn * 60_000 * MILLISECOND
        said = [packet for ssrc in range(19) for packet in voice(5, begin=begin, ssrc=100 * turn + ssrc + 1)]
        said += [
            replace(packet, payload=rtp(5 * turn + number, 480_000 * turn + 160 * number, ssrc=9_999))
            for number, packet in enumerate(voice(5, begin=begin))
        ]
        reader.feed(columns(sorted(said, key=lambda each: each.time), 100 * turn + 1))
    streams = reader.streams(3)
    assert len(streams) == 4 * 19 + 1
    (whole,) = [each for each in streams if each.ssrc == 9_999]
    assert (whole.packets, whole.lost, len(whole.gaps), whole.capture) == (20, 0, 3, 3)
    assert reader.refused == 0
    assert [each.first_frame for each in streams] == sorted(each.first_frame for each in streams)


def test_rtcp_is_kept_with_its_stream() -> None:
    """The last report of each kind, between the same hosts."""
    block = struct.pack(">IIIIII", 7, 26 << 24 | 12, 100, 80, 0, 0)
    report = struct.pack(">BBHI", 0x81, 201, 7, 9) + block
    said = [*voice(5), Said(time=200 * MILLISECOND, payload=report, ends=(*BACK[:4], 5_001, 4_001))]
    (told,) = only(said).reports
    assert (told.kind, told.lost, told.jitter, told.loss_percent) == ("received", 12, 80, 10.2)


@pytest.mark.parametrize(
    ("copies", "numbers", "convincing"), [(2, 10, True), (3, 10, True), (2, 2, False), (9, 1, False)]
)
def test_copies_make_a_stream_neither_more_nor_less_convincing(copies: int, numbers: int, *, convincing: bool) -> None:
    """A recorder on two interfaces writes each packet twice; one packet again and again is no stream."""
    said = [replace(each, time=each.time + copy * 20_000) for each in voice(numbers) for copy in range(copies)]
    assert only(said).is_convincing == convincing
