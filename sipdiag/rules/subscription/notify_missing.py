"""A SUBSCRIBE was accepted, and no NOTIFY followed.

"Upon successfully accepting or refreshing a subscription, notifiers MUST send a NOTIFY request immediately" (RFC 6665,
section 4.2.1.2); after 64*T1 without one, timer N, the subscriber considers the subscription failed (section 4.1.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, TIMEOUT, Subscription, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host

NAME = "notify-missing"
SEVERITY = Severity.ERROR

UNDECIDED = 2 * SECOND
"""A recording that ends this soon after the 2xx is worth no word: the NOTIFY was on the way."""


def check(subscription: Subscription, scene: Scene) -> Iterator[Finding]:
    """The newest SUBSCRIBE that was accepted for more than zero seconds, if no NOTIFY came after it."""
    accepted = _accepted(subscription)
    if accepted is None:
        return
    subscribe, final = accepted
    notifies = [
        each.time for each in scene.correlation.transactions_of(subscription.call_id) if each.method == "NOTIFY"
    ]
    if any(time >= subscribe.time for time in notifies):
        return
    verdict = _verdict(final, scene, before=bool(notifies))
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
    """The newest SUBSCRIBE with a 2xx that promises a NOTIFY; 204 promises none (RFC 5839)."""
    for each in reversed(subscription.transactions):
        if each.method == "NOTIFY":
            return None  # after the newest SUBSCRIBE, or there is no SUBSCRIBE
        final = each.final
        if each.origin is not None or final is None or not 200 <= status(final) < 300:
            continue
        stated = final.message.field("expires") or (
            None if each.request is None else each.request.message.field("expires")
        )
        return None if status(final) == 204 or stated == "0" else (each, final)
    return None


def _verdict(final: Sighting, scene: Scene, *, before: bool) -> tuple[str, Severity, Confidence] | None:
    left = scene.window.left(final.time)
    if left < UNDECIDED:
        return None
    if left < TIMEOUT:
        return "capture-ended", SEVERITY, Confidence.INCONCLUSIVE
    contact = parse_name_addr(final.message.field("contact") or "").uri.host
    if contact != host(final.source) and final.message.field("record-route") is None:
        return "other-way", SEVERITY, Confidence.INCONCLUSIVE
    if before:
        return "refresh", Severity.NOTE, Confidence.LIKELY
    return "never", SEVERITY, Confidence.LIKELY
