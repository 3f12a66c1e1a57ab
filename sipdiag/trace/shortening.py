"""Traces without their oldest messages, where there is no room for all of them, and a defect that says so."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sipdiag.defect import Defect
from sipdiag.trace.room import KEPT, ROOM, newest, weight_of
from sipdiag.trace.trace import Trace

MOST_MARGINS = 256 << 20
"""Bytes that the edges of TCP streams of all captures may take."""


def fitting(traces: Sequence[Trace], octets: int = ROOM) -> list[Trace]:
    """`traces` with as many of their messages, the newest of all, as there is room for."""
    call_ids: set[str] = set()
    if sum(weight_of(seen, call_ids) for trace in traces for seen in trace.sightings) <= octets:
        return list(traces)
    seen = sorted((each for trace in traces for each in trace.sightings), key=lambda each: each.time)
    kept = newest(seen, round(octets * KEPT))
    since = seen[-kept].time if kept else seen[-1].time + 1
    return [_since(trace, since) for trace in traces]


def eased(traces: Sequence[Trace], octets: int = MOST_MARGINS) -> list[Trace]:
    """`traces` without the edges of the first ones, as far as those of all take more than so many bytes."""
    found = list(traces)
    left = sum(edge.size for trace in traces for edge in trace.edges)
    for place, trace in enumerate(traces):
        if left <= octets:
            break
        left -= sum(edge.size for edge in trace.edges)
        found[place] = replace(trace, edges=[], edges_left_out=trace.edges_left_out + len(trace.edges))
    return found


def _since(trace: Trace, since: int) -> Trace:
    kept = [seen for seen in trace.sightings if seen.time >= since]
    left_out = len(trace.sightings) - len(kept)
    return shortened(replace(trace, sightings=kept), left_out) if left_out else trace


def shortened(trace: Trace, left_out: int) -> Trace:
    """`trace`, from which `left_out` messages were taken away: it begins with the first that is left, and says so."""
    facts = trace.facts
    first = min((seen.time for seen in trace.sightings), default=facts.last_time)
    frame = min((seen.frame for seen in trace.sightings), default=None)
    told = f"{left_out} SIP messages before it are left out"
    defects = [*facts.defects, Defect(kind="messages-too-many", detail=told, frame=frame)]
    return replace(trace, facts=replace(facts, first_time=first, defects=defects))
