"""A refusal said what would be accepted, and the client tried the same again.

420, 415, 405, 489: retry without what was refused (RFC 3261, section 8.1.3.5); 422: with a longer Session-Expires (RFC
4028, section 7.3); 423: with a longer interval; 401 and 407: with credentials; 503 with Retry-After: not before that
time (RFC 3261, section 21.5.4). A client that tries no more ignores nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls import DEMANDS, Condition, Correlation, Event, Outcome, conditions_in, events_of, offending
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds

NAME = "condition-ignored"
SEVERITY = Severity.WARNING

MOST_FRAMES = 12
UNASKED = "NOTIFY"
"""Servers send it unasked to phones that may refuse it (message waiting), which harms no user."""


def gathered(part: Correlation, scene: Scene) -> dict[tuple[str, str], list[Event]]:
    """The requests and responses between each client and server of which the server stated a condition."""
    return events_of(part.transactions, scene.surroundings["stated"])


def told(_: tuple[str, str], parts: Sequence[list[Event]], scene: Scene) -> Iterator[Finding]:
    """Every condition that a client broke, once for each client and server."""
    broken: dict[tuple[int, str, str], list[Condition]] = {}
    for each in conditions_in(event for part in parts for event in part):
        if each.outcome in (Outcome.WRONG, Outcome.LATE):
            what = "" if each.status == 503 else ", ".join(each.stated)
            broken.setdefault((each.status, each.method, what), []).append(each)
    for alike in broken.values():
        yield _finding(alike, scene)


def _finding(alike: list[Condition], scene: Scene) -> Finding:
    first = alike[0]
    request, refusal = first.refusals[0]
    ignored = [seen for each in alike for seen in each.ignored]
    often = len(ignored) >= scene.settings.condition_ignored_count
    healed = all(each.outcome is Outcome.LATE for each in alike) and first.status != 503
    severity = SEVERITY if often and not healed and first.method != UNASKED else Severity.NOTE
    evidence: Evidence = {
        "code": first.status,
        "method": first.method,
        "request_frame": request.frame,
        "response_frame": refusal.frame,
        "stated": first.stated,
        "sent": offending(first.status, first.stated, request),
        "refusals": sum(len(each.refusals) for each in alike),
        "repeats": len(ignored),
        "repeat_frame": ignored[0].frame,
        "repeat_after_s": seconds(ignored[0].time - refusal.time),
        "client": first.client,
        "server": first.server,
    }
    shown_by = [request, refusal, *ignored[:MOST_FRAMES]]
    met = alike[-1].met
    if met is not None and first.status != 503:
        evidence["met_frame"] = met.frame
        shown_by.append(met)
    finding = found(NAME, DEMANDS[first.status], severity, Confidence.CERTAIN, shown_by, evidence)
    calls = {seen.message.call_id for seen in shown_by}
    return finding if len(calls) == 1 else replace(finding, call_id=None)
