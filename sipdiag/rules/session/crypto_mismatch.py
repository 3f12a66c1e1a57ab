"""One side wants encrypted media and the other does not, or their keys do not fit together.

The profile of a stream says how it is sent: RTP/AVP in clear, RTP/SAVP with the keys of a=crypto (RFC 4568),
UDP/TLS/RTP/SAVP with the certificate of a=fingerprint (RFC 5763). An answer takes one of the offered a=crypto lines by
tag and suite (RFC 4568, section 5.1.2), and never says setup:actpass (RFC 5763, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    NOT_ACCEPTABLE,
    Call,
    Exchange,
    audio_in,
    encryption_refused,
    status,
    streams_of,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, may_go_on, was_mended
from sipdiag.media import Media
from sipdiag.trace import Sighting

NAME = "crypto-mismatch"
SEVERITY = Severity.ERROR


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every exchange of the call whose encryption cannot work, once, at the hop nearest to the answerer."""
    told: set[tuple[str, int, str, str]] = set()
    for exchange in scene.exchanges(call):
        if exchange.plain or exchange.key in told:
            continue
        finding = _refused(exchange, call, scene) if exchange.refused else _answered(exchange)
        if finding is not None:
            told.add(exchange.key)
            yield finding


def _refused(exchange: Exchange, call: Call, scene: Scene) -> Finding | None:
    """The finding on a refusal that shows that encryption was the reason."""
    refusal = exchange.closing
    if refusal is None or status(refusal) not in NOT_ACCEPTABLE:
        return None
    why = encryption_refused(exchange.offer, refusal)
    if not why:
        return None
    offered, wanted, contrary = audio_in(exchange.offer), audio_in(refusal), why == "contrary"
    evidence = _evidence(exchange, refusal, offered[0])
    evidence |= {"code": status(refusal), "answered": wanted[0].protocol if wanted else ""}
    severity = Severity.WARNING if exchange.within else SEVERITY
    if not exchange.within and was_mended(refusal, call):
        severity = Severity.NOTE
    variant = "refused" if contrary else "warned"
    confidence = Confidence.CERTAIN if contrary else Confidence.LIKELY
    if may_go_on(refusal, scene.window):
        confidence = Confidence.INCONCLUSIVE  # the other profile may be offered at once
    return found(NAME, variant, severity, confidence, [exchange.offer, refusal], evidence)


def _answered(exchange: Exchange) -> Finding | None:
    answer = exchange.answer
    if answer is None or not answer.complete:
        return None
    for offered, answered in streams_of(exchange):
        if not offered.port or not answered.port or not (offered.secure or answered.secure):
            continue
        variant = _variant(offered, answered)
        if variant:
            evidence = _evidence(exchange, answer, offered)
            evidence |= {"answered": answered.protocol, "answered_keys": _keys(answered)}
            return found(NAME, variant, SEVERITY, Confidence.LIKELY, [exchange.offer, answer], evidence)
    return None


def _variant(offered: Media, answered: Media) -> str:
    if offered.secure != answered.secure:
        # A stream in clear that holds keys all the same leaves the choice (RFC 8643).
        clear = answered if offered.secure else offered
        return "" if clear.crypto or clear.fingerprint else "profile"
    if answered.setup == "actpass" or (answered.setup and answered.setup == offered.setup != "holdconn"):
        return "setup" if offered.fingerprint and answered.fingerprint else ""
    if offered.crypto and answered.crypto:
        # Most receivers ignore a wrong tag if the suite was offered.
        chosen = {each.suite.upper() for each in answered.crypto}
        return "" if chosen & {each.suite.upper() for each in offered.crypto} else "suite"
    keyed = answered.crypto or answered.fingerprint or answered.attribute("key-mgmt") is not None
    return "" if keyed or not (offered.crypto or offered.fingerprint) else "keyless"


def _evidence(exchange: Exchange, closing: Sighting, offered: Media) -> Evidence:
    return {
        "offer_frame": exchange.offer.frame,
        "answer_frame": closing.frame,
        "offerer": exchange.offer.source,
        "answerer": closing.source,
        "offered": offered.protocol,
        "offered_keys": _keys(offered),
    }


def _keys(stream: Media) -> list[str]:
    """How the stream gets its keys, in words, and never the keys themselves."""
    keys = [f"crypto:{each.tag} {each.suite}" for each in stream.crypto]
    if stream.fingerprint is not None:
        keys.append(f"fingerprint:{stream.fingerprint.algorithm}")
    return [*keys, f"setup:{stream.setup}"] if stream.setup else keys
