"""A subscription ran out, because the subscriber did not refresh it in time.

The subscriber refreshes before it expires (RFC 6665, section 4.1.2.2); `reason=timeout` in the last NOTIFY says that
"the subscription has been terminated because it was not refreshed before it expired" (section 4.1.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sipdiag.calls import SECOND, Subscription, Transaction, delta_seconds, next_after, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.sip import split_parameters
from sipdiag.trace import Sighting

NAME = "subscription-expired"
SEVERITY = Severity.WARNING


def check(subscription: Subscription, scene: Scene) -> Iterator[Finding]:
    """The expiry of the last interval that was granted, and refreshes that came after the expiry of an earlier one."""
    subscribes = [each for each in subscription.subscribes if each.origin is None and each.request is not None]
    accepted = [each for each in subscribes if (final := each.final) is not None and status(final) < 300]
    if not accepted:
        return
    last = accepted[-1]
    gaps = [(gap, one, other) for one, other in pairwise(accepted) if (gap := _gap(one, other, scene))]
    if gaps:
        yield _late(subscription, gaps)
    final, granted = last.final, _granted(last)
    if final is None or not granted or subscribes[-1] is not last:
        return  # the subscriber ended it, or a later refresh failed, which another rule reports
    if _taken_back_unseen(subscription, final, scene):
        return
    end = final.time + granted * SECOND
    told = _terminated(subscription, final.time)
    if told is not None:
        if split_parameters(_state(told))[1].get("reason", "").lower() == "timeout":
            yield _timeout(subscription, final, told, granted, scene)
        return
    if scene.window.end(final.time) > end + scene.settings.expiry_grace_s * SECOND:
        yield from _not_refreshed(subscription, final, granted, scene)


def _taken_back_unseen(subscription: Subscription, final: Sighting, scene: Scene) -> bool:
    """Whether the subscriber ended it by a SUBSCRIBE that the recorder missed: its 2xx grants 0 seconds."""
    return any(
        each.method == "SUBSCRIBE"
        and each.request is None
        and any(answer.time > final.time and (answer.message.field("expires") or "") == "0" for answer in each.answers)
        for each in scene.correlation.transactions_of(subscription.call_id)
    )


def _granted(subscribe: Transaction) -> int:
    """Seconds in the 2xx, which must say it (RFC 6665, section 4.2.1.1); 0 when it does not, or gives none."""
    final = subscribe.final
    return 0 if final is None else delta_seconds(final.message.field("expires")) or 0


def _gap(earlier: Transaction, later: Transaction, scene: Scene) -> int:
    """Nanoseconds between the end of a subscription and its refresh; 0 when it is too short to report."""
    granted, final = _granted(earlier), earlier.final
    if not granted or final is None or later.cseq != earlier.cseq + 1 or scene.window.end(final.time) < later.time:
        return 0
    gap = later.time - final.time - granted * SECOND
    return gap if gap > scene.settings.expiry_grace_s * SECOND else 0


def _late(subscription: Subscription, gaps: list[tuple[int, Transaction, Transaction]]) -> Finding:
    longest, earlier, later = max(gaps, key=lambda each: each[0])
    final, refresh = earlier.final, later.request
    assert final is not None, "a gap begins with a 2xx"  # noqa: S101
    assert refresh is not None, "and ends with a request"  # noqa: S101
    evidence = _evidence(subscription, final, _granted(earlier)) | {
        "refresh_frame": refresh.frame,
        "actual_s": seconds(later.time - final.time),
        "gap_s": seconds(longest),
        "gaps": len(gaps),
    }
    shown_by = [seen for _, one, other in gaps for seen in (one.final, other.request) if seen is not None]
    return found(NAME, "late", SEVERITY, Confidence.CERTAIN, shown_by, evidence)


def _timeout(subscription: Subscription, final: Sighting, told: Sighting, granted: int, scene: Scene) -> Finding:
    anew = next_after(final.time, scene.accepted_subscriptions(subscription.event, final.destination))
    evidence = _evidence(subscription, final, granted) | {
        "notify_frame": told.frame,
        "actual_s": seconds(told.time - final.time),
    }
    shown_by = [final, told]
    if anew is None and told.time - final.time < (granted - scene.settings.expiry_grace_s) * SECOND:
        # So early, it may answer a SUBSCRIBE for 0 seconds that the recorder missed.
        return found(NAME, "timeout", Severity.NOTE, Confidence.LIKELY, shown_by, evidence)
    if anew is None:
        return found(NAME, "timeout", SEVERITY, Confidence.CERTAIN, shown_by, evidence)
    evidence["renewed_frame"] = anew.frame
    return found(NAME, "renewed", Severity.NOTE, Confidence.CERTAIN, [*shown_by, anew], evidence)


def _not_refreshed(subscription: Subscription, final: Sighting, granted: int, scene: Scene) -> Iterator[Finding]:
    if next_after(final.time, scene.accepted_subscriptions(subscription.event, final.destination)) is not None:
        return
    end = final.time + granted * SECOND
    if any(each.time > end for each in subscription.notifies):
        return  # the notifier still holds it: a refresh went past this recorder
    alive = scene.last_heard(final.destination, final.source) > end
    evidence = _evidence(subscription, final, granted) | {
        "recorded_after_s": seconds(scene.window.end(final.time) - end),
    }
    variant, severity = ("not-refreshed", SEVERITY) if alive else ("vanished", Severity.NOTE)
    yield found(NAME, variant, severity, Confidence.LIKELY, [final], evidence)


def _terminated(subscription: Subscription, after: int) -> Sighting | None:
    """The NOTIFY after a time that ended the subscription."""
    for each in subscription.notifies:
        request = each.request
        ends = request is not None and split_parameters(_state(request))[0].lower() == "terminated"
        if request is not None and request.time > after and ends:
            return request
    return None


def _state(notify: Sighting) -> str:
    return notify.message.field("subscription-state") or ""


def _evidence(subscription: Subscription, final: Sighting, granted: int) -> Evidence:
    return {
        "event": subscription.event,
        "response_frame": final.frame,
        "granted_s": granted,
        "notifier": final.source,
        "subscriber": final.destination,
    }
