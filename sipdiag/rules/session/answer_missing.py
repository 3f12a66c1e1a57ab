"""An offer was accepted without an answer: the two sides agreed on a call and on no media.

The answer to an offer in an INVITE stands in a reliable response, at the latest the 2xx (RFC 3261, section 13.2.1);
to an offer in a 2xx in the ACK (section 13.2.2.4); in UPDATE and PRACK in the 2xx (RFC 3311, section 5.2; RFC 3262,
section 5).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Exchange, is_bodiless, is_reliable, meant_by, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting

NAME = "answer-missing"
SEVERITY = Severity.ERROR


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every accepted offer of the call without an answer, once, at the hop nearest to who owed it."""
    told: set[tuple[str, int, str, str]] = set()
    for exchange in scene.exchanges(call):
        closing = exchange.closing
        if closing is None or exchange.refused or exchange.answer is closing or exchange.key in told:
            continue
        if exchange.answer is not None and is_reliable(exchange.answer):
            continue
        if not is_bodiless(closing):
            continue  # what is there cannot be read, or was cut off
        told.add(exchange.key)
        yield _finding(exchange, closing, call)


def _finding(exchange: Exchange, closing: Sighting, call: Call) -> Finding:
    variant, severity, confidence = _verdict(exchange, call)
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
    return found(NAME, variant, severity, confidence, shown_by, evidence)


def _verdict(exchange: Exchange, call: Call) -> tuple[str, Severity, Confidence]:
    if exchange.answer is not None:
        return "early", Severity.NOTE, Confidence.CERTAIN
    # A session that is there already goes on as it was.
    severity = Severity.WARNING if exchange.within else SEVERITY
    if exchange.late:
        return "offer-in-response", severity, Confidence.CERTAIN
    # Where responses may be reliable, one with the answer may have been missed by the recorder.
    reliable = exchange.transaction.method == "INVITE" and "100rel" in _extensions(exchange.offer)
    if reliable and _confirms_unseen(exchange, call):
        return "offer-in-request", severity, Confidence.INCONCLUSIVE
    return "offer-in-request", severity, Confidence.LIKELY if reliable else Confidence.CERTAIN


def _confirms_unseen(exchange: Exchange, call: Call) -> bool:
    """Whether a PRACK confirms a response to this INVITE that the capture does not hold, and the answer may be in."""
    invite = exchange.transaction
    pracks = (each for each in call.transactions if each.method == "PRACK" and each.from_tag == invite.from_tag)
    return any(each.request is None or meant_by(each.request, call.transactions) is None for each in pracks)


def _extensions(request: Sighting) -> list[str]:
    return [value.lower() for name in ("supported", "require") for value in request.message.values(name)]
