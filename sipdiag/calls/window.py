"""What the captures could have shown: the stretches of time that they cover, the directions in which SIP was seen."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sipdiag.calls.transaction import SECOND
from sipdiag.trace import Sighting, host

SAME_RECORDING = SECOND
"""Captures that begin within this time of another's end are one rotated recording."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The stretches of time that were recorded, and the directions in which SIP was seen."""

    stretches: list[tuple[int, int]]
    """(first, last) packet times, ascending, apart from each other."""
    directions: frozenset[tuple[str, str]]
    """(source host, destination host) of every sighting."""

    def end(self, time: int) -> int:
        """When the recording that holds `time` ends."""
        for first, last in reversed(self.stretches):
            if first <= time:
                return max(last, time)
        return time

    def begin(self, time: int) -> int:
        """When the recording that holds `time` begins."""
        for first, last in self.stretches:
            if time <= last:
                return min(first, time)
        return time

    def left(self, time: int) -> int:
        """Nanoseconds that were recorded after `time`."""
        return self.end(time) - time

    def sees(self, source: str, destination: str) -> bool:
        """Whether any SIP went from one host to the other, both given as endpoints."""
        return (host(source), host(destination)) in self.directions

    def hears(self, endpoint: str) -> bool:
        """Whether any SIP came from the host of `endpoint`."""
        return any(source == host(endpoint) for source, _ in self.directions)


def window_of(times: Iterable[tuple[int, int]], sightings: Iterable[Sighting]) -> Window:
    """The window of captures whose (first, last) packet times are `times`."""
    stretches: list[tuple[int, int]] = []
    for first, last in sorted(times):
        if stretches and first <= stretches[-1][1] + SAME_RECORDING:
            stretches[-1] = (stretches[-1][0], max(last, stretches[-1][1]))
        else:
            stretches.append((first, last))
    endpoints = {(sighting.source, sighting.destination) for sighting in sightings}
    directions = frozenset((host(source), host(destination)) for source, destination in endpoints)
    return Window(stretches=stretches, directions=directions)
