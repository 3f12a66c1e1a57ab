"""Which addresses the other side of a NAT cannot reach (RFC 1918, 4193, 6598; loopback and link-local).

The documentation ranges count as public: they stand for public addresses in examples.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network

from sipdiag.trace import Sighting, host

PRIVATE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ),
    )
)


@lru_cache(maxsize=4096)
def is_private(address: str) -> bool:
    """Whether `address`, an IPv6 address with or without brackets, means nothing outside its own network.

    A host name is not: DNS may lead anywhere; nor is 0.0.0.0, which names no address at all.
    """
    try:
        parsed = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped in network for network in PRIVATE)


@lru_cache(maxsize=4096)
def _crosses(source: str, destination: str) -> bool:
    return not (is_private(host(source)) and is_private(host(destination)))


def crosses(sighting: Sighting) -> bool:
    """Whether the message went between hosts of which one at least has a public address.

    Two private ones may be one network or joined by a tunnel: what they reach is not for the capture to say.
    """
    return _crosses(sighting.source, sighting.destination)
