"""What one capture shows, without its messages: that much of it is kept in mind, and told to whoever judges them."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from sipdiag.engine.outlook import Below
from sipdiag.trace import CaptureFacts, Sighting, Trace, has_margins, host


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept in mind of a capture."""

    facts: CaptureFacts
    messages: int
    told_below: bool
    """Whether a rule on captures may have anything to say of it."""
    edges: bool = False
    """Whether captures before and behind it may have a part of what is said in it."""
    left: dict[str, int] = msgspec.field(default_factory=dict)
    """How the names of the other files end that were left of it, and their sizes."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one capture shows besides its messages; lies on disk as they do."""

    trace: Trace
    """Without sightings."""
    directions: frozenset[tuple[str, str]]
    below: Below
    registering: dict[str, set[str]]
    """Call-ID → the endpoints that sent its REGISTERs over UDP."""
    natted: set[str]
    """The Call-IDs among them whose device may be behind a NAT."""


def told_of(trace: Trace) -> tuple[Gist, Reading]:
    """What `trace` shows besides its messages."""
    below = Below()
    told_below = below.note(trace) or not all(seen.complete for seen in trace.sightings)
    ends = {(seen.source, seen.destination) for seen in trace.sightings}
    registering: dict[str, set[str]] = {}
    natted: set[str] = set()
    for seen in trace.sightings:
        if seen.message.cseq_method == "REGISTER" and seen.transport == "udp":
            _note_device(seen, registering, natted)
    gist = Gist(
        facts=trace.facts,
        messages=len(trace.sightings),
        told_below=told_below,
        edges=has_margins(trace),
    )
    return gist, Reading(
        trace=replace(trace, sightings=[], edges=[], parts=[]),
        directions=frozenset((host(one), host(other)) for one, other in ends),
        below=below,
        registering=registering,
        natted=natted,
    )


def _note_device(seen: Sighting, registering: dict[str, set[str]], natted: set[str]) -> None:
    """Who registers, and whether it may be seen elsewhere than it believes to be: at most too often."""
    message = seen.message
    asked = not hasattr(message, "status")
    registering.setdefault(message.call_id, set()).add(seen.source if asked else seen.destination)
    local = message.sent_by if message.sent_by.rpartition("]")[2].count(":") else f"{message.sent_by}:5060"
    if (asked and seen.source != local) or (not asked and "rport=" in message.head):
        natted.add(message.call_id)
