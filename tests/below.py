"""What lies below SIP, for the rules that look there: a capture's trace, a scene with it, and what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from exchange import START, Exchange
from sipdiag.findings import Finding, Scene, Settings, diagnose
from sipdiag.rules import RULES
from sipdiag.trace import CaptureFacts, Trace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sipdiag.defect import Defect


def trace_of(talk: Exchange | None = None, *, defects: Iterable[Defect] = (), **parts: Any) -> Trace:  # noqa: ANN401
    """The trace of a capture that holds what was said in `talk`, and `parts` of `Trace`."""
    sightings = [] if talk is None else talk.sightings
    facts = CaptureFacts(
        path="trace.pcap",
        format="pcap",
        link_types=[1],
        packets=100,
        bytes=10_000,
        first_time=START,
        last_time=START,
        sip_messages=len(sightings),
        defects=list(defects),
    )
    return Trace(facts=facts, sightings=sightings, connections=parts.pop("connections", []), **parts)


def scene_of(talk: Exchange, trace: Trace, settings: Settings | None = None) -> Scene:
    """The scene of `talk` with what lies below it."""
    return replace(talk.scene(), traces=[trace], settings=settings or Settings())


def found_in(talk: Exchange, trace: Trace, rule: str, settings: Settings | None = None) -> list[Finding]:
    """The findings of one rule."""
    return [each for each in diagnose(scene_of(talk, trace, settings), RULES) if each.rule == rule]
