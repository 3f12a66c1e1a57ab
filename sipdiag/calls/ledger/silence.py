"""Silence: why a request has no response in the capture, judged by the client's repeats and by what was recorded.

Over UDP a client repeats its request after T1, then with doubled pauses, and gives up after 64*T1 (RFC 3261, sections
17.1.1.2 and 17.1.2.2).
"""

from __future__ import annotations

from sipdiag.calls.ledger.duty import LADDER_END, Outcome
from sipdiag.calls.transaction import MILLISECOND, SECOND, TIMEOUT, Transaction
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

PATIENCE = 4 * SECOND
"""A server that is silent for so long, while the client repeats, is not merely slow: it would have sent a 100."""
CLEARLY_OPEN = 200 * MILLISECOND
"""A request closer to the end of the capture than this is not mentioned: its answer was on the way."""
NOTHING_TO_SAY = frozenset({"cut-off", "on-its-way"})
"""Reasons that make no finding."""


def silence(transaction: Transaction, request: Sighting, window: Window) -> tuple[Outcome, str]:
    """What to make of a `request` that nobody was seen to answer, and why."""
    if request.message.cut_off and not (request.message.branch and request.message.call_id):
        return Outcome.UNKNOWN, "cut-off"  # what a response is matched by is missing
    recorded = window.left(request.time)
    repeats = transaction.request_repeats
    if repeats and repeats[-1].time - request.time >= LADDER_END:
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
