"""A side that was heard is heard no more, although the call goes on and the session lets it send.

Nothing but a new offer, or the end of the session, takes back what was agreed on (RFC 3264, section 8). An offer that
moves the media to another port, or ends a hold, asks for them there as well. A pause with
comfort noise before it, or between talkspurts, is a sender that saves packets (RFC 3551, section 4.1), and no fault.
Where the host of a side that is heard no more refuses what it is sent from then on, as ICMP says (RFC 792), its end
of the call is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Hearing, Trait
from sipdiag.findings import (
    Confidence,
    Finding,
    Scene,
    Severity,
    Stilled,
    found_heard,
    hearing_evidence,
    saves_packets,
    stilled_in,
)
from sipdiag.media import Stream

NAME = "media-stopped"
SEVERITY = Severity.ERROR
NEEDS = Trait.HEARD


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each line on which one side, or both, fell silent for good."""
    told: set[int] = set()
    for change in stilled_in(call, scene):
        told.update(id(each) for each in change.after)
        if not any(scene.notices.against(each.wanted.endpoint, each.begin, each.end) for each in change.after):
            yield _changed(call, change)  # else another rule says who refuses them
    stopped: dict[int, list[Hearing]] = {}
    going = {id(each.line): each.end for each in scene.hearings(call)}
    for hearing in scene.hearings(call):
        final = hearing.final
        if final is None or id(hearing) in told or hearing.end - final < scene.settings.media_stopped_s * SECOND:
            continue
        if going[id(hearing.line)] == hearing.end:  # nothing was agreed on after it
            stopped.setdefault(id(hearing.line), []).append(hearing)
    for hearings in stopped.values():
        silent = [each for each in hearings if not saves_packets(_last(each))]
        if len(hearings) > 1:
            if call.ending is not None:  # without it the call may have ended, unseen
                yield _finding(call, "both", hearings[0], hearings)
        elif silent:
            yield _one(call, silent, scene)


def _one(call: Call, silent: list[Hearing], scene: Scene) -> Finding:
    """One side fell silent: it may have its reasons, unless its own port is closed since."""
    gone = silent[0]
    notice = scene.notices.against(gone.expected_from.endpoint, gone.final or gone.begin, gone.end)
    if notice is None or gone.expected_from.media.candidates:
        return _finding(call, "one", gone, silent)
    return notice.added_to(_finding(call, "gone", gone, silent))


def _finding(call: Call, variant: str, hearing: Hearing, hearings: list[Hearing]) -> Finding:
    streams = [_last(each) for each in hearings]
    shown = max(streams, key=lambda each: each.last_time)
    final = max(each.final or 0 for each in hearings)
    frame = _frame_before(shown, final)
    return found_heard(
        NAME,
        variant,
        Severity.NOTE if variant == "one" else SEVERITY,  # one side may have its reasons: a voice mail that records
        Confidence.LIKELY,
        call=call,
        told=[hearing.wanted.told],
        streams=[(each, _frame_before(each, final)) for each in streams],
        evidence=hearing_evidence(call, hearing)
        | {
            "source": shown.source,
            "destination": shown.destination,
            "last_frame": frame,
            "heard_s": round((final - hearing.begin) / SECOND, 3),
            "silent_s": round((hearing.end - final) / SECOND, 3),
        },
    )


def _changed(call: Call, change: Stilled) -> Finding:
    """Nobody is heard since the terms were changed."""
    before, after = change.before[0], change.after[0]
    ends = [
        (one.endpoint, other.endpoint)
        for side in change.moved
        if (one := before.last.end(side)) is not None and (other := after.agreed.end(side)) is not None
    ]
    told = sorted(
        {each.wanted.told.time: each.wanted.told for each in change.after}.values(), key=lambda each: each.time
    )
    shown = max(change.streams, key=lambda each: each.last_time)
    frame = _frame_before(shown, change.final)
    return found_heard(
        NAME,
        "moved" if change.moved else "resumed",
        SEVERITY,
        Confidence.LIKELY,
        call=call,
        told=told,
        streams=[(each, _frame_before(each, change.final)) for each in change.streams],
        evidence=hearing_evidence(call, after)
        | {
            "offer_frame": told[0].frame,
            "moved_from": [one for one, _ in ends],
            "moved_to": [other for _, other in ends],
            "source": shown.source,
            "destination": shown.destination,
            "last_frame": frame,
            "silent_s": round(change.silence / SECOND, 3),
        },
    )


def _last(hearing: Hearing) -> Stream:
    return max((each.stream for each in hearing.arriving), key=lambda each: each.last_time)


def _frame_before(stream: Stream, final: int) -> int:
    """The last frame of a stream; of one that came back too late, that which ended the pause."""
    return next((gap.frame for gap in stream.gaps if gap.begin == final), stream.last_frame)
