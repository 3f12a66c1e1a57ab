"""How sure a request's silence is: what the client's repeats and the capture's window say of it."""

from __future__ import annotations

from sipdiag.calls import NOTHING_TO_SAY, Outcome, Transaction, Window, silence
from sipdiag.findings.finding import Confidence
from sipdiag.trace import Sighting


def silence_of(
    transaction: Transaction, request: Sighting, window: Window, *, missed: bool = False
) -> tuple[str, Confidence] | None:
    """Which way `request` went unanswered, and how sure that is; None when there is nothing to say yet.

    `missed` tells that bytes of the way back are not in the capture: the answer may have stood there.
    """
    outcome, reason = silence(transaction, request, window)
    if reason in NOTHING_TO_SAY:
        return None
    return reason, sureness(outcome, reason, request, window, missed=missed)


def sureness(outcome: Outcome, reason: str, request: Sighting, window: Window, *, missed: bool = False) -> Confidence:
    """How sure it is that `request` was not answered, which the ledger says of it."""
    if outcome is Outcome.UNKNOWN or (missed and reason == "silent"):
        return Confidence.INCONCLUSIVE
    heard = window.sees(request.destination, request.source)
    return Confidence.CERTAIN if reason == "timed-out" and heard else Confidence.LIKELY
