"""A SUBSCRIBE was accepted, and no NOTIFY followed.

"Upon successfully accepting or refreshing a subscription, notifiers MUST send a NOTIFY request immediately" (RFC 6665,
section 4.2.1.2); after 64*T1 without one, timer N, the subscriber considers the subscription failed (section 4.1.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Duty, Outcome, Subscription, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "notify-missing"
SEVERITY = Severity.ERROR

UNDECIDED = 2 * SECOND
"""Nothing is reported where the recording ends this soon after the 2xx: the NOTIFY was on the way."""


def check(subscription: Subscription, scene: Scene) -> Iterator[Finding]:
    """The newest SUBSCRIBE that was accepted for more than zero seconds, if no NOTIFY came after it."""
    accepted = _accepted(subscription)
    if accepted is None:
        return
    subscribe, final = accepted
    duty = scene.duty_laid_by(final, "notify-subscribe")
    verdict = None if duty is None else _verdict(duty, scene)
    if verdict is None:
        return
    evidence: Evidence = {
        "event": subscription.event,
        "code": status(final),
        "response_frame": final.frame,
        "recorded_after_s": seconds(scene.window.left(final.time)),
        "contact": final.message.field("contact") or "",
        "notifier": final.source,
        "subscriber": final.destination,
    }
    shown_by = [each for each in (subscribe.request, final) if each is not None]
    yield found(NAME, *verdict, shown_by, evidence)


def _accepted(subscription: Subscription) -> tuple[Transaction, Sighting] | None:
    """The newest SUBSCRIBE with a 2xx, if no NOTIFY of the subscription came after it."""
    for each in reversed(subscription.transactions):
        if each.method == "NOTIFY":
            return None  # it came after the newest SUBSCRIBE, or there is no SUBSCRIBE
        final = each.final
        if each.origin is None and final is not None and 200 <= status(final) < 300:
            return None if _stated_expires(each, final) == "0" else (each, final)
    return None


def _stated_expires(each: Transaction, final: Sighting) -> str | None:
    return final.message.field("expires") or (None if each.request is None else each.request.message.field("expires"))


def _verdict(duty: Duty, scene: Scene) -> tuple[str, Severity, Confidence] | None:
    if duty.outcome not in (Outcome.UNDONE, Outcome.UNKNOWN) or scene.window.left(duty.trigger.time) < UNDECIDED:
        return None
    if duty.outcome is Outcome.UNKNOWN:
        return duty.reason, SEVERITY, Confidence.INCONCLUSIVE
    return duty.reason, Severity.NOTE if duty.reason == "refresh" else SEVERITY, Confidence.LIKELY
