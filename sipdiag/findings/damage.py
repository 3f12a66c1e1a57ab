"""Findings on something missing where a part of the capture could not be read: they are inconclusive, and say why.

Reading passes over a record with an impossible length, up to where records follow one another again
(draft-ietf-opsawg-pcap, section 5). What a finding misses may have been in such a part.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sipdiag.calls import TIMEOUT
from sipdiag.findings.finding import Confidence, Finding, Severity

if TYPE_CHECKING:
    from sipdiag.findings.scene import Scene
    from sipdiag.trace import Trace

SKIPPED = frozenset({"record-skipped", "packet-damaged"})
"""Kinds of defect after which reading goes on."""
RESTING_ON_ABSENCE = frozenset(
    {
        "ack-missing", "ack-missing-failure", "ack-mismatched", "ack-late", "request-unanswered", "response-unmatched",
        "prack-missing", "setup-slow", "call-unfinished", "bye-unanswered",
        "session-expired", "fork-answer-abandoned", "transfer-failed", "reinvite-glare",
        "registration-expired", "challenge-ignored", "interval-too-brief", "subscription-failed",
        "subscription-expired", "notify-missing", "notify-unanswered", "answer-missing", "offer-overlapping",
    }
)  # fmt: skip
"""Rules whose finding one more message might prove wrong."""
LONG_BEFORE = {"response-unmatched": 6 * TIMEOUT}
"""Rule → nanoseconds by which the missing message may precede what shows the finding; `TIMEOUT` for all others. The
INVITE of a ringing call may be minutes old."""


class Damage(NamedTuple):
    """A place of a capture that was passed over."""

    frame: int
    """The first frame that was read behind it."""
    since: int
    """The time of the last SIP message before it, or of the capture's begin."""
    until: int
    """The time of the first SIP message behind it, or of the capture's end."""


def damages_of(trace: Trace) -> list[Damage]:
    """The places of a capture that were passed over."""
    begin, end = trace.facts.first_time or 0, trace.facts.last_time or 0
    found = []
    for defect in trace.facts.defects:
        if defect.kind in SKIPPED and defect.frame is not None:
            at = bisect_left(trace.sightings, defect.frame, key=attrgetter("frame"))
            since = trace.sightings[at - 1].time if at else begin
            until = trace.sightings[at].time if at < len(trace.sightings) else end
            found.append(Damage(defect.frame, since, until))
    return found


def weakened(findings: Iterable[Finding], scene: Scene) -> Iterator[Finding]:
    """Yield `findings`; those that what could not be read might prove wrong become inconclusive notes."""
    for finding in findings:
        damage = _behind(finding, scene) if finding.rule in RESTING_ON_ABSENCE else None
        if damage is None:
            yield finding
        else:
            yield replace(
                finding,
                severity=Severity.NOTE,
                confidence=Confidence.INCONCLUSIVE,
                evidence=finding.evidence | {"damaged_frame": damage.frame},
            )


def _behind(finding: Finding, scene: Scene) -> Damage | None:
    """The first place that may hold the message which a finding misses."""
    times = {finding.capture: [finding.time]}
    for transaction in scene.correlation.transactions_of(finding.call_id) if finding.call_id else ():
        for seen in (transaction.request, *transaction.responses):
            if seen is not None:
                times.setdefault(seen.capture, []).append(seen.time)
    first, last = min(min(each) for each in times.values()), max(max(each) for each in times.values())
    before = LONG_BEFORE.get(finding.rule, TIMEOUT)
    return next(
        (
            damage
            for capture in sorted(times)
            for damage in scene.damages.get(capture, ())
            if damage.until >= first - before and damage.since <= last + TIMEOUT
        ),
        None,
    )


def damages_in(traces: Iterable[Trace]) -> dict[int, list[Damage]]:
    """Number of a capture → the places that were passed over; captures without any are left out."""
    found = ((number, damages_of(trace)) for number, trace in enumerate(traces) if trace.facts.defects)
    return {number: damages for number, damages in found if damages}
