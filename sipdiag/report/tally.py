"""The figures of a summary, in a form that adds up over parts of the traffic, each Call-ID in one part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from sipdiag.calls import Correlation, Repeat, Sums, added, figures_in, peers_of, sums_of
from sipdiag.findings import Finding
from sipdiag.report import document as doc
from sipdiag.sip import Response


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted."""

    states: Counter[str]
    """Calls by their state."""
    registrations: int
    subscriptions: int
    messages: int
    """Repeats not counted."""
    codes: Counter[int]
    """Responses among them, by their code."""
    sums: Sums
    peers: dict[str, Sums]
    """Host that was called → what came of it."""


def tally_of(seen: Correlation) -> Tally:
    """What `seen` counts."""
    firsts = [each.sighting.message for each in seen.arrivals if each.repeat is Repeat.FIRST]
    return Tally(
        states=Counter(call.state.value for call in seen.calls),
        registrations=len(seen.registrations),
        subscriptions=len(seen.subscriptions),
        messages=len(firsts),
        codes=Counter(message.status for message in firsts if isinstance(message, Response)),
        sums=sums_of(seen.calls, seen.registrations),
        peers={peer.host: peer.sums for peer in peers_of(seen.calls, seen.registrations)},
    )


def together(parts: Iterable[Tally]) -> Tally:
    """The counts of several parts of the traffic in one."""
    parts = list(parts)
    peers: dict[str, list[Sums]] = {}
    for part in parts:
        for name, sums in part.peers.items():
            peers.setdefault(name, []).append(sums)
    return Tally(
        states=sum((part.states for part in parts), Counter()),
        registrations=sum(part.registrations for part in parts),
        subscriptions=sum(part.subscriptions for part in parts),
        messages=sum(part.messages for part in parts),
        codes=sum((part.codes for part in parts), Counter()),
        sums=added(part.sums for part in parts),
        peers={name: added(sums) for name, sums in peers.items()},
    )


def summary_in(tally: Tally, findings: Iterable[Finding], media: str) -> doc.Summary:
    """The whole in figures."""
    severities = Counter(finding.severity.value for finding in findings)
    return doc.Summary(
        calls=tally.states.total(),
        **{name: tally.states[name] for name in ("answered", "failed", "cancelled", "unfinished")},
        registrations=tally.registrations,
        subscriptions=tally.subscriptions,
        sip_requests=tally.messages - tally.codes.total(),
        sip_responses=tally.codes.total(),
        responses_by_code={str(code): count for code, count in sorted(tally.codes.items())},
        findings_by_severity={name: severities[name] for name in ("error", "warning", "note")},
        kpi=figures_in(tally.sums),
        media=media,
    )


def peer_rows(peers: dict[str, Sums]) -> list[doc.PeerRow]:
    """The hosts that were called, the busiest first."""
    ordered = sorted(peers.items(), key=lambda each: (-each[1].calls, -each[1].registrations, each[0]))
    return [
        doc.PeerRow(
            host=host,
            calls=sums.calls,
            answered=sums.answered,
            registrations=sums.registrations,
            kpi=figures_in(sums),
        )
        for host, sums in ordered
    ]
