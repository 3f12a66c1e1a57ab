"""The notifier's NOTIFY is not answered: the subscriber does not learn what it wanted to know.

"If the NOTIFY request fails due to expiration of SIP Timer F (transaction timeout), the notifier SHOULD remove the
subscription" (RFC 6665, section 4.2.2). Where ICMP says that it did not arrive, it fails at once (RFC 3261,
section 18.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import NOTHING_TO_SAY, Duty, Subscription
from sipdiag.findings import Confidence, Evidence, Finding, Notice, Scene, Severity, found, seconds, sureness
from sipdiag.trace import Sighting

NAME = "notify-unanswered"
SEVERITY = Severity.WARNING

MOST_FRAMES = 40
"""So many NOTIFYs are shown; the rest are counted."""

Silent = tuple[Sighting, str, Confidence, Notice | None]
"""A NOTIFY without an answer, the variant that says how, how sure that is, and what ICMP says of it."""


def check(subscription: Subscription, scene: Scene) -> Iterator[Finding]:
    """The last run of NOTIFYs that nobody answered, whether or not a later one was answered."""
    notifies = subscription.notifies
    if all(each.responses for each in notifies):
        return
    mine = {id(each) for each in notifies}
    duties = [
        duty
        for duty in scene.duties_under(subscription.call_id, "notify-final")
        if duty.passage is not None and id(duty.passage.first) in mine
    ]
    silent, answer = _silent(duties, scene)
    if not silent:
        return
    sure = [each for each in silent if each[2] is not Confidence.INCONCLUSIVE]
    refused = [each for each in sure if each[3] is not None]
    request, variant, confidence, notice = (refused or sure or silent)[0]
    severity = SEVERITY
    if answer is not None:
        variant, severity = "recovered", Severity.NOTE
        confidence = confidence if sure else Confidence.LIKELY
    evidence: Evidence = {
        "event": subscription.event,
        "request_frame": request.frame,
        "notifies": len(silent),
        "recorded_after_s": seconds(scene.window.left(request.time)),
        "notifier": request.source,
        "subscriber": request.destination,
        "transport": request.transport,
    }
    shown_by = [request, *(other for other, *_ in silent if other is not request)][:MOST_FRAMES]
    if answer is not None:
        evidence["answer_frame"] = answer.frame
        shown_by.append(answer)
    finding = found(NAME, variant, severity, confidence, shown_by, evidence)
    yield finding if notice is None else notice.added_to(finding)


def _silent(duties: list[Duty], scene: Scene) -> tuple[list[Silent], Sighting | None]:
    """The last run of NOTIFYs without an answer, each at its last hop, and the first answer to a later NOTIFY."""
    silent: list[Silent] = []
    answer: Sighting | None = None
    for duty in duties:
        last = duty.passage.hops[-1] if duty.passage is not None else None
        if last is None or last.request is None:
            continue
        if last.responses:
            if silent and answer is None:
                answer = last.responses[0]
        elif duty.reason not in NOTHING_TO_SAY and not scene.lost_in_flow(last):
            if answer is not None:
                silent, answer = [], None  # it went silent again: the newest silence counts
            notice = scene.notices.on([last.request, *last.request_repeats])
            if notice is None:
                sure = sureness(duty.outcome, duty.reason, last.request, scene.window)
                silent.append((last.request, duty.reason, sure, None))
            else:
                sure = notice.confidence(scene.window.left(last.request.time))
                silent.append((last.request, "undelivered", sure, notice))
    return silent, answer
