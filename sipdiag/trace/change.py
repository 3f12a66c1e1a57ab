"""What changes in the trace of one capture once those before and behind it are known: halves become whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from sipdiag.defect import Defect
from sipdiag.trace.edge import Mark, mark_of
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.trace import CaptureFacts, Trace
from sipdiag.transport import Connection

Cut = tuple[str, str, Mark]
"""Source, destination and mark of a message."""


class Change(msgspec.Struct, kw_only=True):
    """What changes in the trace of one capture once those before and behind it are known."""

    dropped: list[Cut] = []
    """Messages to take away: halves of one that the change of captures cut in two."""
    added: list[Sighting] = []
    """Messages to add: the whole ones."""
    gaps: list[tuple[str, int]] = []
    """Gaps to take away because another capture fills them: stream and frame."""
    passed: dict[str, int] = {}
    """Detail of a `stream-not-sip` defect → how many of its bytes are in a message after all."""
    defects: list[Defect] = []
    """Defects to add."""
    connections: dict[int, Connection] = {}
    """Index of a connection → what to put in its place."""
    more: list[Connection] = []
    """Connections to add: only other captures show that they carry SIP."""


def changed(trace: Trace, change: Change | None) -> Trace:
    """`trace` once a change is made, if there is one."""
    if change is None:
        return trace
    gone = Counter(change.dropped)
    kept = []
    for seen in trace.sightings:
        cut = (seen.source, seen.destination, mark_of(seen))
        if gone[cut]:
            gone[cut] -= 1
        else:
            kept.append(seen)
    sightings = sorted([*change.added, *kept], key=lambda seen: seen.frame)  # what ends first in a frame comes first
    return replace(
        trace,
        facts=changed_facts(trace.facts, change),
        sightings=sightings,
        connections=changed_connections(trace.connections, change),
    )


def changed_connections(connections: Sequence[Connection], change: Change) -> list[Connection]:
    """Connections once a change is made."""
    return [*(change.connections.get(place, each) for place, each in enumerate(connections)), *change.more]


def changed_facts(facts: CaptureFacts, change: Change) -> CaptureFacts:
    """The facts of a capture once a change is made."""
    gaps = Counter(change.gaps)
    defects = []
    for defect in facts.defects:
        told = (defect.detail, defect.frame or 0)
        if defect.kind == "stream-gap" and gaps[told]:
            gaps[told] -= 1
        elif defect.kind != "stream-not-sip" or defect.detail not in change.passed:
            defects.append(defect)
        else:
            octets, _, rest = defect.detail.partition(" ")
            if left := int(octets) - change.passed[defect.detail]:
                defects.append(replace(defect, detail=f"{left} {rest}"))
    messages = facts.sip_messages + len(change.added) - len(change.dropped)
    return replace(facts, sip_messages=messages, defects=[*defects, *change.defects])
