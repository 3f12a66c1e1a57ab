"""How sure it is that a request was not answered, by the client's repeats and by what was recorded."""

from __future__ import annotations

from sipdiag.calls import NOTHING_TO_SAY, Outcome, Transaction, Window, silence
from sipdiag.findings.finding import Confidence
from sipdiag.trace import Sighting


def silence_of(
    transaction: Transaction, request: Sighting, window: Window, *, missed: bool = False
) -> tuple[str, Confidence] | None:
    """The variant that says how `request` went unanswered, and how sure that is; None when it is too early to say.

    `missed` says that the capture lacks bytes of the way back, in which the response may have been.
    """
    outcome, reason = silence(transaction, request, window)
    if reason in NOTHING_TO_SAY:
        return None
    return reason, sureness(outcome, reason, request, window, missed=missed)


def sureness(outcome: Outcome, reason: str, request: Sighting, window: Window, *, missed: bool = False) -> Confidence:
    """How sure it is that `request` was not answered, as the ledger's `outcome` and `reason` say."""
    if outcome is Outcome.UNKNOWN or (missed and reason == "silent"):
        return Confidence.INCONCLUSIVE
    heard = window.sees(request.destination, request.source)
    return Confidence.CERTAIN if reason == "timed-out" and heard else Confidence.LIKELY
