"""Wi-Fi frames with several others in one."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.trace import read_trace
from sipdiag.transport import aggregate
from tests.capture.build import pcap
from tests.transport.wire import ANSWER, OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, tcp, udp
from wrappings import part

SNAP = b"\xaa\xaa\x03\0\0\0"
WHOLE = (
    b"OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%d\r\nCall-ID: %d\r\n"
    b"CSeq: 1 OPTIONS\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nContent-Length: %d\r\n\r\n%b"
)


def message(number: int, body: int = 0) -> bytes:
    """An IP packet with a SIP message of its own."""
    return (ipv6 if number % 3 == 2 else ipv4)(udp(WHOLE % (number, number, body, b"x" * body)))


def snapped(packet: bytes) -> bytes:
    """With LLC and SNAP before it."""
    return SNAP + (b"\x08\0" if packet[0] >> 4 == 4 else b"\x86\xdd") + packet


def frame(*bodies: bytes, control: bytes = b"\x80\0", end: bytes = b"") -> bytes:
    """A data frame with a QoS control that says that there are several, and that many in it."""
    parts = b"".join(part(body, last=number == len(bodies)) for number, body in enumerate(bodies, 1))
    return b"\x88\x01" + bytes(22) + control + parts + end


def payloads(*frames: bytes, media: bool = False) -> list[tuple[int, bytes]]:
    """Frame and payload of what is found."""
    return [(each.frame, each.payload) for each in Outcome(list(frames), link=105, media=media).datagrams]


def test_each_part_is_read_in_its_order() -> None:
    """In the frame that they came in; what came before and behind keeps its place, whatever the version of IP."""
    first, second, other = (snapped(ipv4(udp(OPTIONS))), snapped(ipv4(udp(ANSWER))), snapped(ipv6(udp(OPTIONS))))
    assert payloads(frame(first, second, first), frame(second), frame(other), frame(second, first)) == [
        (1, OPTIONS),
        (1, ANSWER),
        (1, OPTIONS),
        (2, ANSWER),
        (3, OPTIONS),
        (4, ANSWER),
        (4, OPTIONS),
    ]
    assert sorted(payloads(frame(first, other, second))) == [(1, OPTIONS), (1, OPTIONS), (1, ANSWER)]


@given(st.lists(st.integers(0, 1_400), min_size=1, max_size=9))
def test_any_lengths_are_padded_to_four_bytes(sizes: list[int]) -> None:
    """Also those of a whole Ethernet's size, whose length would elsewhere be a type; a checksum may follow the last."""
    bodies = [OPTIONS + bytes(size) for size in sizes]
    whole = [snapped(ipv4(udp(body))) for body in bodies]
    assert payloads(frame(*whole, end=b"\xee" * 4)) == [(1, body) for body in bodies]


def test_what_is_no_ip_is_passed_over() -> None:
    """ARP, another LLC, an empty part."""
    others = (SNAP + b"\x08\x06" + bytes(28), b"\x42\x42\x03" + bytes(35), b"")
    assert payloads(frame(*others, snapped(ipv4(udp(OPTIONS))))) == [(1, OPTIONS)]


def test_a_part_ends_where_it_says() -> None:
    """A packet that states more than its part holds does not run into the next one."""
    cut = snapped(ipv4(udp(OPTIONS, length=8 + 400), total=428))
    outcome = Outcome([frame(cut, snapped(ipv4(udp(ANSWER))))], link=105)
    assert [(each.payload, each.cut) for each in outcome.datagrams] == [(OPTIONS, 400 - len(OPTIONS)), (ANSWER, 0)]


def test_a_frame_that_the_snap_length_cut_gives_what_is_there() -> None:
    """Whole parts, and the beginning of the one that was cut."""
    whole = frame(snapped(ipv4(udp(OPTIONS))), snapped(ipv4(udp(ANSWER * 9))))
    assert payloads(whole[:-100])[0] == (1, OPTIONS)
    assert len(payloads(whole[:-100])) == 2
    assert payloads(whole[:26]) == payloads(whole[:40]) == []


def test_a_driver_may_have_parted_it() -> None:
    """And left the bit: then LLC and SNAP stand where the first part's address would be."""
    assert payloads(b"\x88\x01" + bytes(22) + b"\x80\0" + snapped(ipv4(udp(OPTIONS)))) == [(1, OPTIONS)]


def test_one_without_the_bit_is_none() -> None:
    """Nor is a frame without QoS."""
    packet = snapped(ipv4(udp(OPTIONS)))
    assert payloads(frame(packet, control=b"\0\0")) == []
    assert payloads(b"\x08\x01" + bytes(22) + packet) == [(1, OPTIONS)]


def test_segments_of_one_frame_are_one_stream() -> None:
    """TCP goes on from part to part."""
    pieces = [OPTIONS[:9], OPTIONS[9:30], OPTIONS[30:]]
    at = 100
    parts = []
    for piece in pieces:
        parts.append(snapped(ipv4(tcp(piece, sequence=at), protocol=6)))
        at += len(piece)
    outcome = Outcome([frame(*parts)], link=105)
    assert b"".join(each.payload for each in outcome.streams) == OPTIONS


def test_media_are_found_too() -> None:
    """As many packets as parts."""
    outcome = Outcome([frame(*[snapped(ipv4(udp(RTP)))] * 5), frame(snapped(ipv4(udp(RTP))))], link=105, media=True)
    assert sum(len(each) for each in outcome.media) == 6


def test_more_than_is_followed_is_told() -> None:
    """Once, and what fits is read."""
    part_of_none = b"\x42" * 8
    outcome = Outcome([frame(*[part_of_none] * aggregate.MOST_PARTS, snapped(ipv4(udp(OPTIONS))))], link=105)
    assert [(each.kind, each.detail) for each in outcome.defects] == [("limit-reached", f"{aggregate.PARTS} (1 time)")]
    assert payloads(frame(*[part_of_none] * (aggregate.MOST_PARTS - 1), snapped(ipv4(udp(OPTIONS))))) == [(1, OPTIONS)]


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_wireshark_counts_the_same(tmp_path: Path) -> None:
    """Messages of many frames with up to thirty parts, of all lengths modulo four."""
    numbers = iter(range(10_000))
    counts = range(1, 31)
    frames = [frame(*[snapped(message(next(numbers), n % 7 * n)) for n in range(count)]) for count in counts]
    capture = pcap(frames, link=105)
    path = tmp_path / "wifi.pcap"
    path.write_bytes(capture)
    command = ["tshark", "-r", str(path), "-Y", "sip", "-T", "fields", "-e", "frame.number", "-e", "sip.Call-ID"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    theirs = sorted((int(number), name) for number, names in rows for name in names.split(","))
    seen = read_trace("-", stream=io.BytesIO(capture)).sightings
    ours = sorted((each.frame, each.message.call_id) for each in seen)
    assert ours == theirs
    assert len(ours) == sum(range(1, 31))


def test_ethernet_has_no_parts() -> None:
    """The link type decides."""
    assert struct.pack(">H", 0x0800) in ethernet(ipv4(udp(OPTIONS)))
    assert [each.payload for each in Outcome([ethernet(ipv4(udp(OPTIONS)))]).datagrams] == [OPTIONS]
