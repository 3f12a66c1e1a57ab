"""The header of a classic capture file (draft-ietf-opsawg-pcap, section 4)."""

from __future__ import annotations

import struct

import msgspec

ORDERS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x34\xcd\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xcd\x34": (">", 1_000),
}
"""Magic number → byte order, and nanoseconds in the unit of a record's fraction of a second."""
MAJOR, LATEST_MINOR = 2, 4
MODIFIED = (b"\x34\xcd\xb2\xa1", b"\xa1\xb2\xcd\x34")
"""Magic numbers of Kuznetzov's tcpdump, whose record headers also tell interface, protocol and direction."""
FILE_HEADER = 24
RECORD_HEADER = 16
MODIFIED_RECORD_HEADER = 24
LONGEST = 262_144
"""The longest packet that libpcap and Wireshark believe in, unless the file's own snap length is greater."""
LONGEST_EVER = 16 << 20


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What it says of the records behind it."""

    order: str
    """Their byte order, as `struct` writes it."""
    unit: int
    """Nanoseconds in the unit of a record's fraction of a second."""
    head: int
    """Bytes of a record before its packet."""
    longest: int
    """Bytes of the longest packet that is believed in."""
    link: int
    """LINKTYPE of the packets."""


def begins_file(data: bytes) -> bool:
    """Whether a file begins here: with a magic number, and a version that there has been (2.0 to 2.4)."""
    if data[:4] not in ORDERS or len(data) < FILE_HEADER:
        return False
    major, minor = struct.unpack_from(ORDERS[data[:4]][0] + "HH", data, 4)
    return bool(major == MAJOR and minor <= LATEST_MINOR)


def header(data: bytes) -> Header:
    """Read the first `FILE_HEADER` bytes of a file, which begins with one of `ORDERS`."""
    order, unit = ORDERS[data[:4]]
    snap_length, network = struct.unpack_from(order + "II", data, 16)
    return Header(
        order=order,
        unit=unit,
        head=MODIFIED_RECORD_HEADER if data[:4] in MODIFIED else RECORD_HEADER,
        longest=max(LONGEST, min(snap_length, LONGEST_EVER)),
        link=network & 0xFFFF,  # the bits above tell the length of a frame check sequence
    )
