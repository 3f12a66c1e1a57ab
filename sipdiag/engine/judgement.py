"""The second look at a shard: its calls are judged, and what only all shards can show is gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from sipdiag.calls import Correlation, Link, Transaction, correlate, requests_by_source
from sipdiag.engine.outlook import Outlook
from sipdiag.findings import Circles, Fault, Finding, Scene, circles_of, directions_of, on_calls, place_of, refusals_in
from sipdiag.rules import RULES
from sipdiag.trace import Sighting

Place = tuple[int, int]
"""Capture and frame."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What one shard shows."""

    findings: list[Finding]
    """Those on single calls, registrations, subscriptions and requests."""
    ways: dict[Place, set[str]]
    """Place of each open finding → the two directions between its hosts."""
    circles: Circles
    """Call-ID → since when it belongs to which call, where its call has several legs or it was used again."""
    shares: dict[str, dict[Any, Any]]
    """Name of a rule on the whole → what a finding would be about → what this shard has to say on it."""
    sources: dict[str, list[Transaction]]
    """Host → the requests outside a dialog that it made, and did not only pass on."""
    faults: list[Fault]
    """What is wrong with messages by themselves."""
    refused: dict[Place, Transaction]
    """First frame of a request that was refused → the request, where a finding on it may get a twin."""
    worked: list[Sighting]
    """Requests that succeeded, among which twins are looked for."""
    concerned: list[Sighting]
    """The messages of the calls that rules on captures ask about."""


def judged(sightings: Iterable[Sighting], links: Sequence[Link], outlook: Outlook) -> tuple[Judgement, Scene]:
    """What `sightings` show, in the order of time, with all legs of each call, which `links` tie together."""
    return judgement_of(correlate(sightings, links=links), outlook)


def judgement_of(seen: Correlation, outlook: Outlook) -> tuple[Judgement, Scene]:
    """The same, of messages that are correlated already."""
    scene = outlook.scene(seen)
    findings = list(on_calls(scene, RULES))
    # What is told of all shards together gets no more twins than that, the worst first.
    places = set(refusals_in(sorted(findings, key=lambda each: each.place)).values())
    concerned = outlook.below.concerns(seen)
    return Judgement(
        findings=findings,
        ways=directions_of(findings, seen.arrivals),
        circles=circles_of(seen),
        shares={rule.NAME: dict(rule.gathered(seen, scene)) for rule in RULES.wholes},
        sources=requests_by_source(seen),
        faults=scene.faults(),
        refused={place: _asked(each) for each in seen.transactions if (place := place_of(each)) in places},
        worked=worked_in(seen),
        concerned=_messages_of(concerned, seen) if concerned else [],
    ), scene


def _asked(each: Transaction) -> Transaction:
    """A request by itself."""
    return Transaction(
        method=each.method, call_id=each.call_id, cseq=each.cseq, branch=each.branch, request=each.request
    )


def worked_in(seen: Correlation) -> list[Sighting]:
    """Requests that may be the twin of one that was refused."""
    return [each.request for each in seen.transactions if each.request is not None and _may_be_twin(each)]


def _may_be_twin(each: Transaction) -> bool:
    return bool(each.answers) and each.origin is None and not each.to_tag


def _messages_of(call_ids: set[str], seen: Correlation) -> list[Sighting]:
    """All messages of these Call-IDs and of the legs of their calls."""
    wanted = set(call_ids)
    for call in seen.calls:
        if call.legs and not wanted.isdisjoint(call.call_ids):
            wanted.update(call.call_ids)
    arrived = (arrival.sighting for arrival in seen.arrivals)
    return [each for each in arrived if each.message.call_id in wanted]
