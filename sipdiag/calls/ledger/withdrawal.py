"""The duties that a CANCEL lays on the server that gets it: to answer it, and to end the INVITE.

A server that finds the INVITE answers the CANCEL with 200 and, unless it has sent a final response before, the INVITE
with 487 (RFC 3261, section 9.2); a caller that sees no final response within 64*T1 takes the INVITE for
cancelled (section 9.1). The ACK of the 487 is a duty like that of any other failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls.ledger.cancellation import TIME_TO_CROSS
from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.ledger.silence import silence
from sipdiag.calls.transaction import TIMEOUT, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

MOST = 400
"""CANCELs of one Call-ID that are looked at."""


def withdrawals(transactions: Sequence[Transaction], window: Window) -> Iterator[Duty]:
    """The two duties of every CANCEL among `transactions`, which are those of one Call-ID; each hop has its own."""
    cancels = [each for each in transactions if each.method == "CANCEL" and each.origin is None]
    for cancel in cancels[:MOST]:
        if cancel.request is not None:
            invite = _invite_of(cancel, transactions)
            yield _final(cancel, cancel.request, invite, window)
            yield _end_of_invite(cancel, cancel.request, invite, window)


def _invite_of(cancel: Transaction, transactions: Sequence[Transaction]) -> Transaction | None:
    """The INVITE on the branch of `cancel` (section 9.1); of several links preferably that of the CANCEL."""
    found = [
        each
        for each in transactions
        if each.method == "INVITE" and (each.branch, each.cseq) == (cancel.branch, cancel.cseq)
    ]
    here = (each for each in found if each.source == cancel.source)
    return next(here, found[0] if found else None)


def _final(cancel: Transaction, request: Sighting, invite: Transaction | None, window: Window) -> Duty:
    """A CANCEL is answered like any request."""
    duty = Duty(
        kind="cancel-final",
        trigger=request,
        debtor=cancel.destination,
        outcome=Outcome.DONE,
        repeats=cancel.request_repeats,
        fulfilled_by=cancel.final,
    )
    if cancel.final is not None:
        if status(cancel.final) >= 300:
            return replace(duty, outcome=Outcome.WRONG, reason="refused")
        late = any(copy.time <= cancel.final.time for copy in cancel.request_repeats)
        return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE)
    if invite is not None and invite.final is not None:
        return replace(duty, reason="settled", followed_by=invite.final)  # that is what it was for
    outcome, reason = silence(cancel, request, window)
    return replace(duty, outcome=outcome, reason=reason, timed_out=reason == "timed-out")


def _end_of_invite(cancel: Transaction, request: Sighting, invite: Transaction | None, window: Window) -> Duty:
    """The INVITE gets its final response, which is 487 unless there was one already."""
    final = None if invite is None else invite.final
    duty = Duty(
        kind="cancel-invite",
        trigger=request,
        debtor=cancel.destination,
        outcome=Outcome.DONE,
        fulfilled_by=final,
        followed_by=cancel.final,
    )
    if invite is None:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="unseen")
    if final is not None:
        return _ended(duty, cancel, request, final)
    if not cancel.answers:  # nobody knows whether it arrived
        reason = "unheard" if cancel.final is None else "not-accepted"
        return replace(duty, outcome=Outcome.UNKNOWN, reason=reason)
    if window.left(max(cancel.last_time, invite.last_time)) < TIMEOUT:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="capture-ended")
    return replace(duty, outcome=Outcome.UNDONE, reason="not-ended")


def _ended(duty: Duty, cancel: Transaction, request: Sighting, final: Sighting) -> Duty:
    if status(final) >= 300:
        late = final.time > request.time + TIMEOUT
        return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE)
    accepted = next((each for each in cancel.answers if status(each) == 200), None)
    if accepted is not None and final.time - accepted.time > TIME_TO_CROSS:
        return replace(duty, outcome=Outcome.WRONG, reason="not-heeded")
    return replace(duty, reason="crossed")  # or was there before: a CANCEL has no effect on that
