"""How sure a request's silence is: what the client's repeats and the capture's window say of it.

A client repeats over UDP at T1 and doubled intervals and gives up after 64*T1 (RFC 3261, sections 17.1.1.2 and
17.1.2.2).
"""

from __future__ import annotations

from sipdiag.calls import MILLISECOND, SECOND, T1, TIMEOUT, Transaction, Window
from sipdiag.findings.finding import Confidence
from sipdiag.trace import Sighting

GAVE_UP_AFTER = TIMEOUT - 4 * SECOND - T1
"""A last repeat this late is the last but one of a full ladder: the request timed out."""
PATIENCE = 4 * SECOND
"""Silence as long as this, while the client asks again, is no slow server: it would have sent 100 or an answer."""
CLEARLY_OPEN = 200 * MILLISECOND
"""A request this close to the end of the capture is worth no word: its answer was on the way."""


def silence_of(
    transaction: Transaction, request: Sighting, window: Window, *, missed: bool = False
) -> tuple[str, Confidence] | None:
    """Which way `request` went unanswered, and how sure that is; None when there is nothing to say yet.

    `missed` tells that bytes of the way back are not in the capture: the answer may have stood there.
    """
    if request.message.cut_off and not (request.message.branch and request.message.call_id):
        return None  # the packet was cut off before what a response is matched by
    recorded = window.left(request.time)
    repeats = transaction.request_repeats
    heard = window.sees(request.destination, request.source)
    if repeats and repeats[-1].time - request.time >= GAVE_UP_AFTER:
        # The client's own ladder shows that nothing reached it, even where nobody else was ever heard.
        return "timed-out", Confidence.CERTAIN if heard else Confidence.LIKELY
    if not heard and not (repeats and window.hears(request.destination)):
        return ("one-sided", Confidence.INCONCLUSIVE) if recorded > CLEARLY_OPEN else None
    if len(repeats) > 1 and recorded >= PATIENCE:
        return "repeated", Confidence.LIKELY
    if recorded >= TIMEOUT:
        # Over UDP a client that does not ask again has got its answer, which the recorder then missed.
        open_ = missed or request.transport == "udp"
        return "silent", Confidence.INCONCLUSIVE if open_ else Confidence.LIKELY
    return ("capture-ended", Confidence.INCONCLUSIVE) if recorded > CLEARLY_OPEN or repeats else None
