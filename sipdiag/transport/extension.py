"""IPv6 extension headers, walked one packet at a time (RFC 8200 section 4; RFC 4302 for the authentication header)."""

from __future__ import annotations

import struct

import msgspec

FRAGMENT, AUTHENTICATION = 44, 51
EXTENSIONS = (0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140)
"""Hop-by-hop options, routing, fragment, authentication, destination options, mobility, HIP, Shim6."""
MOST_HEADERS = 16
"""Extension headers of a packet that are walked."""
MOST_BYTES = 2_048
"""Bytes of them that are walked."""


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the extension headers of a packet end and what follows them."""

    length: int
    """Bytes of the extension headers; in a fragment, up to and with its fragment header."""
    protocol: int
    """The protocol that follows them."""
    position: int = 0
    """Where in the whole datagram this fragment begins, in bytes."""
    last: bool = True
    """Whether no fragment follows."""
    identification: int = 0
    endless: bool = False
    """Whether more headers follow than are walked."""

    @property
    def fragment(self) -> bool:
        """Tell whether the packet is a part of a datagram; a fragment header alone may be on a whole one (RFC 6946)."""
        return self.position > 0 or not self.last


def extensions(data: bytes, protocol: int) -> Extensions | None:
    """Walk the headers at the beginning of `data`, the first being of kind `protocol`; nothing if they are cut off."""
    at = 0
    for _ in range(MOST_HEADERS):
        if protocol not in EXTENSIONS:
            return Extensions(length=at, protocol=protocol)
        if at + 8 > len(data):
            return None if len(data) < MOST_BYTES else Extensions(length=at, protocol=protocol, endless=True)
        following, size = data[at], data[at + 1]
        if protocol == FRAGMENT:
            place, identification = struct.unpack_from(">HI", data, at + 2)
            found = Extensions(
                length=at + 8,
                protocol=following,
                position=place & ~7,
                last=not place & 1,
                identification=identification,
            )
            if found.fragment:
                return found
            at += 8
        else:
            at += 4 * (size + 2) if protocol == AUTHENTICATION else 8 * (size + 1)
        protocol = following
    return Extensions(length=at, protocol=protocol, endless=True)
