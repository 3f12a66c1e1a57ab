"""What all judgements mean together: the findings on the whole, on hosts, on faults and on captures, in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sipdiag.calls import Correlation, Link, Transaction, Twin, Twins, begun, correlate, moment
from sipdiag.engine.judgement import Judgement, Place
from sipdiag.engine.outlook import Outlook
from sipdiag.findings import (
    ATTACKS,
    Circles,
    Fault,
    Finding,
    Source,
    Whole,
    attacker_of,
    beside,
    calls_of_attack,
    directions_of,
    grouped,
    in_order,
    joined,
    on_subjects,
    refusals_in,
    told_once,
)
from sipdiag.rules import RULES
from sipdiag.trace import CaptureFacts, Sighting, Trace, host

NOTHING = Correlation(
    arrivals=[], transactions=[], by_call_id={}, calls=[], legs=[], registrations=[], subscriptions=[]
)
NO_TRACE = Trace(
    facts=CaptureFacts(
        path="",
        format="",
        link_types=[],
        packets=0,
        bytes=0,
        first_time=None,
        last_time=None,
        sip_messages=0,
        defects=[],
    ),
    sightings=[],
    connections=[],
)
"""Stands where a capture is not looked at."""
Attacks = dict[tuple[str, str], list[str]]
"""Rule and host of an attack → the Call-IDs of its requests."""


def on_wholes(parts: Mapping[str, Mapping[Any, list[Any]]], outlook: Outlook) -> Iterator[Finding]:
    """The findings of the rules on the whole, from what all shards gathered: rule → about → parts."""
    scene = outlook.scene(NOTHING)
    rules: dict[str, Whole[Any, Any]] = {rule.NAME: rule for rule in RULES.wholes}
    for name, shares in parts.items():
        for about, shown in shares.items():
            yield from rules[name].told(about, shown, scene)


def on_sources(asked: Mapping[str, Iterable[list[Transaction]]], outlook: Outlook) -> tuple[list[Finding], Attacks]:
    """The findings on hosts, from what all shards have of each, and the calls of attacks."""
    scene = outlook.scene(NOTHING)
    sources = {name: in_order(parts, begun) for name, parts in asked.items()}
    found = list(on_subjects(RULES.sources, [Source(host=each, asked=sources[each]) for each in sources], scene))
    attacks = [each for each in found if each.rule in ATTACKS]
    return found, {(each.rule, attacker_of(each)): calls_of_attack(each, sources) for each in attacks}


def on_faults(faults: Iterable[Fault], outlook: Outlook) -> Iterator[Finding]:
    """The findings on what is wrong with messages by themselves."""
    alike: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault(fault.about, []).append(fault)
    yield from on_subjects(RULES.faults, [joined(each) for each in alike.values()], outlook.scene(NOTHING))


def on_traces(
    traces: Iterable[tuple[int, Trace]], concerned: Iterable[Sighting], links: Sequence[Link], outlook: Outlook
) -> tuple[list[Finding], dict[Place, set[str]]]:
    """The findings on captures, each with its number; and which ways messages of open findings among them went."""
    seen = correlate(sorted(concerned, key=moment), links=links)
    found: list[Finding] = []
    for number, trace in traces:  # one after the other: each may hold all its messages
        found += on_subjects(RULES.traces, [trace], outlook.scene(seen, [*[NO_TRACE] * number, trace]))
    return found, directions_of(found, seen.arrivals)


def ways_told(findings: Iterable[Finding]) -> dict[Place, set[str]]:
    """First frame of each finding on a client and a server → the two directions between their hosts."""
    ways: dict[Place, set[str]] = {}
    for finding in findings:
        one, other = finding.evidence.get("client", finding.evidence.get("source")), finding.evidence.get("server")
        if isinstance(one, str) and isinstance(other, str):
            one, other = _host(one), _host(other)
            ways[finding.capture, finding.frames[0]] = {f"{one} → {other}", f"{other} → {one}"}
    return ways


def _host(named: str) -> str:
    """The host of an endpoint, or the host itself."""
    return host(named) if named.rpartition(":")[2].isdigit() and named.count(":") != 7 else named


def as_worked(request: Sighting) -> Transaction:
    """A request that is known to have been answered, of which only it is at hand."""
    message = request.message
    return Transaction(
        method=message.cseq_method,
        call_id=message.call_id,
        cseq=message.cseq,
        branch=message.branch,
        request=request,
        answers=[request],
    )


def finished(
    findings: Iterable[Finding],
    *,
    ways: Mapping[Place, set[str]],
    circles: Circles,
    attacks: Attacks,
    refused: Mapping[Place, Transaction],
    closest: Callable[[dict[int, Transaction]], Mapping[int, Twin | None]],
) -> list[Finding]:
    """All findings in one list, worst first, each with its twin, its causes and its consequences."""
    ordered = sorted(findings, key=lambda each: each.place)
    failed = {index: refused[place] for index, place in refusals_in(ordered).items() if place in refused}
    once = told_once(beside(ordered, closest(failed)), ways)
    return grouped(once, circles, lambda attack: attacks.get((attack.rule, attacker_of(attack)), ()))


def concluded(
    judgements: Sequence[Judgement], traces: Sequence[Trace], links: Sequence[Link], outlook: Outlook
) -> list[Finding]:
    """The findings of all shards, where all of it fits into memory."""
    shares: dict[str, dict[Any, list[Any]]] = {}
    asked: dict[str, list[list[Transaction]]] = {}
    for each in judgements:
        for name, gathered in each.shares.items():
            for about, part in gathered.items():
                shares.setdefault(name, {}).setdefault(about, []).append(part)
        for name, mine in each.sources.items():
            asked.setdefault(name, []).append(mine)
    hosts, attacks = on_sources(asked, outlook)
    captures, ways = on_traces(
        enumerate(traces), (seen for each in judgements for seen in each.concerned), links, outlook
    )
    wholes = list(on_wholes(shares, outlook))
    worked = Twins(as_worked(seen) for each in judgements for seen in each.worked)
    ways |= ways_told([*hosts, *wholes])
    for each in judgements:
        ways |= each.ways
    return finished(
        [
            *(finding for each in judgements for finding in each.findings),
            *captures,
            *hosts,
            *on_faults((fault for each in judgements for fault in each.faults), outlook),
            *wholes,
        ],
        ways=ways,
        circles={call_id: calls for each in judgements for call_id, calls in each.circles.items()},
        attacks=attacks,
        refused={place: found for each in judgements for place, found in each.refused.items()},
        closest=lambda failed: {index: worked.closest(each) for index, each in failed.items()},
    )
