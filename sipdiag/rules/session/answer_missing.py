"""An offer was accepted without an answer: the two sides agreed on a call and on no media.

An offer in an INVITE is answered in a reliable response, at the latest in the 2xx (RFC 3261, section 13.2.1), an offer
in a 2xx in the ACK (section 13.2.2.4), an offer in an UPDATE or PRACK in its 2xx (RFC 3311, section 5.2; RFC 3262,
section 5).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Duty, Exchange, Outcome, may_be_reliable, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found

NAME = "answer-missing"
SEVERITY = Severity.ERROR


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every accepted offer of the call without an answer, once, at the hop nearest to the side that owed it."""
    if all(each.answer is not None and each.answer is each.closing for each in scene.exchanges(call)):
        return  # every answer came in the message where it was due
    for kind in ("answer", "answer-in-ack"):
        for duty in scene.duties(call, kind):
            if duty.reason in ("early", "offer-in-response", "offer-in-request") and duty.exchange is not None:
                yield _finding(duty, duty.exchange)


def _finding(duty: Duty, exchange: Exchange) -> Finding:
    closing = exchange.closing
    assert closing is not None, "what is not closed is not missing yet"  # noqa: S101
    severity, confidence = _verdict(duty, exchange)
    evidence: Evidence = {
        "offer_frame": exchange.offer.frame,
        "closing_frame": closing.frame,
        "method": exchange.transaction.method,
        "offerer": exchange.offer.source,
        "answerer": closing.source,
    }
    if status(closing):
        evidence["code"] = status(closing)
    shown_by = [exchange.offer, closing]
    if exchange.answer is not None:
        evidence["early_frame"] = exchange.answer.frame
        evidence["early_code"] = status(exchange.answer)
        shown_by.insert(1, exchange.answer)
    return found(NAME, duty.reason, severity, confidence, shown_by, evidence)


def _verdict(duty: Duty, exchange: Exchange) -> tuple[Severity, Confidence]:
    if duty.outcome is Outcome.WRONG:
        return Severity.NOTE, Confidence.CERTAIN
    # A session that is there already goes on as it was.
    severity = Severity.WARNING if exchange.within else SEVERITY
    if duty.outcome is Outcome.UNKNOWN:
        return severity, Confidence.INCONCLUSIVE
    sure = exchange.late or not may_be_reliable(exchange)
    return severity, Confidence.CERTAIN if sure else Confidence.LIKELY
