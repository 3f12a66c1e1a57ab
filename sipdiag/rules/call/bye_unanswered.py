"""A BYE got no final response: whether the other side knows that the call is over is open.

Who sends BYE considers the session over at once (RFC 3261, section 15.1.1), but the other side, which owes a 200
(section 15.1.2), goes on with the call, and with its billing, until something else ends it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    TIMEOUT,
    Call,
    Passage,
    Trait,
    Transaction,
    later_of_the_same_side,
    of_the_other_side,
    passages_of,
    side_of,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, silence_of
from sipdiag.sip import Request
from sipdiag.trace import Sighting

NAME = "bye-unanswered"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every BYE of the call that got no final response, once, at the hop where it stayed without one."""
    if all(bye.final is not None for bye in call.byes):
        return
    byes = passages_of(call.byes)
    copies = {id(bye.origin) for bye in call.byes if bye.final is not None and bye.origin is not None}
    for bye in byes:
        # An answer seen on another link to the same traffic is an answer.
        if bye.final is not None or any(id(hop) in copies for hop in bye.hops):
            continue
        if any(later.answered for later in later_of_the_same_side(bye, byes)):
            continue  # said again under a new CSeq, and answered
        finding = _finding(call, bye, byes, scene)
        if finding is not None:
            yield finding


def _finding(call: Call, bye: Passage, byes: list[Passage], scene: Scene) -> Finding | None:
    answer = next((final for each in reversed(bye.hops) if (final := each.final) is not None), None)
    hop = bye.hops[-1] if answer is None else bye.first
    request = hop.request or bye.request
    missed = scene.missed_bytes(request.destination, request.source)
    silence = None if answer is not None else silence_of(hop, request, scene.window, missed=missed)
    verdict = silence if answer is None else _answer_lost(bye, answer)
    if verdict is None:
        return None
    variant, confidence = verdict
    severity = SEVERITY
    other = next((each for each in of_the_other_side(bye, byes) if _crosses(bye, each)), None)
    if other is not None:  # both hung up: both know that the call is over
        variant, severity = "crossed", Severity.NOTE
        confidence = Confidence.LIKELY
    evidence = _evidence(call, bye, hop, request, scene)
    shown_by = [bye.request, request, *hop.request_repeats]
    if answer is not None:
        evidence["answer_frame"], evidence["answer_source"] = answer.frame, answer.source
        shown_by.append(answer)
    if other is not None:
        evidence["other_bye_frame"] = other.request.frame
        shown_by.append(other.request)
    return found(NAME, variant, severity, confidence, shown_by, evidence)


def _answer_lost(bye: Passage, answer: Sighting) -> tuple[str, Confidence] | None:
    """A hop further on was answered; the sender that asks again has not heard of it."""
    again = [copy for copy in bye.first.request_repeats if copy.time > answer.time]
    return ("answer-lost", Confidence.LIKELY) if len(again) > 1 else None


def _crosses(bye: Passage, other: Passage) -> bool:
    return abs(other.request.time - bye.request.time) < TIMEOUT and other.final is not None


def _evidence(call: Call, bye: Passage, hop: Transaction, request: Sighting, scene: Scene) -> Evidence:
    repeats = hop.request_repeats
    return {
        "bye_frame": bye.request.frame,
        "sender": side_of(call, bye.request),
        "client": request.source,
        "server": request.destination,
        "uri": request.message.uri if isinstance(request.message, Request) else "",
        "route": request.message.values("route"),
        "transport": request.transport,
        "hops": len(bye.hops),
        "repeats": len(repeats),
        "repeated_for_s": seconds(repeats[-1].time - request.time) if repeats else 0.0,
        "recorded_after_s": seconds(scene.window.left(request.time)),
    }
