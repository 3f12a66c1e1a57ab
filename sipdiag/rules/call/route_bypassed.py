"""A request inside the dialog left its sender without the Route that the dialog gives it.

The Record-Route values of the INVITE and its 2xx are the route set of the dialog; every later request carries them in
Route (RFC 3261, sections 12.1 and 12.2.1.1), so that it passes the proxies that wanted to stay in the path.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Astray, Call, Outcome, Trait, astray, request_uri, side_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found

NAME = "route-bypassed"
SEVERITY = Severity.ERROR
NEEDS = Trait.ROUTED


FAILED = {"no-route": "no-route-failed", "other-route": "other-route-failed"}
"""The variant of a stray → that of one that was refused or not heard."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """One finding for each side of the call whose requests do not follow the route set."""
    strays = astray(call)
    for tag in dict.fromkeys(each.request.message.from_tag for each in strays):
        yield _finding(call, [each for each in strays if each.request.message.from_tag == tag], scene)


def _finding(call: Call, strays: list[Astray], scene: Scene) -> Finding:
    failed = [each for each in strays if each.failed or _unheard(call, each, scene)]
    shown = (failed or strays)[0]
    request = shown.request.message
    evidence: Evidence = {
        "method": request.cseq_method,
        "request_frame": shown.request.frame,
        "learned_frame": shown.due.learned.frame,
        "sender": side_of(call, shown.request),
        "client": shown.request.source,
        "server": shown.request.destination,
        "uri": request_uri(shown.request),
        "due": shown.due.routes,
        "given": shown.given,
        "requests": len(strays),
        "failed": len(failed),
    }
    shown_by = [shown.due.learned, *(each.request for each in strays)]
    if failed:
        return found(NAME, FAILED[shown.variant], SEVERITY, Confidence.LIKELY, shown_by, evidence)
    # The request arrived all the same: a proxy in the path knew the way, or was not needed.
    return found(NAME, shown.variant, Severity.NOTE, Confidence.CERTAIN, shown_by, evidence)


def _unheard(call: Call, stray: Astray, scene: Scene) -> bool:
    """Whether the stray is an ACK, and the callee repeated its 2xx to the end."""
    if stray.transaction is not None or call.answer is None:
        return False
    return any(
        duty.outcome is Outcome.UNDONE
        and duty.timed_out
        and duty.trigger.message.to_tag == stray.request.message.to_tag
        for duty in scene.duties(call, "ack-2xx")
    )
