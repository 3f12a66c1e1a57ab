"""Media come from another address than the one where their sender receives, or from two addresses at once.

A side should send from where it receives (symmetric RTP, RFC 4961): a NAT, a firewall and a strict receiver all expect
it. Where answers follow the real source nothing is lost; where they go on to the address that was described, the way
back may lead nowhere. A second source that sends to the same place at the same time is heard as crosstalk or as noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from sipdiag.calls import OTHER, SECOND, Call, Carried, Hearing, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_heard, hearing_evidence
from sipdiag.media import Stream
from sipdiag.trace import host

NAME = "media-source-mismatch"
SEVERITY = Severity.WARNING
NEEDS = Trait.HEARD

TOGETHER = SECOND
"""How long two sources must overlap: one that takes over from another does so within less."""
MOST = 64
"""Streams to one end that are compared with each other: a few as a rule, thousands in a flood."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each line with a stranger on it, or whose answers do not follow the source."""
    told: set[tuple[int, str]] = set()
    for hearing in scene.hearings(call):
        key = (id(hearing.line), hearing.sender)
        arriving = [each for each in hearing.arriving if each.stream.heard(hearing.begin, hearing.end)]
        if key in told or not arriving:
            continue
        pair = _together(arriving)
        if pair is not None:
            told.add(key)
            yield _finding(call, "crosstalk", SEVERITY, hearing, list(pair))
        elif (stranger := _unanswered(hearing, arriving, scene, call)) is not None:
            told.add(key)
            yield _finding(call, "not-followed", Severity.NOTE, hearing, [stranger])


def _together(arriving: Sequence[Carried]) -> tuple[Carried, Carried] | None:
    """Two streams from different hosts that go to the same end at the same time."""
    lasting = [each for each in arriving if each.stream.last_time - each.stream.first_time > TOGETHER]
    sources = [host(each.stream.source) for each in lasting]
    if len(set(sources)) < 2:
        return None
    for (one, here), (other, there) in combinations(islice(zip(lasting, sources, strict=True), MOST), 2):
        same = one.stream.destination == other.stream.destination
        if here != there and same and _overlap(one.stream, other.stream) > TOGETHER:
            return (one, other) if one.number < other.number else (other, one)
    return None


def _overlap(one: Stream, other: Stream) -> int:
    """The longest time in which both came without a pause."""
    return max(min(end, until) - max(begin, since) for begin, end in _spans(one) for since, until in _spans(other))


def _spans(stream: Stream) -> list[tuple[int, int]]:
    """From when to when packets came, pauses left out."""
    begins = [stream.first_time, *(gap.end for gap in stream.gaps)]
    ends = [*(gap.begin for gap in stream.gaps), stream.last_time]
    return list(zip(begins, ends, strict=True))


def _unanswered(hearing: Hearing, arriving: Sequence[Carried], scene: Scene, call: Call) -> Carried | None:
    """A stream from another host than was described, while the other side goes on sending to the one described."""
    described = {host(endpoint) for endpoint in hearing.expected_from.endpoints}
    back = [
        each
        for other in scene.hearings(call)
        if other.line is hearing.line and other.sender == OTHER[hearing.sender]
        for each in other.arriving
        if each.stream.heard(hearing.begin, hearing.end)
    ]
    followed = {host(each.stream.destination) for each in back}
    for each in arriving:
        source = host(each.stream.source)
        if source not in described and back and source not in followed:
            return each
    return None


def _finding(call: Call, variant: str, severity: Severity, hearing: Hearing, shown: Sequence[Carried]) -> Finding:
    return found_heard(
        NAME,
        variant,
        severity,
        Confidence.LIKELY,
        call=call,
        told=[hearing.expected_from.told],
        streams=[(each.stream, each.stream.first_frame) for each in shown],
        evidence=hearing_evidence(call, hearing)
        | {
            "sources": [each.stream.source for each in shown],
            "described": hearing.expected_from.endpoint,
            "described_frame": hearing.expected_from.told.frame,
            "packets": [each.stream.packets for each in shown],
        },
    )
