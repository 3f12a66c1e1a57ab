"""How rules on media report: who is not heard by whom, with frames of signalling and of the streams that show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sipdiag.calls import CALLER, OTHER, Call, Hearing
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.findings.telling import found_below
from sipdiag.media import Stream
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting

TALKSPURTS = 2
"""A stream with more talkspurts than this comes from a sender that sends nothing while nobody speaks."""


def saves_packets(stream: Stream) -> bool:
    """Whether its sender falls silent while nobody speaks (RFC 3551, section 4.1)."""
    return stream.noise > 0 or stream.talkspurts > TALKSPURTS


def names_of(call: Call, sender: str) -> tuple[str, str]:
    """The URIs of `sender`, who is to be heard, and of the other side, as From and To of the call name them."""
    parties = {
        side: parse_name_addr(call.opening.message.field("from" if side == CALLER else "to") or "").uri.text
        for side in (sender, OTHER[sender])
    }
    return parties[sender], parties[OTHER[sender]]


def hearing_evidence(call: Call, hearing: Hearing) -> Evidence:
    """Who is to be heard by whom, and from where to where."""
    unheard, hearer = names_of(call, hearing.sender)
    return {
        "sender": hearing.sender,
        "unheard": unheard,
        "hearer": hearer,
        "expected_from": hearing.expected_from.endpoint,
        "expected_to": hearing.wanted.endpoint,
        "told_frame": hearing.wanted.told.frame,
    }


def found_heard(  # noqa: PLR0913  (the parts of a finding, named)
    rule: str,
    variant: str,
    severity: Severity,
    confidence: Confidence,
    *,
    call: Call,
    told: Sequence[Sighting],
    streams: Iterable[tuple[Stream, int]],
    evidence: Evidence,
    time: int | None = None,
) -> Finding:
    """A finding on a call's media: `told` are messages that show it, `streams` come with the frame that does.

    It begins at `time`, else with the first message.
    """
    first = told[0]
    frames = [each.frame for each in told if each.capture == first.capture]
    frames += [frame for stream, frame in streams if stream.capture == first.capture]
    return found_below(
        rule,
        variant,
        severity,
        confidence,
        capture=first.capture,
        time=first.time if time is None else time,
        frames=sorted(frames),
        evidence=evidence,
        call_id=call.call_id,
    )
