"""The duty to hang up: a CANCEL crossed the 2xx, so the call that the caller gave up stands all the same.

"CANCEL has no effect on requests that have already generated a final response" (RFC 3261, section 9.1); a caller that
does not want a call that was answered acknowledges it and sends BYE (section 15). What the other side owes a CANCEL
stands in `withdrawal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from sipdiag.calls.call import Call, acknowledges
from sipdiag.calls.dialog import byes_missed, tags_of
from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.transaction import SECOND, TIMEOUT, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

TIME_TO_CROSS = SECOND
"""A 2xx this long after the 200 of the CANCEL did not cross it: the callee had accepted the CANCEL before."""


def cancellations(call: Call, window: Window) -> Iterator[Duty]:
    """The duty that follows from every 2xx of an INVITE that was cancelled, once for all hops.

    What only a proxy cancelled is left out: it cancels the other branches of a fork, and the caller may well talk.
    """
    if call.answer is None or not call.attempts:
        return
    cancels = [each for each in call.transactions if each.method == "CANCEL"]
    nearest = {attempt.first.branch for attempt in call.attempts}
    if not any(each.branch in nearest for each in cancels):
        return
    invites: dict[tuple[str, int], list[Transaction]] = {}
    for each in call.transactions:
        if each.method == "INVITE" and each.answers and each.origin is None and not each.to_tag:
            invites.setdefault((each.branch, each.cseq), []).append(each)
    hops = [hop for each in cancels for hop in _cancelled(each, invites)]
    mine = [hop for hop in hops if hop[2].message.to_tag == call.answer.message.to_tag]
    if mine:
        yield _for_answer(call, *min(mine, key=lambda hop: hop[2].time), window)


def _cancelled(
    cancel: Transaction, invites: Mapping[tuple[str, int], list[Transaction]]
) -> Iterator[tuple[Transaction, Transaction, Sighting]]:
    """The CANCEL, the INVITE that it was for, and its 2xx; nothing for one that the 2xx did not cross."""
    if cancel.request is not None and cancel.origin is None:
        for invite in invites.get((cancel.branch, cancel.cseq), ()):
            yield cancel, invite, invite.answers[0]


def _for_answer(call: Call, cancel: Transaction, invite: Transaction, answer: Sighting, window: Window) -> Duty:
    tags = tags_of(answer)
    byes = [each.request for each in call.byes if each.request is not None and tags_of(each.request) == tags]
    ack = next((each for each in call.acks if acknowledges(each, answer)), None)
    duty = Duty(
        kind="cancel-bye",
        trigger=answer,
        outcome=Outcome.UNDONE,
        reason=_reason(cancel, answer, ack),
        repeats=invite.repeats_of(answer),
        fulfilled_by=byes[0] if byes else None,
        debtor=cancel.source,
        followed_by=cancel.request,
    )
    if byes:
        late = byes[0].time > answer.time + TIMEOUT
        return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE)
    if ack is None or byes_missed(call, tags):
        # Without an ACK nobody knows whether the dialog's requests pass by the recorder (a missing ACK is a duty of its
        # own), and a response to a missed BYE shows that the call was hung up.
        return replace(duty, outcome=Outcome.UNKNOWN, reason="unseen")
    first = next((each.first for each in call.attempts if each.first.cseq == answer.message.cseq), invite)
    if first.request is None or len(first.request.message.vias) > 1:
        # Seen behind a proxy only, which may have cancelled by itself: the caller may well talk.
        return replace(duty, outcome=Outcome.UNKNOWN, reason="relayed")
    if window.left(answer.time) < TIMEOUT:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="capture-ended")
    return duty


def _reason(cancel: Transaction, answer: Sighting, ack: Sighting | None) -> str:
    """Who was at fault: the caller, which cancelled after its ACK, the callee, which ignored the CANCEL, or neither."""
    if cancel.request is not None and ack is not None and ack.time < cancel.request.time:
        return "after-ack"
    accepted = next((each for each in cancel.responses if status(each) == 200), None)
    if accepted is not None and answer.time - accepted.time > TIME_TO_CROSS:
        return "not-heeded"
    return "crossed"
