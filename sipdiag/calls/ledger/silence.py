"""Silence: which way a request stays without its response, by the client's repeats and the capture's window.

A client repeats over UDP at T1 and doubled intervals and gives up after 64*T1 (RFC 3261, sections 17.1.1.2 and
17.1.2.2).
"""

from __future__ import annotations

from sipdiag.calls.ledger.duty import Outcome
from sipdiag.calls.transaction import MILLISECOND, SECOND, T1, TIMEOUT, Transaction
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

GAVE_UP_AFTER = TIMEOUT - 4 * SECOND - T1
"""A last repeat this late is the last but one of a full ladder: the request timed out."""
PATIENCE = 4 * SECOND
"""Silence as long as this, while the client asks again, is no slow server: it would have sent 100 or an answer."""
CLEARLY_OPEN = 200 * MILLISECOND
"""A request this close to the end of the capture is worth no word: its answer was on the way."""
NOTHING_TO_SAY = frozenset({"cut-off", "on-its-way"})
"""Reasons that are none to speak of."""


def silence(transaction: Transaction, request: Sighting, window: Window) -> tuple[Outcome, str]:
    """What to make of a `request` that nobody was seen to answer, and why."""
    if request.message.cut_off and not (request.message.branch and request.message.call_id):
        return Outcome.UNKNOWN, "cut-off"  # before what a response is matched by
    recorded = window.left(request.time)
    repeats = transaction.request_repeats
    if repeats and repeats[-1].time - request.time >= GAVE_UP_AFTER:
        # The client's own ladder shows that nothing reached it, even where nobody else was ever heard.
        return Outcome.UNDONE, "timed-out"
    if not window.sees(request.destination, request.source) and not (repeats and window.hears(request.destination)):
        return Outcome.UNKNOWN, "one-sided" if recorded > CLEARLY_OPEN else "on-its-way"
    if len(repeats) > 1 and recorded >= PATIENCE:
        return Outcome.UNDONE, "repeated"
    if recorded >= TIMEOUT:
        # Over UDP a client that does not ask again has got its answer, which the recorder then missed.
        return Outcome.UNKNOWN if request.transport == "udp" else Outcome.UNDONE, "silent"
    return Outcome.UNKNOWN, "capture-ended" if recorded > CLEARLY_OPEN or repeats else "on-its-way"
