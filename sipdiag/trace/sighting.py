"""A sighting: one SIP message, seen when, from where to where, in which frames."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from sipdiag.sip import Request, Response


class Sighting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message at one point of the network; the same message on two links is two sightings."""

    capture: int
    """Which capture of the analysis, from 0."""
    frame: int
    """1-based packet number; of a message in several packets the one that completed it."""
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    source: str
    """`host:port`, `[v6]:port`."""
    destination: str
    transport: str
    """`udp`, `tcp`, `tls`, `ws`, `wss`, `sctp`."""
    message: Request | Response
    ip_id: int = 0
    """IPv4 identification, which tells a frame recorded twice from a retransmission; 0 where there is none."""
    frames: tuple[int, ...] = ()
    """All frames of a message that came in several, else empty."""
    elsewhere: tuple[tuple[int, int], ...] = ()
    """Captures and frames of the parts in other captures, where the recording was rotated within the message."""
    complete: bool = True
    """Whether the capture holds the message to its end."""


@lru_cache(maxsize=4096)
def host(endpoint: str) -> str:
    """The host of `host:port`, an IPv6 address without its brackets."""
    return endpoint.rpartition(":")[0].strip("[]")


def port(endpoint: str) -> int:
    """The port of `host:port`."""
    return int(endpoint.rpartition(":")[2])
