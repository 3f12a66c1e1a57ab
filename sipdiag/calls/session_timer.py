"""Session timers: how long a session lasts without a refresh, who has to refresh it, and who did (RFC 4028)."""

from __future__ import annotations

import re

import msgspec

from sipdiag.calls.call import Call
from sipdiag.calls.dialog import byes_missed, tags_of
from sipdiag.calls.passage import Passage, passages_of
from sipdiag.calls.transaction import SECOND, TIMEOUT, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

SESSION_EXPIRES = re.compile(r"\s*(\d{1,9})(?:.*?;\s*refresher\s*=\s*(ua[cs]))?", re.IGNORECASE)
"""Session-Expires = delta-seconds *(SEMI se-params); se-params = refresher-param / generic-param (section 4)."""
CLOSE = 1.5
"""Seconds by which a BYE may miss the moment that the timer sets and still be due to the timer."""
BYE_BEFORE = 32.0
"""Seconds: a side that gets no refresh sends BYE before the session expires, by this or a third of the interval,
whichever is less (section 10)."""


class SessionTimer(msgspec.Struct, frozen=True, kw_only=True):
    """What the last 2xx to a session refresh request agreed on."""

    interval: int
    """Seconds."""
    refresher: str
    """The tag of the side that has to refresh."""
    agreed: Sighting
    """The 2xx."""

    @property
    def bye_due(self) -> float:
        """Seconds after the 2xx when a side that gets no refresh hangs up."""
        return self.interval - min(BYE_BEFORE, self.interval / 3)


class Lapse(msgspec.Struct, frozen=True, kw_only=True):
    """A session whose timer ran out."""

    timer: SessionTimer
    variant: str
    """`not-refreshed`, `refresh-failed`, `outlived`, `overdue`."""
    bye: Sighting | None
    refreshes: list[Passage]
    """Session refresh requests since the last that was accepted."""


def session_timer(call: Call) -> SessionTimer | None:
    """The timer in force at the end of `call`; None when the last 2xx agreed on none."""
    answer = call.answer
    if answer is not None and len(call.transactions) == 1 + len(call.byes):
        if answer.message.field("session-expires") is None:
            return None  # most calls: nothing was changed, and no timer agreed on
    accepted = _agreed(call)
    if accepted is None:
        return None
    refresh, answer = accepted
    stated = SESSION_EXPIRES.match(answer.message.field("session-expires") or "")
    if stated is None or not int(stated[1]):
        return None
    sender, peer = refresh.request.message.from_tag, answer.message.to_tag
    by_peer = (stated[2] or "uac").lower() == "uas"
    return SessionTimer(interval=int(stated[1]), refresher=peer if by_peer else sender, agreed=answer)


def session_lapse(call: Call, window: Window) -> Lapse | None:
    """What became of a timer that ran out; None where the session was refreshed in time, or somebody hung up."""
    timer = session_timer(call)
    if timer is None:
        return None
    agreed = timer.agreed
    refreshes = [each for each in _refreshes(call) if each.request.time > agreed.time]
    byes = [bye.request for bye in call.byes if bye.request is not None and tags_of(bye.request) == tags_of(agreed)]
    if not byes:
        # Requests inside the dialog pass by the recorder only if the ACK did.
        # Where a BYE was answered that the recorder missed, the call ended, nobody knows by whose wish.
        seen = call.ack is not None and not byes_missed(call, tags_of(agreed))
        over = seen and window.left(agreed.time) > timer.interval * SECOND + TIMEOUT
        return Lapse(timer=timer, variant="overdue", bye=None, refreshes=refreshes) if over else None
    bye = min(byes, key=lambda each: each.time)
    after = (bye.time - agreed.time) / SECOND
    if after > timer.interval + CLOSE:
        return Lapse(timer=timer, variant="outlived", bye=bye, refreshes=refreshes)
    if any(_ends_dialog(each, bye) for each in refreshes):
        return Lapse(timer=timer, variant="refresh-failed", bye=bye, refreshes=refreshes)
    if min(abs(after - timer.bye_due), abs(after - timer.interval)) > CLOSE:
        return None
    if any(each.request.time < bye.time for each in refreshes):
        return Lapse(timer=timer, variant="refresh-failed", bye=bye, refreshes=refreshes)
    if bye.message.from_tag == timer.refresher:
        return None  # the side that has to refresh hung up instead, and so by its own wish
    return Lapse(timer=timer, variant="not-refreshed", bye=bye, refreshes=refreshes)


def _ends_dialog(refresh: Passage, bye: Sighting) -> bool:
    """Whether `bye` came at once after an UPDATE that got 481 or 408 (section 10); a re-INVITE may serve other ends."""
    final = refresh.final
    if refresh.first.method != "UPDATE" or final is None or status(final) not in (408, 481):
        return False
    return 0 <= bye.time - final.time <= CLOSE * SECOND


def _agreed(call: Call) -> tuple[Passage, Sighting] | None:
    """The last session refresh request that was accepted, and its 2xx."""
    if call.answer is None and not call.reinvites:
        return None
    accepted = [(each, each.final) for each in _refreshes(call) if each.final is not None and each.answered]
    if call.answer is not None and (initial := _initial(call, call.answer)) is not None:
        accepted.append(initial)
    return max(accepted, key=lambda each: each[1].time, default=None)


def _initial(call: Call, answer: Sighting) -> tuple[Passage, Sighting] | None:
    hops = [hop for attempt in call.attempts for hop in attempt.hops if answer in hop.responses]
    return (Passage(hops=hops), answer) if hops and hops[0].request is not None else None


def _refreshes(call: Call) -> list[Passage]:
    """INVITE and UPDATE inside the dialog that was answered."""
    refreshes = passages_of(each for each in call.transactions if each.method in ("INVITE", "UPDATE"))
    inside = [each for each in refreshes if each.request.message.to_tag]
    if call.answer is None:
        return inside
    dialog = tags_of(call.answer)
    return [each for each in inside if tags_of(each.request) == dialog]
