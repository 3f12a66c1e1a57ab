"""A request was sent, and sent again, and no response came.

A client repeats over UDP at T1 and doubled intervals and gives up after 64*T1 (RFC 3261, sections 17.1.1.2 and
17.1.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import MILLISECOND, SECOND, T1, TIMEOUT, Transaction
from sipdiag.findings import Confidence, Finding, Scene, Severity, found, seconds
from sipdiag.sip import Request
from sipdiag.trace import Sighting

NAME = "request-unanswered"
SEVERITY = Severity.ERROR

GAVE_UP_AFTER = TIMEOUT - 4 * SECOND - T1
"""A last repeat this late is the last but one of a full ladder: the request timed out."""
PATIENCE = 4 * SECOND
"""Silence as long as this, while the client asks again, is no slow server: it would have sent 100 or an answer."""
CLEARLY_OPEN = 200 * MILLISECOND
"""A request this close to the end of the capture is worth no word: its answer was on the way."""


def check(transaction: Transaction, scene: Scene) -> Iterator[Finding]:
    """The transaction, if nothing at all answered its request."""
    request = transaction.request
    if request is None or transaction.responses or transaction.origin is not None:
        return
    if transaction.method == "CANCEL" and _invite_ended(transaction, scene):
        return
    verdict = _verdict(transaction, request, scene)
    if verdict is None:
        return
    variant, confidence = verdict
    repeats = transaction.request_repeats
    yield found(
        NAME,
        variant,
        SEVERITY,
        confidence,
        [request, *repeats],
        {
            "method": transaction.method,
            "request_frame": request.frame,
            "uri": request.message.uri if isinstance(request.message, Request) else "",
            "repeats": len(repeats),
            "repeated_for_s": seconds(repeats[-1].time - request.time) if repeats else 0.0,
            "recorded_after_s": seconds(scene.window.left(request.time)),
            "client": request.source,
            "server": request.destination,
            "transport": request.transport,
        },
    )


def _verdict(transaction: Transaction, request: Sighting, scene: Scene) -> tuple[str, Confidence] | None:
    recorded = scene.window.left(request.time)
    repeats = transaction.request_repeats
    heard = scene.window.sees(request.destination, request.source)
    if repeats and repeats[-1].time - request.time >= GAVE_UP_AFTER:
        # The client's own ladder shows that nothing reached it, even where nobody else was ever heard.
        return "timed-out", Confidence.CERTAIN if heard else Confidence.LIKELY
    if not heard and not (repeats and scene.window.hears(request.destination)):
        return ("one-sided", Confidence.INCONCLUSIVE) if recorded > CLEARLY_OPEN else None
    if len(repeats) > 1 and recorded >= PATIENCE:
        return "repeated", Confidence.LIKELY
    if recorded >= TIMEOUT:
        return "silent", Confidence.LIKELY
    return ("capture-ended", Confidence.INCONCLUSIVE) if recorded > CLEARLY_OPEN or repeats else None


def _invite_ended(cancel: Transaction, scene: Scene) -> bool:
    """Whether the INVITE that was to be cancelled got its final response, which settles the matter."""
    return any(
        each.method == "INVITE" and each.branch == cancel.branch and each.final is not None
        for each in scene.correlation.transactions_of(cancel.call_id)
    )
