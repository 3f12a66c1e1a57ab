"""How rules report messages that are wrong by themselves: with the same facts, and a severity that follows the harm."""

from __future__ import annotations

from sipdiag.calls import status
from sipdiag.findings.fault import Fault
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.findings.scene import Scene
from sipdiag.findings.telling import found
from sipdiag.sip import Request, Response

_GRAVITY = {
    "refused": (Severity.ERROR, Confidence.LIKELY),
    "ignored": (Severity.WARNING, Confidence.LIKELY),
    "accepted": (Severity.NOTE, Confidence.CERTAIN),
    "unseen": (Severity.NOTE, Confidence.CERTAIN),
}
"""Kind of harm → severity and confidence. A flaw that did no harm is a note: the next receiver may refuse it."""
MOST_FRAMES = 20
LONGEST_DETAIL = 200
"""So many characters of a broken value are quoted; it may be of any length."""


def found_fault(rule: str, fault: Fault, scene: Scene, *, only_harmful: bool = False) -> Finding | None:
    """The finding on `fault`, by the harm that it did; None when it did none and `only_harmful` holds.

    Where the receiver was never heard, nothing shows that it ignored the message: it may not be there at all, which
    another rule reports.
    """
    harm = fault.harm
    if only_harmful and harm.kind != "refused":
        return None
    if harm.kind == "ignored" and not scene.window.hears(harm.arrival.sighting.destination):
        return None
    severity, confidence = _GRAVITY[harm.kind]
    return found(rule, harm.kind, severity, confidence, harm.shown_by[:MOST_FRAMES], fault_evidence(fault))


def fault_evidence(fault: Fault) -> Evidence:
    """What every finding on a fault says: who sends what, how often, and to whom."""
    harm = fault.harm
    seen = harm.arrival.sighting
    message = seen.message
    outcome = harm.shown_by[-1]
    return {
        "sender": seen.source,
        "receiver": seen.destination,
        "defect": fault.kind,
        "detail": fault.detail if len(fault.detail) <= LONGEST_DETAIL else f"{fault.detail[:LONGEST_DETAIL]}…",
        "messages": fault.messages,
        "message_frame": seen.frame,
        "message": message.method if isinstance(message, Request) else _answer(message),
        "code": status(outcome) if harm.kind == "refused" else 0,
        "repeats": len(harm.shown_by) - 1 if harm.kind == "ignored" else 0,
    }


def _answer(message: Response) -> str:
    """`200 (INVITE)`; of a response whose CSeq cannot be read the code alone."""
    return f"{message.status} ({message.cseq_method})" if message.cseq_method else str(message.status)
