"""The duty to answer a BYE: the side that gets one ends the session too, and says so with a 2xx.

RFC 3261, section 15.1.2. The sender takes the session as ended at once (section 15.1.1), the other side only when it
gets the BYE: a refusal leaves the two at odds, unless both had hung up by themselves. A challenge is an answer too; to
come back with credentials is a duty of the side that was challenged.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.dialog import all_byes_missed, dialogs_of, later_of_the_same_side, of_the_other_side, tags_of
from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.ledger.silence import NOTHING_TO_SAY, silence
from sipdiag.calls.passage import Passage, passages_of
from sipdiag.calls.transaction import TIMEOUT, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting


class _Ended:
    """The BYEs of a call by the tags of their dialogs: one Call-ID may have any number."""

    def __init__(self, call: Call, byes: list[Passage]) -> None:
        self.dialogs = dialogs_of(call)
        self.missed: dict[frozenset[str], list[Sighting]] = {}
        """Responses to BYEs that the recorder missed."""
        for each in all_byes_missed(call):
            self.missed.setdefault(tags_of(each), []).append(each)
        self._byes: dict[frozenset[str], list[Passage]] = {}
        for bye in byes:
            self._byes.setdefault(tags_of(bye.request), []).append(bye)

    def of(self, bye: Passage) -> list[Passage]:
        """The BYEs of the same dialog as `bye`."""
        return self._byes[tags_of(bye.request)]


def farewells(call: Call, window: Window) -> Iterator[Duty]:
    """The duty of every BYE of `call`, once for all hops."""
    byes = passages_of(call.byes)
    copies = {id(bye.origin) for bye in call.byes if bye.final is not None and bye.origin is not None}
    ended = _Ended(call, byes)
    for bye in byes:
        duty = Duty(kind="bye", trigger=bye.request, debtor=bye.hops[-1].destination, outcome=Outcome.DONE, passage=bye)
        final = bye.final
        if final is not None:
            yield _answered(duty, bye, final, ended)
        elif any(id(hop) in copies for hop in bye.hops):
            yield duty.ended(Outcome.DONE, "seen-elsewhere")  # on another link to the same traffic
        else:
            yield _open(duty, bye, ended.of(bye), window)


def _answered(duty: Duty, bye: Passage, final: Sighting, ended: _Ended) -> Duty:
    """The sender got a final response."""
    code = status(final)
    if code < 300:
        late = any(copy.time <= final.time for copy in bye.first.request_repeats)
        return duty.ended(Outcome.LATE if late else Outcome.DONE, by=final)
    if code in (401, 407):
        return duty.ended(Outcome.DONE, "challenged", by=final)
    if any(each.answered for each in later_of_the_same_side(bye, ended.of(bye))):
        return duty.ended(Outcome.LATE, "recovered", by=final)
    if code == 481:
        return duty.ended(*_unknown_dialog(bye, final, ended), by=final)
    if code == 408:
        heard = accepted_behind(bye)
        return duty.ended(Outcome.WRONG, "timeout" if heard is None else "answer-unheard", by=final)
    return duty.ended(Outcome.WRONG, "refused", by=final)


def accepted_behind(bye: Passage) -> Sighting | None:
    """The 2xx to a BYE at the last hop that shows one: the other side has ended the call."""
    finals = (each.final for each in reversed(bye.hops))
    return next((final for final in finals if final is not None and status(final) < 300), None)


def _unknown_dialog(bye: Passage, final: Sighting, ended: _Ended) -> tuple[Outcome, str]:
    """Why the other side knows no such dialog."""
    sender, tags = bye.request.message.from_tag, tags_of(bye.request)
    missed = (each for each in ended.missed.get(tags, ()) if each.time < final.time + TIMEOUT)
    others = of_the_other_side(bye, ended.of(bye))
    if any(each.message.from_tag != sender for each in missed) or any(
        other.request.time < final.time + TIMEOUT for other in others
    ):
        return Outcome.DONE, "crossed"  # the other side had hung up by itself
    if any(each.answered for each in ended.of(bye)):
        return Outcome.DONE, "said-again"  # once more after it had been accepted
    return Outcome.WRONG, "wrong-tags" if ended.dialogs and tags not in ended.dialogs else "unknown-dialog"


def _open(duty: Duty, bye: Passage, byes: list[Passage], window: Window) -> Duty:
    """The sender got no final response; `byes` are those of its dialog."""
    again = next((each for each in later_of_the_same_side(bye, byes) if each.answered), None)
    if again is not None:
        return duty.ended(Outcome.LATE, "said-again", by=again.final)  # under a new CSeq
    answer = next((final for each in reversed(bye.hops) if (final := each.final) is not None), None)
    if answer is None:
        hop = bye.hops[-1]
        outcome, reason = silence(hop, hop.request or bye.request, window)
        duty = replace(duty, repeats=hop.request_repeats, timed_out=reason == "timed-out")
    else:  # a hop further on shows an answer; a sender that repeats the BYE after that has not got it
        lost = len([copy for copy in bye.first.request_repeats if copy.time > answer.time]) > 1
        outcome, reason = (Outcome.UNDONE, "answer-lost") if lost else (Outcome.DONE, "unseen")
        duty = replace(duty, repeats=bye.first.request_repeats)
    if outcome is Outcome.DONE or reason in NOTHING_TO_SAY:
        return duty.ended(outcome, reason, by=answer)
    other = next((each for each in of_the_other_side(bye, byes) if _crosses(bye, each)), None)
    if other is not None:  # both hung up: both know that the call is over
        duty = replace(duty, followed_by=other.request)
        return duty.ended(Outcome.UNDONE, "crossed", by=answer)
    return duty.ended(outcome, reason, by=answer)


def _crosses(bye: Passage, other: Passage) -> bool:
    """Whether the two BYEs were under way at the same time, and the other one was answered."""
    return abs(other.request.time - bye.request.time) < TIMEOUT and other.final is not None
