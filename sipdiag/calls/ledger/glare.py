"""The duty to try again after a wait: a side whose re-INVITE or UPDATE got 491 waits, and then sends it once more.

"If the UAC is the owner of the Call-ID of the dialog ID (meaning it generated the value), T has a randomly chosen value
between 2.1 and 4 seconds", else between 0 and 2 (RFC 3261, section 14.1; for UPDATE RFC 3311, section 5.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.dialog import later_of_the_same_side, side_of
from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.passage import Passage, passages_of
from sipdiag.calls.transaction import MILLISECOND, SECOND, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

PENDING = 491
TOGETHER = 10 * SECOND
"""An ACK this soon after the refused request belongs to the same collision, and a BYE this soon ends the matter."""
OWNER_WAITS = 2100 * MILLISECOND - 100 * MILLISECOND
"""The shortest wait of the side that made the Call-ID, less what clocks and networks may blur."""
LONGEST = {"caller": 4 * SECOND, "callee": 2 * SECOND}
"""The longest wait of each side; the caller made the Call-ID."""
BLUR = SECOND
"""What the way there and back may add to a wait."""


def glares(call: Call, window: Window) -> Iterator[Duty]:
    """The duty of every 491 to a re-INVITE or an UPDATE of `call`."""
    for method in ("INVITE", "UPDATE"):
        asked = call.reinvites if method == "INVITE" else [each for each in call.transactions if each.method == method]
        if not any(each.final is not None and status(each.final) == PENDING for each in asked):
            continue
        for change in passages_of(asked):
            final = change.final
            if final is not None and status(final) == PENDING:
                yield _for_collision(call, change, final, asked, window)


def _is_later(each: Transaction, change: Passage) -> bool:
    """Whether `each` is a later request of the same side, which the recorder missed and whose response it saw."""
    first = change.first
    return each.request is None and each.from_tag == first.from_tag and each.cseq > first.cseq


def _ack_of_unseen(call: Call, change: Passage, final: Sighting) -> Sighting | None:
    """The ACK, soon after `final`, of an INVITE of either side that the recorder missed with all its responses."""
    known = {(each.cseq, each.from_tag) for each in call.transactions if each.method == "INVITE"}
    ends = {final.message.from_tag, final.message.to_tag}
    for ack in call.acks:
        message = ack.message
        soon = final.time < ack.time < change.request.time + TOGETHER
        if soon and {message.from_tag, message.to_tag} == ends and (message.cseq, message.from_tag) not in known:
            own = message.from_tag == change.first.from_tag
            if not own or message.cseq > change.first.cseq:
                return ack
    return None


def _for_collision(call: Call, change: Passage, final: Sighting, asked: list[Transaction], window: Window) -> Duty:
    side, changes = side_of(call, change.request), passages_of(asked)
    duty = Duty(
        kind="glare",
        trigger=final,
        debtor=change.request.source,
        outcome=Outcome.DONE,
        target=change.born.destination,
        passage=change,
        allowed=LONGEST.get(side),
    )
    again = next(iter(later_of_the_same_side(change, changes)), None)
    if again is not None:
        return replace(duty, outcome=_timely(again.request.time - final.time, side), fulfilled_by=again.request)
    until = change.request.time + TOGETHER
    bye = next((bye.request for bye in call.byes if bye.request is not None and bye.request.time < until), None)
    if bye is not None:  # the call ended before anybody had to try again
        return replace(duty, reason="hung-up", followed_by=bye)
    unseen = next((each for each in asked if _is_later(each, change)), None)
    if unseen is not None:  # the recorder missed the next try, but not its response
        return replace(duty, reason="unseen", fulfilled_by=unseen.responses[0])
    ack = _ack_of_unseen(call, change, final)
    if ack is not None:  # it missed both, but an ACK shows that a change went through
        return replace(duty, reason="unseen", fulfilled_by=ack)
    if window.end(final.time) < (duty.deadline or 0) + BLUR:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="capture-ended")
    return replace(duty, outcome=Outcome.UNDONE, reason="not-retried")


def _timely(waited: int, side: str) -> Outcome:
    """Whether a side that `waited` so many nanoseconds came in its time."""
    if side == "caller" and waited < OWNER_WAITS:
        return Outcome.WRONG  # too early: the other side may try at the same time
    longest = LONGEST.get(side)
    return Outcome.LATE if longest is not None and waited > longest + BLUR else Outcome.DONE
