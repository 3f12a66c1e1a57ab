"""An answer rejected a stream that was offered, so that a call is up without it.

A stream is rejected with port 0, and an answer has exactly one m= line for each of the offer (RFC 3264, section 6).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Call, Exchange, description_in, streams_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.media import Media

NAME = "media-rejected"
SEVERITY = Severity.ERROR


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every answer of the call that rejected a stream that matters, once, at the hop nearest to the answerer."""
    told: set[tuple[str, int, str, str]] = set()
    for exchange in scene.exchanges(call):
        answer = exchange.answer
        if (
            exchange.plain
            or answer is None
            or exchange.key in told
            or not answer.complete
            or not exchange.offer.complete
        ):
            continue
        verdict = _verdict(exchange)
        if verdict is not None:
            told.add(exchange.key)
            yield _finding(exchange, *verdict)


def _verdict(exchange: Exchange) -> tuple[str, Severity, list[Media]] | None:
    if exchange.answer is None:
        return None
    streams = streams_of(exchange)
    offered, answered = description_in(exchange.offer).media, description_in(exchange.answer).media
    if len(offered) != len(answered):
        # Most offerers read what is there; some refuse the whole answer.
        return "counted-wrong", Severity.NOTE, list(offered[len(answered) :])
    rejected = [offer for offer, answer in streams if offer.port and not answer.port and not answer.bundle_only]
    if not rejected:
        return None
    if exchange.within and all(stream.is_fax for stream in rejected):
        return "fax", Severity.NOTE, rejected
    if not any(answer.port for _, answer in streams):
        # Inside a dialog it is also how a side says no to a change without hanging up.
        return "everything", Severity.WARNING if exchange.within else SEVERITY, rejected
    # Two streams of one kind may be offered as a choice, so that one of them may be rejected.
    lacking = {stream.kind for stream in rejected} - {answer.kind for _, answer in streams if answer.port}
    if "audio" in lacking:
        # A call that turns into a fax gives up its voice on purpose.
        fax = any(stream.is_fax for _, stream in streams if stream.port)
        return None if fax else ("audio", Severity.WARNING, rejected)
    return ("fax", Severity.NOTE, rejected) if "image" in lacking else None


def _finding(exchange: Exchange, variant: str, severity: Severity, rejected: list[Media]) -> Finding:
    answer = exchange.answer or exchange.offer
    evidence: Evidence = {
        "offer_frame": exchange.offer.frame,
        "answer_frame": answer.frame,
        "offerer": exchange.offer.source,
        "answerer": answer.source,
        "rejected": [f"{stream.kind} {stream.protocol} {' '.join(stream.formats)}" for stream in rejected],
        "offered_count": len(description_in(exchange.offer).media),
        "answered_count": len(description_in(answer).media),
    }
    return found(NAME, variant, severity, Confidence.CERTAIN, [exchange.offer, answer], evidence)
