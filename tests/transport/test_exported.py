"""Messages that Wireshark exported; `tests/test_wrappings.py` has a whole conversation of them."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from tests.transport.wire import OPTIONS, RTP, Outcome


def tagged(*tags: tuple[int, bytes], payload: bytes = OPTIONS) -> bytes:
    """A packet of those tags and a message."""
    head = b"".join(struct.pack(">HH", kind, len(value)) + value for kind, value in tags)
    return head + bytes(4) + payload


def test_ipv6_and_ports_of_any_width() -> None:
    """Addresses of either family; a port in two bytes or four; unknown tags are passed over."""
    ends = [bytes.fromhex("20010db8" + "00" * 11 + f"0{last}") for last in (1, 2)]
    tags = [(22, ends[0]), (23, ends[1]), (25, b"\x13\xc4"), (26, b"\0\0\x13\xc5"), (24, b"\0\0\0\1"), (999, b"what")]
    (datagram,) = Outcome([tagged(*tags)], link=252).datagrams
    assert (datagram.source, datagram.destination) == ("[2001:db8::1]:5060", "[2001:db8::2]:5061")
    assert (datagram.transport, datagram.payload) == ("sctp", OPTIONS)


def test_other_exports_are_nothing() -> None:
    """Other protocols are exported in the same way, and no damage."""
    outcome = Outcome([tagged((12, b"rtp\0"), payload=RTP), b"\0\x0c", bytes(4)], link=252)
    assert outcome.datagrams == []
    assert outcome.defects == []


def test_what_lacks_addresses_is_still_a_message() -> None:
    """It has to come from somewhere; nobody knows where."""
    (datagram,) = Outcome([tagged((20, b"odd"))], link=252).datagrams
    assert (datagram.source, datagram.transport) == ("0.0.0.0:0", "udp")


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_no_bytes_make_it_raise(packets: list[bytes]) -> None:
    """Any tags."""
    assert Outcome(packets, link=252).datagrams == []
