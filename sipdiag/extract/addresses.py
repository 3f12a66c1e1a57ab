"""IP addresses replaced so that those of one network stay in one network: prefix-preserving, as Crypto-PAn does it.

Every bit is flipped, or not, by a keyed function of the bits before it. Blocks that mean something by themselves
(private, link-local, documentation) stay those blocks, so no bit that leads to one of them is flipped; loopback,
multicast and the unspecified address stay as they are.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2s
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_KEPT_BLOCKS: Final = (
    "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 "
    "fc00::/7 fe80::/10 2001:db8::/32"
)
"""RFC 1918, 6598, 3927, 5737, 4193, 4291 and 3849: the block stays, what follows in it is replaced."""
_KEPT_WHOLE: Final = "0.0.0.0/32 127.0.0.0/8 224.0.0.0/4 255.255.255.255/32 ::/127 ff00::/8"
"""RFC 1122, 5771, 919, 4291: addresses that name nobody."""

Address = IPv4Address | IPv6Address


def _prefixes(networks: str) -> dict[int, list[tuple[int, int]]]:
    """IP version → (length, bits) of each network."""
    told: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for network in map(ip_network, networks.split()):
        width = network.max_prefixlen
        told[network.version].append((network.prefixlen, int(network.network_address) >> (width - network.prefixlen)))
    return told


_BLOCKS, _WHOLE = _prefixes(_KEPT_BLOCKS), _prefixes(_KEPT_WHOLE)
_AHEAD: Final = {
    version: {
        (length, bits >> (full - length))
        for full, bits in (*_BLOCKS[version], *_WHOLE[version])
        for length in range(full)
    }
    for version in (4, 6)
}
"""IP version → (length, bits) of every prefix that a kept block lies behind: its next bit is never flipped."""


class Addresses:
    """Replaces addresses under one key; the same address always becomes the same other one."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.replaced = lru_cache(maxsize=65_536)(self._replaced)
        """The address that stands for another."""

    def text(self, written: str) -> str | None:
        """An address as text, replaced; None where it is none."""
        try:
            return str(self.replaced(ip_address(written)))
        except ValueError:
            return None

    def packed(self, address: bytes) -> bytes:
        """An address of 4 or 16 bytes, replaced."""
        return self.replaced(ip_address(address)).packed

    def _replaced(self, address: Address) -> Address:
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            return IPv6Address(b"\0" * 10 + b"\xff\xff" + self.packed(address.ipv4_mapped.packed))
        version, width, value = address.version, address.max_prefixlen, int(address)
        if any(value >> (width - length) == bits for length, bits in _WHOLE[version]):
            return address
        result = 0
        for length in range(width):
            before = value >> (width - length)
            bit = value >> (width - length - 1) & 1
            kept = (length, before) in _AHEAD[version]
            result = result << 1 | (bit if kept else bit ^ self._flip(version, length, before))
        return type(address)(result)

    def _flip(self, version: int, length: int, before: int) -> int:
        told = bytes([version, length]) + before.to_bytes(16, "big")
        return blake2s(told, key=self._key, digest_size=1).digest()[0] & 1
