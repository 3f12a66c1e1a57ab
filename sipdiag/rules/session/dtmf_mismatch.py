"""Key presses may not get through: one side sends them as telephone events, the other did not agree to that.

Telephone events are a payload type of their own, agreed on like a codec (RFC 4733, sections 2.5.1.1 and 7.1.1).
Where they are not, keys must go as SIP INFO or as tones in the voice, which a compressing codec spoils.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sipdiag.calls import Call, Exchange, streams_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.media import Codec, Media
from sipdiag.sip import Request
from sipdiag.trace import Sighting

NAME = "dtmf-mismatch"
SEVERITY = Severity.WARNING

EVENTS = "telephone-event"
CARRY_TONES = frozenset({b"0", b"8"})
"""Payload types of PCMU and PCMA, through which tones pass."""
_MAPPED = re.compile(rb"(?i)\na=rtpmap:(\d+)[ \t]+telephone-event")
_AUDIO = re.compile(rb"\nm=audio \d+ \S+ ([^\r\n]+)")
SPOILS_TONES = frozenset({"g729", "g723", "g723.1", "gsm", "ilbc", "speex", "amr", "amr-wb", "opus", "qcelp"})
"""Codecs made for voices, through which tones do not pass unharmed."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The last answer of each dialog that lost the telephone events of the offer, or got their number wrong."""
    told: set[tuple[str, int, str, str]] = set()
    for exchange in scene.exchanges(call):
        answer = exchange.answer
        if answer is None or exchange.key in told or not answer.complete or _is_settled(exchange, answer):
            continue
        for offered, answered in streams_of(exchange):
            if offered.kind != "audio" or not offered.port or not answered.port or "RTP/" not in answered.protocol:
                continue
            finding = _finding(call, exchange, answer, offered, answered)
            if finding is not None:
                told.add(exchange.key)
                yield finding
                break


def _is_settled(exchange: Exchange, answer: Sighting) -> bool:
    """A cheap look: events were agreed on, or nobody offered any, or the voice carries tones."""
    return _settles(exchange.offer.message.body, answer.message.body, exchange.plain)


@lru_cache(maxsize=1024)  # an offer and its answer pass every hop
def _settles(offer: bytes, answer: bytes, plain: bool) -> bool:  # noqa: FBT001
    agreed, lists = _MAPPED.search(answer), _AUDIO.findall(answer)
    if agreed is not None:
        return len(lists) == 1 and agreed[1] in lists[0].split()
    if EVENTS.encode() not in offer:
        return True
    return plain and all(each.split()[0] in CARRY_TONES for each in lists)


def _finding(call: Call, exchange: Exchange, answer: Sighting, offered: Media, answered: Media) -> Finding | None:
    one, other = _events(offered), _events(answered)
    chosen = answered.voices[0] if answered.voices else None
    if other is None and (unlisted := _unlisted(answered)):
        variant, severity = "unlisted", SEVERITY
    elif one is not None and other is None and chosen is not None:
        if chosen.name.lower() not in SPOILS_TONES or _sends_info(call):
            return None  # tones in the voice pass, or keys go another way
        variant, severity, unlisted = "declined", Severity.NOTE, ""
    else:
        return None
    evidence: Evidence = {
        "offer_frame": exchange.offer.frame,
        "answer_frame": answer.frame,
        "offerer": exchange.offer.source,
        "answerer": answer.source,
        "offered": "" if one is None else one.payload_type,
        "answered": unlisted,
        "codec": "" if chosen is None else chosen.name,
    }
    return found(NAME, variant, severity, Confidence.LIKELY, [exchange.offer, answer], evidence)


def _events(stream: Media) -> Codec | None:
    return next((codec for codec in stream.codecs if codec.name.lower() == EVENTS), None)


def _unlisted(stream: Media) -> str:
    """The number that an rtpmap gives to telephone events and the m= line does not list; empty when there is none."""
    for name, value in stream.attributes:
        number, _, rest = value.partition(" ")
        if name == "rtpmap" and rest.strip().lower().startswith(EVENTS) and number not in stream.formats:
            return number
    return ""


def _sends_info(call: Call) -> bool:
    """Whether keys go as SIP INFO."""
    requests = (each.request for each in call.transactions if each.method == "INFO")
    return any(
        "dtmf" in (each.message.field("content-type") or "").lower()
        for each in requests
        if each is not None and isinstance(each.message, Request)
    )
