"""An answered call without any media, where media would have been seen.

Each side of a session sends to where the other's description asks for media, from the answer on (RFC 3264, sections
5.1 and 6.1). A recorder may sit where only signalling passes: what is missing counts only where media of the same hosts
come by in other calls, or did before this one was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls import CALLEE, CALLER, SECOND, Call, Correlation, Hearing, MediaLine, is_private
from sipdiag.findings import (
    Confidence,
    Finding,
    Notice,
    Passing,
    Scene,
    Severity,
    found_heard,
    names_of,
    recorded_until_the_end,
)
from sipdiag.media import Stream
from sipdiag.trace import host

NAME = "media-missing"
SEVERITY = Severity.ERROR

OPEN = ""
"""What findings are about that the recorder may have caused by itself: told once."""
MOST_CALLS = 20
FAX_JUDGED = 10 * SECOND
"""How long a fax must have had: its answering side repeats itself every three seconds (ITU-T T.30, section 5.4)."""


def gathered(part: Correlation, scene: Scene) -> dict[str, list[Finding]]:
    """The finding on each call, and those that stay open together."""
    shown: dict[str, list[Finding]] = {}
    for call in part.legs:
        finding = _finding(call, scene)
        if finding is not None:
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
        calls = list(dict.fromkeys(each.call_id or "" for each in findings))
        evidence = findings[0].evidence | {"calls": len(calls), "call_ids": calls[:MOST_CALLS]}
        yield replace(findings[0], evidence=evidence)


def _finding(call: Call, scene: Scene) -> Finding | None:
    if call.answer is None or call.call_id != scene.correlation.whole_of(call).call_id:
        return None  # of the legs of a call the first speaks for all
    judged = scene.settings.media_judged_s * SECOND
    hearings = [each for each in scene.hearings(call) if each.length >= judged and each.length]
    carried = scene.carriage.of(call).carried
    begin = min((each.begin for each in hearings), default=0)
    if hearings and not any(each.stream.last_time > begin for each in carried):
        return _found(call, hearings, scene)
    faxes = [each for each in scene.faxes(call) if each.length >= FAX_JUDGED]
    if not faxes or any(_flows(each.stream, faxes) for each in carried):
        return None  # some media flow, in one leg or the other
    return _found(call, faxes, scene)


def _flows(stream: Stream, faxes: Sequence[Hearing]) -> bool:
    """Whether it is one of a fax, and there at one of these times."""
    return stream.is_fax and any(stream.heard(each.begin, each.end) for each in faxes)


def _found(call: Call, hearings: Sequence[Hearing], scene: Scene) -> Finding | None:
    """What is told of a time without media."""
    carried = scene.carriage.of(call).carried
    begin, line = min(each.begin for each in hearings), hearings[0].line
    early = _proofs((each.stream for each in carried), call, hearings, scene)
    others = [each for each in _of_the_same_hosts(line, scene) if _proofs([each.stream], call, hearings, scene)]
    first = others[0].stream if others else None
    variant = "after-early" if early else "none" if others else "elsewhere"
    if hearings[0].wanted.media.is_fax:
        if {each.toward for each in carried if each.stream in early} != {CALLER, CALLEE}:
            return None  # a fax may take another way than what is seen of its voice, or of other calls
        if not recorded_until_the_end(early, call):
            return None
        variant = "fax"
    notice = _refused(hearings, scene)
    if notice is not None:
        variant = "refused"
    caller, callee = names_of(call, CALLER)
    last = hearings[-1].last
    ends = [end for end in (last.caller, last.callee) if end is not None]
    shown = [] if variant == "elsewhere" else early[:1] if early or first is None else [first]
    finding = found_heard(
        NAME,
        variant,
        SEVERITY,
        Confidence.INCONCLUSIVE if variant == "elsewhere" else Confidence.LIKELY,
        call=call,
        told=sorted((end.told for end in ends), key=lambda each: each.time),
        streams=[(each, each.first_frame) for each in shown],
        evidence={
            "caller": caller,
            "callee": callee,
            "addresses": [end.endpoint for end in ends],
            "seconds": round(max(each.end for each in hearings) / SECOND - begin / SECOND, 3),
            "others": sum(each.count for each in others),
            "other_source": "" if first is None else first.source,
            "other_destination": "" if first is None else first.destination,
            "icmp_to": "" if notice is None else notice.undelivered.destination,
        },
    )
    return finding if notice is None else notice.added_to(finding)


def _refused(hearings: Sequence[Hearing], scene: Scene) -> Notice | None:
    """What ICMP says of the media to one side."""
    told = (scene.notices.against(each.wanted.endpoint, each.begin, each.end) for each in hearings)
    return next((each for each in told if each is not None), None)


def _proofs(streams: Iterable[Stream], call: Call, hearings: Sequence[Hearing], scene: Scene) -> list[Stream]:
    """Those of `streams` which show that media between the ends would come by.

    What goes to an element that has left the way of the media, as an exchange does that lets phones talk directly, may
    be all that the recorder sees. With TURN or ICE over TCP media go inside of something else (RFC 8656, RFC 6544).
    """
    last = hearings[-1].last
    ends = {CALLER: last.caller, CALLEE: last.callee}
    media = [end.media for end in ends.values() if end is not None]
    if any(each.kind == "relay" or each.transport != "udp" for one in media for each in one.candidates):
        return []
    there = {host(end.endpoint) for end in ends.values() if end is not None}
    left: set[str] = set()
    for line in scene.carriage.of(call).lines:
        left.update(map(host, line.hop))
        left.update(
            host(end.endpoint) for terms in line.terms for end in (terms.caller, terms.callee) if end is not None
        )
    outside = zip((CALLER, CALLEE), hearings[0].line.hop, strict=True)  # a NAT shows another address of an end
    there |= {host(hop) for side, hop in outside if (end := ends[side]) is not None and is_private(host(end.endpoint))}
    return [each for each in streams if not {host(each.source), host(each.destination)} & (left - there)]


def _of_the_same_hosts(line: MediaLine, scene: Scene) -> list[Passing]:
    """Streams at the host of the line that has most of them: what comes by of others would of this one."""
    hosts = {host(end.endpoint) for agreed in line.terms for end in (agreed.caller, agreed.callee) if end is not None}
    passing = (scene.media_ways.at.get(each, []) for each in sorted(hosts))
    return max(passing, key=lambda some: sum(each.count for each in some), default=[])
