"""Tests of `sipdiag.trace.reader`: a capture becomes sightings in the order of their frames."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sipdiag.errors import CaptureError
from sipdiag.sip import Request, Response
from sipdiag.trace import Trace, read_trace
from tests.capture.build import SECOND, pcap
from tests.transport.wire import (
    ALICE,
    ALICE6,
    ANSWER,
    BOB,
    BOB6,
    FIN,
    OPTIONS,
    RTP,
    SYN,
    ethernet,
    ipv4,
    ipv6,
    tcp,
    udp,
)

CALLS = Path(__file__).resolve().parents[2] / "samples"


def message(start: str, body: str = "") -> bytes:
    return f"{start}\r\nCall-ID: 1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


INVITE = message("INVITE sip:bob@example.com SIP/2.0", "v=0\r\ns=-\r\n")
RINGING = message("SIP/2.0 180 Ringing")
OK = message("SIP/2.0 200 OK")


def trace_of(*frames: bytes, **options: int) -> Trace:
    return read_trace("-", stream=io.BytesIO(pcap([ethernet(frame) for frame in frames])), **options)


class Side:
    """One side of a TCP connection, which knows its next sequence number."""

    def __init__(self, source: int = 40_000, destination: int = 5060, begin: int = 1000) -> None:
        self.ports = {"source": source, "destination": destination}
        self.reverse = source == 5060
        self.next = begin

    def sends(self, data: bytes, flags: int = 16, *, lost: int = 0) -> bytes:
        """The packet with its next bytes, behind so many that no one recorded."""
        segment = tcp(data, sequence=self.next + lost, flags=flags, **self.ports)
        self.next += lost + len(data) + bool(flags & (SYN | FIN))
        ends = (BOB, ALICE) if self.reverse else (ALICE, BOB)
        return ipv4(segment, protocol=6, source=ends[0], destination=ends[1])


def told(trace: Trace) -> list[tuple[str, int, tuple[int, ...], bool]]:
    return [
        (each.message.head.splitlines()[0][:10], each.frame, each.frames, each.complete) for each in trace.sightings
    ]


def test_a_datagram_is_a_sighting() -> None:
    """Its frame, time, addresses, transport and IP identification are the packet's."""
    trace = trace_of(ipv4(udp(RTP)), ipv4(udp(OPTIONS), ident=77), capture=3)
    (seen,) = trace.sightings
    assert isinstance(seen.message, Request)
    assert (seen.capture, seen.frame, seen.time) == (3, 2, (SECOND + 1) * 10**9 + 1000)
    assert (seen.source, seen.destination, seen.transport) == (f"{ALICE}:5060", f"{BOB}:5080", "udp")
    assert (seen.ip_id, seen.frames, seen.complete) == (77, (), True)


def test_an_ipv6_address_stands_in_brackets() -> None:
    """`[v6]:port`, as the contract writes addresses; there is no identification."""
    (seen,) = trace_of(ipv6(udp(ANSWER))).sightings
    assert isinstance(seen.message, Response)
    assert (seen.source, seen.destination, seen.ip_id) == (f"[{ALICE6}]:5060", f"[{BOB6}]:5080", 0)


def test_the_facts_of_a_capture() -> None:
    """What it is, how much, from when to when."""
    data = pcap([ethernet(ipv4(udp(payload))) for payload in (RTP, OPTIONS, ANSWER)])
    facts = read_trace("-", stream=io.BytesIO(data)).facts
    assert (facts.path, facts.link_types, facts.packets, facts.sip_messages) == ("-", [1], 3, 2)
    assert facts.format.startswith("pcap")
    assert facts.defects == []
    assert (facts.first_time, facts.last_time) == (SECOND * 10**9, (SECOND + 2) * 10**9 + 2000)


def test_a_capture_without_packets_has_no_times() -> None:
    """It is a capture all the same."""
    facts = trace_of().facts
    assert (facts.packets, facts.sip_messages, facts.first_time, facts.last_time) == (0, 0, None, None)


def test_two_messages_of_one_segment_share_its_frame() -> None:
    """TCP keeps no step with SIP."""
    side = Side()
    assert told(trace_of(side.sends(RINGING + OK))) == [
        ("SIP/2.0 18", 1, (), True),
        ("SIP/2.0 20", 1, (), True),
    ]


def test_a_message_in_pieces_belongs_to_the_frame_that_completed_it() -> None:
    """All its frames are named, and only its own: the next message begins in the last of them."""
    side = Side()
    trace = trace_of(
        side.sends(INVITE[:50]),
        side.sends(INVITE[50:-3]),
        side.sends(INVITE[-3:] + RINGING[:7]),
        side.sends(RINGING[7:]),
    )
    assert told(trace) == [("INVITE sip", 3, (1, 2, 3), True), ("SIP/2.0 18", 4, (3, 4), True)]
    assert [seen.time for seen in trace.sightings] == [(SECOND + i) * 10**9 + i * 1000 for i in (2, 3)]
    assert {seen.transport for seen in trace.sightings} == {"tcp"}


def test_pieces_out_of_order_are_put_in_sequence() -> None:
    """And a segment sent again counts once."""
    first, second = INVITE[:50], INVITE[50:]
    ahead, behind = Side(begin=1000 + len(first)), Side()
    trace = trace_of(Side(begin=999).sends(b"", SYN), ahead.sends(second), behind.sends(first), Side().sends(first))
    assert [(line, complete) for line, _, _, complete in told(trace)] == [("INVITE sip", True)]


def test_keepalives_between_messages_are_no_messages() -> None:
    """RFC 5626, section 3.5.1: double CRLF, pong and single CRLF pass unseen; nothing is wrong with them."""
    side = Side()
    trace = trace_of(side.sends(b"\r\n\r\n"), side.sends(RINGING), side.sends(b"\r\n"), side.sends(b"\r\n\r\n" + OK))
    assert told(trace) == [("SIP/2.0 18", 2, (), True), ("SIP/2.0 20", 4, (), True)]
    assert trace.facts.defects == []


def test_the_directions_of_a_connection_do_not_mix() -> None:
    """Each side's pieces make that side's messages, and the sightings stand in the order of frames."""
    caller, callee = Side(), Side(source=5060, destination=40_000, begin=9000)
    trace = trace_of(
        caller.sends(INVITE[:50]), callee.sends(RINGING[:9]), callee.sends(RINGING[9:]), caller.sends(INVITE[50:])
    )
    assert told(trace) == [("SIP/2.0 18", 3, (2, 3), True), ("INVITE sip", 4, (1, 4), True)]
    assert [seen.source for seen in trace.sightings] == [f"{BOB}:5060", f"{ALICE}:40000"]


def test_after_a_gap_the_stream_is_found_again() -> None:
    """Lost bytes end the message that they tore, as incomplete; the next start line is found, and a defect told."""
    side = Side()
    trace = trace_of(
        side.sends(RINGING), side.sends(INVITE[:60]), side.sends(b"torn\r\n\r\n" + OK, lost=500), side.sends(RINGING)
    )
    assert told(trace)[0] == ("SIP/2.0 18", 1, (), True)
    assert [(line, complete) for line, _, _, complete in told(trace)[1:]] == [
        ("INVITE sip", False),
        ("SIP/2.0 20", True),
        ("SIP/2.0 18", True),
    ]
    assert "stream-gap" in {defect.kind for defect in trace.facts.defects}


def test_a_message_that_breaks_off_is_kept_as_incomplete() -> None:
    """The capture ended first: what is there is still worth reading."""
    side = Side()
    assert told(trace_of(side.sends(RINGING), side.sends(INVITE[:60]))) == [
        ("SIP/2.0 18", 1, (), True),
        ("INVITE sip", 2, (), False),
    ]


def test_a_cut_datagram_is_marked_incomplete() -> None:
    """A snap length of 96 bytes holds the start line and little more."""
    data = pcap([ethernet(ipv4(udp(INVITE)))], snap=96)
    (seen,) = read_trace("-", stream=io.BytesIO(data)).sightings
    assert not seen.complete


def test_what_only_looks_like_sip_is_no_sighting() -> None:
    """Keep-alives, STUN, RTP and HTTP on the SIP port make no message."""
    http = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    stun = bytes.fromhex("000100002112a442") + bytes(12)
    frames = [ipv4(udp(payload, destination=5060)) for payload in (b"\r\n\r\n", b"\x00" * 4, stun, RTP, http)]
    assert trace_of(*frames).sightings == []


def test_progress_is_told_after_each_chunk() -> None:
    """Bytes so far of bytes in all, never backwards, up to the end."""
    told_so_far: list[tuple[int, int]] = []
    path = str(CALLS / "call-answered" / "call-answered.pcap")
    read_trace(path, progress=lambda done, total: told_so_far.append((done, total)))
    assert told_so_far == sorted(told_so_far)
    assert told_so_far[-1][0] <= told_so_far[-1][1] == Path(path).stat().st_size


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3", b"Dear Sir or Madam,\n"])
def test_what_is_no_capture_is_refused(data: bytes) -> None:
    """The one thing that a reader raises for."""
    with pytest.raises(CaptureError):
        read_trace("-", stream=io.BytesIO(data))


@pytest.mark.parametrize("cut", [1, 25, 60, 120])
def test_a_capture_cut_in_mid_record_gives_what_it_holds(cut: int) -> None:
    """A damaged capture is no error: a defect tells of the loss."""
    data = pcap([ethernet(ipv4(udp(OPTIONS))) for _ in range(3)])[:-cut]
    trace = read_trace("-", stream=io.BytesIO(data))
    assert 0 < len(trace.sightings) < 3
    assert [defect.kind for defect in trace.facts.defects] == ["record-cut-off"]
