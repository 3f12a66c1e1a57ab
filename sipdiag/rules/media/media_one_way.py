"""One side of a call hears nothing of the other, although media come the other way.

Media go to the address and port that the hearer's session description names, and should come from where the sender
receives (RFC 3264, sections 5.1 and 6.1; RFC 4961). Where a side is not heard although it may send, the address that
its media were to go to says why: a private one, one that a NAT has changed, or another than they went to; or ICMP says
that they do not arrive (RFC 792).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls import OTHER, SECOND, Call, Correlation, Hearing, is_private
from sipdiag.findings import (
    Confidence,
    Evidence,
    Finding,
    Notice,
    Scene,
    Severity,
    found_heard,
    hearing_evidence,
    stilled_in,
)
from sipdiag.trace import host

NAME = "media-one-way"
SEVERITY = Severity.ERROR

OPEN = ""
"""What findings are about that the recorder may have caused by itself: told once."""
MOST_CALLS = 20
LET_IN = 3 * SECOND // 2
"""Media that are refused from their beginning are so sooner than this: a host sends one error a second."""
FAX_JUDGED = 20 * SECOND
"""How long a fax must have had: whoever sends by hand first listens, and then presses a key; both give up after 35
seconds (ITU-T T.30, timer T1)."""


def gathered(part: Correlation, scene: Scene) -> dict[str, list[Finding]]:
    """The findings on each call, and those that stay open together."""
    shown: dict[str, list[Finding]] = {}
    for call in part.legs:
        for finding in _findings(call, scene):
            about = OPEN if finding.confidence is Confidence.INCONCLUSIVE else call.key
            shown.setdefault(about, []).append(finding)
    return shown


def told(about: str, parts: Sequence[list[Finding]], scene: Scene) -> Iterator[Finding]:
    """One finding a call; of what stays open one for all."""
    del scene
    findings = sorted((each for part in parts for each in part), key=lambda each: each.place)
    if about != OPEN:
        yield from findings
    elif findings:
        yield _together(findings)


def _refused(call: Call, scene: Scene) -> Finding | None:
    """The finding on a side whose media somebody refuses all the time, as ICMP says; it needs no stream to be seen."""
    if not scene.notices or (scene.with_media and not scene.carriage.of(call).carried):
        return None  # without any media another rule tells it
    for hearing in scene.wanted(call):
        if hearing.length < scene.settings.media_judged_s * SECOND or hearing.wanted.media.candidates:
            continue
        notice = scene.notices.against(hearing.wanted.endpoint, hearing.begin, hearing.end)
        if notice is not None and not _was_let_in(hearing, call, notice, scene):
            told = [hearing.wanted.told]
            evidence = hearing_evidence(call, hearing) | {"seconds": round(hearing.length / SECOND, 3)}
            likely = Confidence.LIKELY
            finding = found_heard(
                NAME, notice.kind, SEVERITY, likely, call=call, told=told, streams=(), evidence=evidence
            )
            return notice.added_to(finding)
    return None


def _was_let_in(hearing: Hearing, call: Call, notice: Notice, scene: Scene) -> bool:
    """Whether media had arrived for a while before the first error: then the hearer went away in mid-call."""
    endpoint = hearing.wanted.endpoint  # wherever on the way of the call it is told
    carried = scene.carriage.of(call).carried
    begins = [each.stream.first_time for each in carried if each.stream.destination == endpoint]
    return bool(begins) and notice.reports[0].time > min(begins) + LET_IN


def _findings(call: Call, scene: Scene) -> Iterator[Finding]:
    refused = _refused(call, scene)
    if refused is not None:
        yield refused
        return
    judged = scene.settings.media_judged_s * SECOND
    for hearings, least in ((scene.hearings(call), judged), (scene.faxes(call), FAX_JUDGED)):
        finding = _unheard(call, hearings, least, scene)
        if finding is not None:
            yield finding
            return


def _unheard(call: Call, hearings: Sequence[Hearing], least: float, scene: Scene) -> Finding | None:
    """The finding on the first side that is to be heard and is not, while the other one is."""
    for hearing in hearings:
        if hearing.length < least or hearing.first is not None:
            continue
        back = [each for each in hearings if each.line is hearing.line and each.sender == OTHER[hearing.sender]]
        # At the same time: while one side is held, the other may well be silent too.
        heard = [
            each for each in back if each.first is not None and each.begin < hearing.end and hearing.begin < each.end
        ]
        if heard and not any(hearing in change.after for change in stilled_in(call, scene)):
            return _finding(call, hearing, heard[0], scene)
    return None


def _finding(call: Call, hearing: Hearing, other: Hearing, scene: Scene) -> Finding:
    shown = other.arriving[0]
    variant, evidence = _cause(hearing, other)
    confidence = Confidence.LIKELY
    if variant == "unseen" and not _would_be_seen(hearing, scene):
        variant, confidence = "one-sided", Confidence.INCONCLUSIVE
    elif variant == "unseen" and hearing.wanted.media.is_fax:
        variant = "fax"
    evidence |= {
        "heard_packets": sum(each.stream.packets for each in other.arriving),
        "heard_from": shown.stream.source,
        "seconds": round(hearing.length / SECOND, 3),
    }
    streams = [(shown.stream, shown.stream.first_frame)]
    streams += [(each.stream, each.stream.first_frame) for each in hearing.astray[:1]]
    return found_heard(
        NAME,
        variant,
        SEVERITY,
        confidence,
        call=call,
        told=[hearing.wanted.told],
        streams=streams,
        evidence=hearing_evidence(call, hearing) | evidence,
    )


def _cause(hearing: Hearing, other: Hearing) -> tuple[str, Evidence]:
    """The likeliest cause, by what is seen of the sender and where the hearer's own media come from."""
    wanted, origin = host(hearing.wanted.endpoint), host(other.arriving[0].stream.source)
    astray = [each.stream for each in hearing.astray]
    facts: Evidence = {"origin": other.arriving[0].stream.source, "seen_packets": 0, "seen_to": ""}
    if astray:
        facts |= {"seen_packets": sum(each.packets for each in astray), "seen_to": astray[0].destination}
    if hearing.wanted.media.candidates:  # with ICE the address in c= is one of several
        return ("elsewhere" if astray else "unseen"), facts
    if is_private(wanted) and not is_private(origin):
        return ("private-sent" if astray else "private"), facts
    if astray:
        return "elsewhere", facts
    return ("nat" if wanted != origin else "unseen"), facts


def _would_be_seen(hearing: Hearing, scene: Scene) -> bool:
    """Whether what the sender sends comes by the recorder.

    It does where its media, or its signalling from the same host, are seen otherwise; where others' media to the
    hearer are; or where media go both ways at all.
    """
    source, destination = host(hearing.expected_from.endpoint), host(hearing.wanted.endpoint)
    if any(one == source for one, _ in scene.window.directions):
        return True
    ways = scene.media_ways
    return source in ways.senders or destination in ways.hearers or ways.two_way


def _together(findings: Sequence[Finding]) -> Finding:
    """What one direction that is not seen leaves open, said once."""
    first = findings[0]
    calls = list(dict.fromkeys(each.call_id or "" for each in findings))
    evidence: Evidence = {
        **first.evidence,
        "calls": len(calls),
        "call_ids": calls[:MOST_CALLS],
    }
    return replace(first, evidence=evidence)
