"""A session timer ran out: nobody refreshed the session in time.

The refresher sends a re-INVITE or UPDATE when half of the interval has passed. The other side, if it gets none, sends
BYE before the end of the interval: 32 s before, or a third of the interval if that is less (RFC 4028, sections 7.2 and
10).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Lapse, Trait, session_lapse, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds

NAME = "session-expired"
SEVERITY = Severity.ERROR
NEEDS = Trait.TIMED

SEVERITIES = {
    "not-refreshed": Severity.ERROR,
    "refresh-failed": Severity.ERROR,
    "overdue": Severity.WARNING,
    "outlived": Severity.NOTE,
}
"""A session that outlived its timer and then ended well has harmed nobody."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The session timer of the call, if it ran out."""
    lapse = session_lapse(call, scene.window)
    if lapse is not None:
        yield _finding(lapse, scene)


def _finding(lapse: Lapse, scene: Scene) -> Finding:
    timer = lapse.timer
    agreed, bye = timer.agreed, lapse.bye
    by_sender = timer.refresher == agreed.message.from_tag  # whose request the 2xx answers
    evidence: Evidence = {
        "interval_s": timer.interval,
        "agreed_frame": agreed.frame,
        "refresher": agreed.destination if by_sender else agreed.source,
        "bye_due_s": round(timer.bye_due, 1),
        "refresh_due_s": timer.interval / 2,
        "recorded_after_s": seconds(scene.window.left(agreed.time)),
        "refreshes": len(lapse.refreshes),
    }
    shown_by = [agreed]
    for refresh in lapse.refreshes:
        shown_by.append(refresh.request)
        evidence["refresh_frame"] = refresh.request.frame
        evidence["refresh_code"] = 0 if refresh.final is None else status(refresh.final)
        if refresh.final is not None:
            shown_by.append(refresh.final)
    confidence = Confidence.LIKELY
    if bye is not None:
        after = (bye.time - agreed.time) / SECOND
        off = min((after - timer.bye_due, after - timer.interval), key=abs)
        evidence |= {"clock": "Session-Expires", "off_s": round(off, 3)}
        evidence |= {"bye_frame": bye.frame, "bye_after_s": seconds(bye.time - agreed.time), "bye_source": bye.source}
        shown_by.append(bye)
        if (reason := bye.message.field("reason")) is not None:
            evidence["header_reason"] = reason
        if "expire" in (reason or "").lower():
            confidence = Confidence.CERTAIN
    return found(NAME, lapse.variant, SEVERITIES[lapse.variant], confidence, shown_by, evidence)
