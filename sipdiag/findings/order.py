"""The order of things that come from several parts of the traffic, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sipdiag.calls import Arrival, moment
from sipdiag.trace import Sighting

Thing = TypeVar("Thing")


def arrived(arrival: Arrival) -> tuple[int, int, int]:
    """What arrivals are sorted by."""
    return moment(arrival.sighting)


def in_order(parts: Iterable[Iterable[Thing]], key: Callable[[Thing], Any]) -> list[Thing]:
    """The things of all parts, in the order of `key`."""
    return sorted((each for part in parts for each in part), key=key)


def first_of_each_capture(seen: Iterable[Sighting], most: int) -> list[Sighting]:
    """The first `most` of `seen` in each capture, in the order of time: no finding names more frames."""
    counts: dict[int, int] = {}
    kept = []
    for each in sorted(seen, key=moment):
        count = counts[each.capture] = counts.get(each.capture, 0) + 1
        if count <= most:
            kept.append(each)
    return kept
