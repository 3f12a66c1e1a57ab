"""The two sides have no codec in common, or agreed on one that nobody offered.

An answer names for each stream at least one format of the offer (RFC 3264, section 6.1); a side that supports none of
them refuses the offer with 488, or the stream with port 0. A Warning 305, or the session description in the refusal,
shows that formats were the reason (RFC 3261, sections 20.43 and 21.4.26).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import NOT_ACCEPTABLE, Call, Exchange, audio_in, status, streams_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, may_go_on, was_mended
from sipdiag.media import Codec, Media
from sipdiag.trace import Sighting

NAME = "codec-mismatch"
SEVERITY = Severity.ERROR

INCOMPATIBLE_FORMAT = "305"
"""Warning code: incompatible media format (RFC 3261, section 20.43)."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every exchange of the call without a common audio codec, once, at the hop nearest to the answerer."""
    told: set[tuple[str, int, str, str]] = set()
    for exchange in scene.exchanges(call):
        if exchange.plain or exchange.key in told:
            continue
        finding = _refused(exchange, call, scene) if exchange.refused else _answered(exchange)
        if finding is not None:
            told.add(exchange.key)
            yield finding


def _refused(exchange: Exchange, call: Call, scene: Scene) -> Finding | None:
    """The finding on a refusal for its formats; other refusals are reported by the rule on failures."""
    refusal = exchange.closing
    if refusal is None or status(refusal) not in NOT_ACCEPTABLE:
        return None
    offered = _voices(audio_in(exchange.offer))
    wanted = [codec for stream in audio_in(refusal) for codec in stream.codecs]
    warned = any(value.lstrip().startswith(INCOMPATIBLE_FORMAT) for value in refusal.message.fields("warning"))
    disjoint = bool(offered and wanted) and not _common(offered, wanted)
    if not warned and not disjoint:
        return None
    evidence = _evidence(exchange, refusal, offered, _spoken(wanted))
    evidence["code"] = status(refusal)
    if (warning := refusal.message.field("warning")) is not None:
        evidence["header_warning"] = warning
    severity = Severity.WARNING if exchange.within else SEVERITY
    if not exchange.within and was_mended(refusal, call):
        severity = Severity.NOTE
    variant = "refused" if disjoint else "warned"
    ends = may_go_on(refusal, scene.window)  # other codecs may be offered at once
    confidence = Confidence.INCONCLUSIVE if ends else Confidence.CERTAIN
    return found(NAME, variant, severity, confidence, [exchange.offer, refusal], evidence)


def _answered(exchange: Exchange) -> Finding | None:
    """An audio stream that was accepted without a codec of the offer, or with tones alone."""
    answer = exchange.answer
    if answer is None or not answer.complete:
        return None
    for offered, answered in streams_of(exchange):
        if offered.kind != "audio" or not offered.port or not answered.port or not answered.codecs:
            continue
        if answered.direction == "inactive" or not offered.voices or not _is_readable(offered, answered):
            continue
        common = _common(offered.codecs, answered.codecs)
        if any(codec in offered.voices for codec in common):
            continue
        evidence = _evidence(exchange, answer, list(offered.voices), list(answered.codecs))
        variant = "foreign" if answered.voices else "tones-only"
        return found(NAME, variant, SEVERITY, Confidence.LIKELY, [exchange.offer, answer], evidence)
    return None


def _evidence(exchange: Exchange, closing: Sighting, offered: list[Codec], wanted: list[Codec]) -> Evidence:
    return {
        "offer_frame": exchange.offer.frame,
        "answer_frame": closing.frame,
        "offerer": exchange.offer.source,
        "answerer": closing.source,
        "offered": [_named(codec) for codec in offered],
        "answered": [_named(codec) for codec in wanted],
    }


def _voices(streams: list[Media]) -> list[Codec]:
    return [codec for stream in streams for codec in stream.voices if codec.name]


def _spoken(codecs: list[Codec]) -> list[Codec]:
    return [codec for codec in codecs if codec.name and codec.name.lower() != "telephone-event"]


def _is_readable(*streams: Media) -> bool:
    """Whether every format is known: a dynamic number without rtpmap may mean anything."""
    return all(codec.name for stream in streams for codec in stream.codecs)


def _common(offered: list[Codec] | tuple[Codec, ...], answered: list[Codec] | tuple[Codec, ...]) -> list[Codec]:
    """The offered codecs that the other side has too, by name or, as names vary (G729, G729A), by number."""
    names = {codec.name.lower() for codec in answered} | {codec.payload_type for codec in answered}
    return [codec for codec in offered if codec.name.lower() in names or codec.payload_type in names]


def _named(codec: Codec) -> str:
    return f"{codec.name}/{codec.rate}" if codec.rate else codec.name
