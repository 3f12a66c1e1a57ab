"""What could not be read of a capture may hold what a finding misses: such a finding is inconclusive, and says why.

A record whose length cannot be is passed over up to where records chain again (draft-ietf-opsawg-pcap, section 5).
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
RESTING_ON_ABSENCE = frozenset(
    {
        "ack-missing", "ack-missing-failure", "ack-mismatched", "ack-late", "request-unanswered", "response-unmatched",
        "prack-missing", "setup-slow", "call-unfinished", "bye-unanswered",
        "session-expired", "fork-answer-abandoned", "transfer-failed", "reinvite-glare",
        "registration-expired", "challenge-ignored", "interval-too-brief", "subscription-failed",
        "subscription-expired", "notify-missing", "notify-unanswered", "answer-missing", "offer-overlapping",
    }
)  # fmt: skip
"""Rules that one message more may prove wrong."""
LONG_BEFORE = {"response-unmatched": 6 * TIMEOUT}
"""How long before what shows the finding the missing message may have been; a ringing INVITE may be minutes old."""


class Damage(NamedTuple):
    """A place of a capture that was passed over."""

    frame: int
    """The first that was read behind it."""
    since: int
    """When the last SIP message before it came."""
    until: int
    """When the first one behind it came, or the capture ended."""


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
    """Yield `findings`, those inconclusive that may be proven wrong by what could not be read."""
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
    """The first place in the way of a finding."""
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
    """Capture → the places that were passed over, of those that have some."""
    found = ((number, damages_of(trace)) for number, trace in enumerate(traces) if trace.facts.defects)
    return {number: damages for number, damages in found if damages}
