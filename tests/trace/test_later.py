"""Tests of `sipdiag.trace.later`: two processes read what one would."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.captures import write_calls
from benchmarks.mixed import write_mixed
from sipdiag.capture import open_capture
from sipdiag.media import streams
from sipdiag.trace import Trace, ahead, later, read, read_trace
from sipdiag.trace.reader import Reader
from tests.capture.build import enhanced, interface, pcap, section
from tests.media.spoken import rtp
from tests.transport.wire import ALICE, BOB, OPTIONS, RTP, ethernet, ipv4, tcp, udp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")
KINDS = ("whole", "fragments", "segments", "media", "lookalike", "noise")
LOOKALIKE = pcap([b"inner"] * 40)[24:]
"""Payload that holds a chain of records."""


def said(number: int, body: int = 0) -> bytes:
    head = f"OPTIONS sip:bob@example.com SIP/2.0\r\nCall-ID: {number}\r\nContent-Length: {body}\r\n\r\n"
    return head.encode() + b"x" * body


def fragments(number: int) -> list[bytes]:
    """The packets of one message in two fragments."""
    data = udp(said(number, 600))
    first = ipv4(data[:320], ident=number, place=0x2000)
    return [ethernet(first), ethernet(ipv4(data[320:], ident=number, place=40))]


@st.composite
def frames(draw: st.DrawFn) -> list[bytes]:
    """What a capture holds: messages whole, in fragments and in segments, media, and what is none of these."""
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=60))
    packets: list[bytes] = []
    sequence = 1_000
    for number, kind in enumerate(kinds):
        if kind == "whole":
            packets.append(ethernet(ipv4(udp(said(number)))))
        elif kind == "fragments":
            packets += fragments(number)
        elif kind == "segments":
            data = said(number, 40)
            for part in (data[:50], data[50:]):
                segment = tcp(part, sequence=sequence, flags=16, source=40_000, destination=5060)
                packets.append(ethernet(ipv4(segment, protocol=6, source=ALICE, destination=BOB)))
                sequence += len(part)
        elif kind == "media":
            packets.append(ethernet(ipv4(udp(RTP, source=40_000, destination=40_002))))
        else:
            payload = {"lookalike": LOOKALIKE, "noise": bytes(300)}[kind]
            packets.append(ethernet(ipv4(udp(payload))))
    return packets


def traces_of(path: Path, part: float, *, media: bool = False) -> tuple[Trace, Trace, Trace]:
    """What a file shows read in one go, in two parts, and in two parts by two processes."""
    whole = read_trace(str(path), media=media)
    by_columns = patch.object(read, "plain_trace", lambda *_, **__: None)
    first = patch.multiple(ahead, FIRST_PART=part, FIRST_PART_WITH_MEDIA=part)
    with by_columns, patch.object(read, "LARGE", 0), first:
        parts = read_trace(str(path), media=media)
        with patch.object(read, "may_fork", lambda: True):
            shared = read_trace(str(path), media=media, meanwhile=list)
    return whole, parts, shared


@contextmanager
def joined() -> Iterator[list[later.Later]]:
    """Collect the later parts that counted."""
    counted: list[later.Later] = []
    join = Reader.join_later

    def noted(self: Reader, part: later.Later) -> bool:
        taken = join(self, part)
        if taken:
            counted.append(part)
        return taken

    with patch.object(Reader, "join_later", noted):
        yield counted


@settings(deadline=None, max_examples=60)
@given(frames(), st.floats(0.0, 1.0), st.booleans())
def test_two_readers_are_one(packets: list[bytes], part: float, blocks: bool) -> None:  # noqa: FBT001
    """Whatever the capture holds, and wherever it is cut."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "some.pcap"
        data = section() + interface() + b"".join(enhanced(each, at) for at, each in enumerate(packets))
        path.write_bytes(data if blocks else pcap(packets))
        whole, parts, shared = traces_of(path, part)
    assert shared == parts == whole


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("media", [False, True], ids=["signalling", "media"])
def test_samples_are_the_same_in_two_parts(path: Path, *, media: bool) -> None:
    """Every one of them, cut near its middle, every figure to the last bit."""
    whole, parts, shared = traces_of(path, 0.4, media=media)
    assert shared == parts == whole


@pytest.mark.parametrize("write", [write_calls, write_mixed])
@pytest.mark.parametrize("part", [0.05, 0.5])
def test_many_streams_are_the_same_in_two_parts(write: Callable[..., object], part: float, tmp_path: Path) -> None:
    """With loss and jitter, and packets that change places where the parts meet."""
    path = tmp_path / "busy.pcap"
    write(path, calls=40, packets=30_000)
    with joined() as counted:
        whole, parts, shared = traces_of(path, part, media=True)
    assert len(counted) == 1
    assert shared == parts == whole
    assert len(whole.streams) == 80


def test_more_streams_than_there_is_room_for_are_followed_by_one_process(tmp_path: Path) -> None:
    """Which of them give way depends on all of them."""
    path = tmp_path / "busy.pcap"
    write_calls(path, calls=40, packets=4_000)
    with patch.object(streams, "MOST_STREAMS", 80), joined() as counted:
        whole, parts, shared = traces_of(path, 0.4, media=True)
    assert not counted
    assert shared == parts == whole
    assert len(whole.streams) == 80


@pytest.mark.parametrize(("payload", "taken"), [(bytes([0x80, 96]) + bytes(700), 0), (said(1, 600), 1)])
def test_media_in_fragments_are_followed_by_one_process(payload: bytes, taken: int, tmp_path: Path) -> None:
    """Video, say; a message in fragments is no hindrance."""
    path = tmp_path / "some.pcap"
    data = udp(payload)
    pieces = [ethernet(ipv4(data[:320], ident=7, place=0x2000)), ethernet(ipv4(data[320:], ident=7, place=40))]
    voice = [ethernet(ipv4(udp(rtp(number, 160 * number)))) for number in range(940)]
    path.write_bytes(pcap(voice[:900] + pieces + voice[900:]))
    with joined() as counted:
        whole, parts, shared = traces_of(path, 0.4, media=True)
    assert len(counted) == taken
    assert shared == parts == whole


@settings(deadline=None, max_examples=60)
@given(frames(), st.booleans())
def test_the_second_reader_fails_on_nothing(packets: list[bytes], media: bool) -> None:  # noqa: FBT001
    """Its failure would be unseen: the first one would read on alone."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "some.pcap"
        path.write_bytes(pcap(packets))
        with open_capture(str(path)) as source:
            part = later.later_part(source, len(pcap([])), media=media)
    assert part is None or part.packets == len(packets)


def test_the_second_reader_counts() -> None:
    """In most of the samples a place is found and proven: otherwise nothing would have been held."""
    with joined() as counted:
        for path in SAMPLES[:20]:
            traces_of(path, 0.4)
    assert len(counted) >= 10


def test_a_place_that_is_none_does_not_count(tmp_path: Path) -> None:
    """A chain of records within a packet is walked, and thrown away when the first reader does not come by."""
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap([ethernet(ipv4(udp(OPTIONS))), bytes(50) + pcap([b"inner"] * 900)[24:], b"last"]))
    with joined() as counted:
        whole, parts, shared = traces_of(path, 0.1)
    assert not counted
    assert shared == parts == whole
    assert whole.facts.packets == 3


def test_a_later_interface_does_not_count(tmp_path: Path) -> None:
    """What the second process took from the file's beginning must still hold where it began."""
    path = tmp_path / "some.pcapng"
    few = [enhanced(ethernet(ipv4(udp(said(number)))), number) for number in range(900)]
    path.write_bytes(section() + interface() + b"".join(few[:800]) + interface(link=101) + b"".join(few))
    with joined() as counted:
        whole, parts, shared = traces_of(path, 0.7)
    assert not counted
    assert shared == parts == whole
    assert whole.facts.link_types == [1, 101]
