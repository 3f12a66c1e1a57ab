"""What ended a call or an attempt, and by which clock, as far as the gap before it fits one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from sipdiag.calls.call import Call, CallState
from sipdiag.calls.clocks import CLOCKS, LADDER, RINGING, Clock, Fit, best_fit, expires_clock, session_clocks
from sipdiag.calls.dialog import tags_of
from sipdiag.calls.session_timer import session_timer
from sipdiag.calls.transaction import SECOND, status
from sipdiag.trace import Sighting

OF_ANSWERED = tuple(sorted((clock for clock in CLOCKS if clock.since == "answer"), key=lambda clock: clock.seconds))
"""The clocks that an answer starts, the shortest first."""
_MOMENTS = [clock.seconds for clock in OF_ANSWERED]
BY_TIMEOUT = frozenset({408, 480, 487, 503, 504})
"""Final responses that a server may send because a clock ran out."""
SHORTEST = 9.5
"""Seconds: what ended sooner was ended by no clock of the table, or has a Reason header field that says so."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one call or attempt, the gap before it, and the clock that this gap fits, if any."""

    call: Call
    begun: Sighting
    """The message from which `gap` is measured: the 2xx, or the INVITE of an attempt."""
    ended: Sighting
    """The BYE, CANCEL or failure that ended it."""
    since: str
    """What `begun` is: `answer` or `invite`. The gap that `fit` is about may start elsewhere."""
    gap: float
    """Seconds from `begun` to `ended`."""
    fit: Fit | None
    actor: str
    """`host:port` of the element that ended it."""


def ending_of(call: Call) -> Ending | None:
    """How `call` ended; None while it has not, or where the capture does not show both ends of the gap."""
    if call.answer is not None:
        return _of_answered(call, call.answer)
    if call.state in (CallState.FAILED, CallState.CANCELLED):
        return _of_attempt(call)
    return None


def _of_answered(call: Call, answer: Sighting) -> Ending | None:
    bye = _bye_of(call, answer)
    if bye is None:
        return None
    gap = (bye.time - answer.time) / SECOND
    if gap < SHORTEST and "\nReason" not in bye.message.head:
        return None
    fit = None
    if _near(gap):
        timer = session_timer(call)
        gaps, clocks = {"answer": gap}, OF_ANSWERED
        if timer is not None:
            gaps["refresh"] = (bye.time - timer.agreed.time) / SECOND
            clocks += session_clocks(float(timer.interval), timer.bye_due)
        fit = best_fit(gaps, clocks)
    return Ending(call=call, begun=answer, ended=bye, since="answer", gap=gap, fit=fit, actor=bye.source)


def _bye_of(call: Call, answer: Sighting) -> Sighting | None:
    """The first BYE of the dialog that `answer` made."""
    dialog = tags_of(answer)
    for bye in call.byes:
        if bye.request is not None and tags_of(bye.request) == dialog:
            return bye.request
    return None


def _near(gap: float) -> bool:
    """Whether any clock of an answered call runs out within a second of `gap`: a cheap look that most calls fail."""
    at = bisect_left(_MOMENTS, gap)
    return any(abs(moment - gap) <= 1.0 for moment in _MOMENTS[max(0, at - 1) : at + 1])


def _of_attempt(call: Call) -> Ending | None:
    attempt = call.attempts[-1]
    nearest, invite = attempt.first, attempt.first.request
    ended = call.final
    if call.state is CallState.CANCELLED and call.ending is not None and call.ending.request is not None:
        ended = call.ending.request
    if invite is None or ended is None or status(ended) not in (0, *BY_TIMEOUT):
        return None
    gaps = {"invite": (ended.time - invite.time) / SECOND}
    if gaps["invite"] < SHORTEST:
        return None
    told = [each for each in nearest.responses if 100 < status(each) < 200]
    if told:
        gaps["ringing"] = (ended.time - told[0].time) / SECOND
        last = max([*told, *(copy for first, copy in nearest.response_repeats if first in told)], key=_time)
        gaps["provisional"] = (ended.time - last.time) / SECOND
    fit = best_fit(gaps, _clocks_of(invite, ended, repeated=bool(nearest.request_repeats), told=bool(told)))
    born = next((h for h in reversed(attempt.hops) if h.final and status(h.final) == status(ended)), nearest)
    actor = ended.source if not status(ended) or born.final is None else born.final.source
    gap = gaps["invite"]
    return Ending(call=call, begun=invite, ended=ended, since="invite", gap=gap, fit=fit, actor=actor)


def _clocks_of(invite: Sighting, ended: Sighting, *, repeated: bool, told: bool) -> Iterator[Clock]:
    """The clocks that may have ended this attempt; the final response and the INVITE rule some out."""
    yield from RINGING
    yield from (clock for clock in CLOCKS if clock.name == "timer-C")
    if status(ended) in (408, 503, 504) and not told:
        yield from (clock for clock in CLOCKS if clock.name == "timer-B")
    if repeated and not told:
        yield from LADDER
    stated = (invite.message.field("expires") or "").strip()
    if stated.isascii() and stated.isdigit() and len(stated) < 6 and int(stated):
        yield expires_clock(float(stated))


def _time(sighting: Sighting) -> int:
    return sighting.time
