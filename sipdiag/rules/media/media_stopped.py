"""A side that was heard is heard no more, although the call goes on and the session lets it send.

Nothing but a new offer, or the end of the session, takes back what was agreed on (RFC 3264, section 8). A pause with
comfort noise before it, or between talkspurts, is a sender that saves packets (RFC 3551, section 4.1), and no fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Hearing, Trait
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_heard, hearing_evidence, saves_packets
from sipdiag.media import Stream

NAME = "media-stopped"
SEVERITY = Severity.ERROR
NEEDS = Trait.HEARD


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each line on which one side, or both, fell silent for good."""
    stopped: dict[int, list[Hearing]] = {}
    going = {id(each.line): each.end for each in scene.hearings(call)}
    for hearing in scene.hearings(call):
        final = hearing.final
        if final is None or hearing.end - final < scene.settings.media_stopped_s * SECOND:
            continue
        if going[id(hearing.line)] == hearing.end:  # nothing was agreed on after it
            stopped.setdefault(id(hearing.line), []).append(hearing)
    for hearings in stopped.values():
        silent = [each for each in hearings if not saves_packets(_last(each))]
        if len(hearings) > 1:
            if call.ending is not None:  # without it the call may have ended, unseen
                yield _finding(call, "both", hearings[0], hearings)
        elif silent:
            yield _finding(call, "one", silent[0], silent)


def _finding(call: Call, variant: str, hearing: Hearing, hearings: list[Hearing]) -> Finding:
    streams = [_last(each) for each in hearings]
    shown = max(streams, key=lambda each: each.last_time)
    final = max(each.final or 0 for each in hearings)
    frame = _frame_before(shown, final)
    return found_heard(
        NAME,
        variant,
        SEVERITY if variant == "both" else Severity.NOTE,  # one side may have its reasons: a voice mail that records
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


def _last(hearing: Hearing) -> Stream:
    return max((each.stream for each in hearing.arriving), key=lambda each: each.last_time)


def _frame_before(stream: Stream, final: int) -> int:
    """The last frame of a stream; of one that came back too late, that which ended the pause."""
    return next((gap.frame for gap in stream.gaps if gap.begin == final), stream.last_frame)
