"""Any bytes: as a capture, as a datagram, as a stream split anywhere."""

from __future__ import annotations

import io
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.mutations import analysed
from sipdiag.capture import octets
from sipdiag.capture.compressed import COMPRESSIONS
from sipdiag.capture.header import ORDERS
from sipdiag.errors import CaptureError
from sipdiag.trace import read_trace
from sipdiag.transport.link import LINKS
from strategies import MESSAGES, Plain, hostile
from tests.capture.build import enhanced, interface, section
from wrappings import Line, Said, framed, pcap, split

BEGINNINGS = st.sampled_from([*ORDERS, *COMPRESSIONS, b"\n\r\r\n", section(), section(">"), section() + interface()])
PACKET_BEGINNINGS = st.sampled_from(
    [b"", bytes(12) + b"\x08\0E", bytes(12) + b"\x86\xdd`", bytes(12) + b"\x88\x47", b"E\0"]
)
ALICE, BOB = ("192.0.2.1", 5060), ("192.0.2.2", 5060)


def said(*payloads: bytes) -> list[Said]:
    """Messages from Alice to Bob, a second apart."""
    return [
        Said(time=number * 10**9, source=ALICE, destination=BOB, payload=each)
        for number, each in enumerate(payloads, 1)
    ]


@settings(deadline=None)
@given(BEGINNINGS, st.binary(max_size=400), st.sampled_from([30, 4 << 20]))
def test_any_bytes_as_a_capture(beginning: bytes, rest: bytes, block: int) -> None:
    """They are refused in one line, or read to where they make sense."""
    with patch.object(octets, "BLOCK", block):
        reason = ""
        try:
            read_trace("-", stream=io.BytesIO(beginning + rest))
        except CaptureError as error:
            reason = error.reason
        assert "\n" not in reason


@settings(deadline=None)
@given(st.sampled_from(sorted(LINKS)), st.lists(st.tuples(PACKET_BEGINNINGS, st.binary(max_size=150)), max_size=6))
def test_any_bytes_as_packets(link: int, packets: list[tuple[bytes, bytes]]) -> None:
    """Of any link type."""
    trace = read_trace("-", stream=io.BytesIO(pcap([(1, head + rest) for head, rest in packets], link=link & 0xFFFF)))
    assert trace.facts.packets == len(packets)


@settings(deadline=None)
@given(st.lists(st.one_of(hostile(), st.binary(max_size=100)), max_size=4))
def test_any_bytes_as_datagrams(payloads: list[bytes]) -> None:
    """All the way to the document."""
    assert analysed(pcap(framed(said(*payloads)))) is not None


@settings(deadline=None, max_examples=40)
@given(MESSAGES, st.lists(hostile(), max_size=3), st.integers(1, 90), st.booleans())
def test_any_split_of_a_stream(first: Plain, others: list[bytes], size: int, opened: bool) -> None:  # noqa: FBT001
    """However a stream that begins with a message is cut into segments, the same messages come out."""
    stream = b"".join([bytes(first), *others])
    whole, pieces = Line(said(stream), opened=opened), Line(said(stream), opened=opened)
    whole.pieces(1, ALICE, split(stream, 1_400))
    pieces.pieces(1, ALICE, split(stream, size))
    found = [read_trace("-", stream=io.BytesIO(pcap(line.packets))).sightings for line in (whole, pieces)]
    texts = [[(seen.message, seen.complete) for seen in each] for each in found]
    assert texts[0]
    assert texts[1] == texts[0]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from("<>"))
def test_any_blocks(bodies: list[bytes], order: str) -> None:
    """Packets of a pcapng file with any lengths written in them."""
    blocks = b"".join(enhanced(body, 1, order, original=len(body) * 3) for body in bodies)
    trace = read_trace("-", stream=io.BytesIO(section(order) + interface(order) + blocks))
    assert trace.facts.packets == len(bodies)
