"""Captures of the same traffic by several recorders: how far their clocks are apart, and the times put right.

A packet that two recorders saw has two times. They differ by the offset of the clocks and by the delay between the
recorders. The delay adds to the difference in one direction and subtracts from it in the other, so that the middle of
both directions is the offset of the clocks (as in NTP, RFC 5905, section 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from sipdiag.defect import Defect
from sipdiag.trace.sighting import Sighting, host
from sipdiag.trace.trace import Trace, has_margins

MILLISECOND = 1_000_000
FEWEST = 4
"""Messages that two captures must share before their clocks are compared."""
SHARE = 0.3
"""Part of the smaller capture's messages that must be shared: parts of a rotated recording share a few retransmissions.
"""
AGREEING = 0.8
"""Part of the shared messages whose two times must differ alike, in each direction, to within `SPREAD`."""
SPREAD = 50 * MILLISECOND
WORTH_IT = 20 * MILLISECOND
"""Clocks that differ by less are left as they are: delays vary as much."""

Key = tuple[str, str, str, int]
"""Start line and header fields, source, destination, IP identification."""
Value = TypeVar("Value")


def aligned(traces: Sequence[Trace]) -> list[Trace]:
    """`traces` with the times of those that saw the same packets by one clock, that of the capture which begins first.

    TCP streams and connections that the change from one capture to the next cut in two are put together, too.
    """
    if len(traces) < 2:
        return list(traces)
    seen = [_first_seen(trace) for trace in traces]
    order = sorted(range(len(traces)), key=lambda index: (_begun(traces[index]), traces[index].facts.path))
    offsets: dict[int, int] = {}
    for index in order:
        known = next(
            (offsets[other] + apart for other in offsets if (apart := _apart(seen[other], seen[index])) is not None),
            0,
        )
        offsets[index] = known
    first = traces[order[0]].facts.path
    found = [
        trace if abs(offsets[index]) < WORTH_IT else corrected(trace, offsets[index], first)
        for index, trace in enumerate(traces)
    ]
    if sum(map(has_margins, found)) < 2:
        return found
    from sipdiag.trace.rotation import joined  # noqa: PLC0415  (NumPy is behind it, and rotation is rare)

    return joined(found)


def _begun(trace: Trace) -> int:
    return trace.facts.first_time or 0


def _first_seen(trace: Trace) -> dict[Key, Sighting]:
    """Each message where it was seen first; its IP identification tells it apart from a retransmission."""
    found: dict[Key, Sighting] = {}
    for seen in trace.sightings:
        found.setdefault((seen.message.head, seen.source, seen.destination, seen.ip_id), seen)
    return found


def _apart(one: dict[Key, Sighting], other: dict[Key, Sighting]) -> int | None:
    """Nanoseconds by which the second clock is ahead of the first; None where the two did not see the same traffic."""
    smaller, larger = sorted((one, other), key=len)
    ways: dict[tuple[str, str], list[int]] = {}
    for key in smaller if len(smaller) >= FEWEST else ():
        if key in larger:
            way = host(one[key].source), host(one[key].destination)
            ways.setdefault(way, []).append(other[key].time - one[key].time)
    return apart(len(smaller), ways)


def apart(messages: int, ways: Mapping[Any, Sequence[int]]) -> int | None:
    """Nanoseconds by which one clock is ahead of another; None where the two did not see the same traffic.

    `ways` holds for each direction the differences between the two times of the messages that both saw, `messages` is
    how many messages the smaller capture has.
    """
    shared = sum(map(len, ways.values()))
    if messages < FEWEST or shared < max(FEWEST, SHARE * messages):
        return None
    from statistics import median  # noqa: PLC0415  (one capture alone needs no alignment)

    middles = {way: median(times) for way, times in ways.items()}
    agreeing = sum(abs(time - middles[way]) <= SPREAD for way, times in ways.items() for time in times)
    if agreeing < AGREEING * shared:
        return None
    return round((min(middles.values()) + max(middles.values())) / 2)


def corrected(trace: Trace, ahead: int, reference: str) -> Trace:
    """`trace` with all its times moved back by `ahead` nanoseconds, and a defect that says so."""
    told = f"{abs(ahead) / 10**9:.3f} s {'ahead of' if ahead > 0 else 'behind'} {reference}; its times are corrected"
    moved: Trace = _moved(trace, -ahead)
    defects = [*moved.facts.defects, Defect(kind="clock-offset", detail=told)]
    return msgspec.structs.replace(moved, facts=msgspec.structs.replace(moved.facts, defects=defects))


def _moved(value: Value, by: int) -> Value:
    """`value` with every time in it moved `by` nanoseconds, at whatever depth: fields are known by their names."""
    if isinstance(value, list | tuple):
        return type(value)(_moved(each, by) for each in value)
    if isinstance(value, Sighting):  # the most of them by far, and only one time in each
        return msgspec.structs.replace(value, time=value.time + by)
    if not isinstance(value, msgspec.Struct):
        return value
    return msgspec.structs.replace(value, **dict(_changes(value, by)))


def _changes(value: msgspec.Struct, by: int) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(value):
        name, told = field.name, getattr(value, field.name)
        is_time = name in ("time", "begin", "end") or name.endswith("_time")
        if is_time and isinstance(told, int) and told > 0:
            yield name, told + by
        elif isinstance(told, list | tuple | msgspec.Struct):
            yield name, _moved(told, by)
