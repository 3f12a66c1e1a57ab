"""The duty to send an ACK: for each 2xx end to end, for each failure hop by hop.

RFC 3261, sections 13.2.2.4, 13.3.1.4 and 17.1.1.3. Over any transport a callee repeats its 2xx, with pauses of T1, 2*T1
and so on up to T2, until the ACK comes or 64*T1 are over. So the ladder of repeats is itself a witness: one that runs
to its end proves that no ACK arrived, one that stops early suggests that it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sipdiag.calls.call import Call, acknowledges
from sipdiag.calls.ledger.duty import GAVE_UP, LADDER_END, Duty, Outcome
from sipdiag.calls.transaction import RELIABLE, SECOND, T1, T2, TIMEOUT, Transaction
from sipdiag.calls.window import Window
from sipdiag.sip import Request, parse_name_addr, parse_uri
from sipdiag.trace import Sighting, host

FEWEST_RUNGS = 4
"""A full ladder has ten repeats; fewer than these prove nothing, however far apart they are."""
TIME_TO_ANSWER = 2 * SECOND
"""A caller that has not acknowledged within this time, while the callee repeats the 2xx, is not merely slow."""
MOST = 400
"""Final responses of one call that are looked at: each is compared with the others, and no conversation has more."""


def acknowledgements(call: Call, window: Window) -> Iterator[Duty]:
    """The duty of every 2xx and every final failure to an INVITE of `call`."""
    invites = [transaction for transaction in call.transactions if transaction.method == "INVITE"]
    answers: dict[tuple[int, str, str], list[tuple[Transaction, Sighting]]] = {}
    for transaction in invites:
        for answer in transaction.answers:
            message = answer.message
            key = (message.cseq, message.from_tag, message.to_tag)
            answers.setdefault(key, []).append((transaction, answer))
    acks: dict[tuple[int, str, str], list[Sighting]] = {}
    for ack in call.acks:
        acks.setdefault((ack.message.cseq, ack.message.from_tag, ack.message.to_tag), []).append(ack)
    for key, hops in islice(answers.items(), MOST):
        yield _for_answer(call, hops, acks.get(key, []), window)
    for transaction in invites[:MOST]:
        if transaction.final is not None and not transaction.answers:
            yield _for_failure(call, transaction, transaction.final, window)


def ack_target(answer: Sighting) -> str:
    """Where the ACK of a 2xx goes: the caller's first Route, else the Contact (RFC 3261, section 12.1.2).

    The caller's route set is Record-Route in reverse order, so the last value is its next hop.
    """
    routes = answer.message.values("record-route")
    contacts = answer.message.values("contact")
    chosen = routes[-1] if routes else contacts[0] if contacts else ""
    return parse_name_addr(chosen).uri.text


def _for_answer(call: Call, hops: list[tuple[Transaction, Sighting]], acks: list[Sighting], window: Window) -> Duty:
    """The duty of one 2xx, seen at `hops`: judged at the hop nearest to the callee, where it was seen first."""
    transaction, answer = min(hops, key=lambda hop: hop[1].time)
    repeats = transaction.repeats_of(answer)
    last = repeats[-1].time if repeats else answer.time
    duty = Duty(
        kind="ack-2xx",
        trigger=answer,
        outcome=Outcome.UNDONE,
        repeats=repeats,
        timed_out=_ran_to_its_end(answer, repeats),
        debtor=min(hops, key=lambda hop: hop[0].time)[0].source,
        target=ack_target(answer),
        followed_by=_giving_up(call, answer),
    )
    if acks:
        return _with_ack(duty, acks, last, several_hops=len(hops) > 1)
    wrong = _mismatched(call, transaction, answer)
    if wrong is not None:
        return duty.ended(Outcome.WRONG, _difference(wrong, answer), by=wrong)
    return _without_ack(duty, call, window, last)


def _with_ack(duty: Duty, acks: list[Sighting], last: int, *, several_hops: bool) -> Duty:
    """An ACK was seen: the duty is undone only if the callee all the same repeated the 2xx to the end."""
    answer = duty.trigger
    here = [ack for ack in acks if host(ack.destination) == host(answer.source)]
    first = (here or acks)[0]
    if duty.timed_out and last > first.time + T1:
        elsewhere = "swallowed" if several_hops else "sent-elsewhere"
        reason = "not-accepted" if here else elsewhere
        return duty.ended(Outcome.UNDONE, reason, by=first)
    before = [repeat for repeat in duty.repeats if repeat.time <= first.time]
    outcome = Outcome.LATE if before else Outcome.DONE
    return duty.ended(outcome, "", by=first)


def _without_ack(duty: Duty, call: Call, window: Window, last: int) -> Duty:
    """No ACK was seen; `last` is when the 2xx was last repeated, or first seen."""
    answer = duty.trigger
    seen = window.left(answer.time)
    both_ways = window.sees(answer.destination, answer.source)
    if duty.timed_out:
        return duty.ended(Outcome.UNDONE, "timed-out")
    if duty.followed_by is not None and duty.repeats and both_ways:
        return duty.ended(Outcome.UNDONE, "given-up")
    proof = _proof_of_confirmation(call, answer, duty.repeats, last)
    if proof is not None or _stopped_asking(duty.repeats, window):
        return duty.ended(Outcome.DONE, "unseen", by=proof)
    if not both_ways:
        return duty.ended(Outcome.UNKNOWN, "one-sided")
    if duty.repeats:
        outcome = Outcome.UNDONE if seen >= TIME_TO_ANSWER else Outcome.UNKNOWN
        return duty.ended(outcome, "repeated" if outcome is Outcome.UNDONE else "capture-ended")
    if seen > 2 * T1 and not _passes_here(duty, window):
        return duty.ended(Outcome.DONE, "unseen")  # and the callee did not ask for it again
    if seen < TIMEOUT:
        return duty.ended(Outcome.UNKNOWN, "capture-ended")
    # Over UDP a callee that does not repeat its 2xx may have got the ACK, which the recorder then missed.
    outcome = Outcome.UNDONE if answer.transport in RELIABLE else Outcome.UNKNOWN
    return duty.ended(outcome, "silent")


def _ran_to_its_end(response: Sighting, repeats: list[Sighting]) -> bool:
    """Whether the ladder of repeats is a full one, even if the recorder lost some of its rungs."""
    return len(repeats) >= FEWEST_RUNGS and repeats[-1].time - response.time >= LADDER_END


def _stopped_asking(repeats: list[Sighting], window: Window) -> bool:
    """Whether the next repeat was due within the recording and did not come: the sender had got its ACK."""
    return bool(repeats) and window.left(repeats[-1].time) > _next_pause(repeats) + T1


def _next_pause(repeats: list[Sighting]) -> int:
    """Nanoseconds until the response would be repeated once more (RFC 3261, section 13.3.1.4)."""
    return min(T1 << len(repeats), T2)


def _passes_here(duty: Duty, window: Window) -> bool:
    """Whether an ACK to the target would have been recorded: without Record-Route it goes straight to the Contact."""
    target = parse_uri(duty.target).host
    is_name = not target.replace(".", "").isdigit() and not target.startswith("[")
    return is_name or bool(duty.trigger.message.field("record-route")) or window.sees(duty.debtor, f"{target}:0")


def _for_failure(call: Call, transaction: Transaction, final: Sighting, window: Window) -> Duty:
    repeats = transaction.repeats_of(final)
    duty = Duty(
        kind="ack-failure",
        trigger=final,
        outcome=Outcome.UNDONE,
        repeats=repeats,
        timed_out=_ran_to_its_end(final, repeats),
        debtor=transaction.source,
        target=transaction.destination,
    )
    if transaction.acks:
        first = transaction.acks[0]
        late = any(repeat.time <= first.time for repeat in repeats)
        return duty.ended(Outcome.LATE if late else Outcome.DONE, "", by=first)
    stray = next((ack for ack in call.acks if ack.message.cseq == transaction.cseq and ack.time >= final.time), None)
    if stray is not None and not any(acknowledges(stray, answer) for answer in _answers(call)):
        return duty.ended(Outcome.WRONG, "wrong-branch", by=stray)
    if duty.timed_out:
        return duty.ended(Outcome.UNDONE, "timed-out")
    if not window.sees(final.destination, final.source):
        return duty.ended(Outcome.UNKNOWN, "one-sided")
    seen = window.left(final.time)
    if repeats:
        if _stopped_asking(repeats, window):
            return duty.ended(Outcome.DONE, "unseen")
        outcome = Outcome.UNDONE if seen >= TIME_TO_ANSWER else Outcome.UNKNOWN
        return duty.ended(outcome, "repeated" if outcome is Outcome.UNDONE else "capture-ended")
    if final.transport in RELIABLE:  # nothing is repeated there, so nothing but time can tell
        outcome = Outcome.UNDONE if seen >= TIMEOUT else Outcome.UNKNOWN
        return duty.ended(outcome, "silent" if outcome is Outcome.UNDONE else "capture-ended")
    # Over UDP a server that misses the ACK repeats its response after T1: one that stays quiet has got it.
    outcome, reason = (Outcome.DONE, "unseen") if seen > 2 * T1 else (Outcome.UNKNOWN, "capture-ended")
    return duty.ended(outcome, reason)


def _mismatched(call: Call, transaction: Transaction, answer: Sighting) -> Sighting | None:
    """An ACK that the caller sent at this hop after the 2xx, and that fits neither this nor another 2xx of the hop.

    The 2xx of other hops do not count: an element in between may use other tags on its other side.
    """
    others = _answers(call) if host(answer.source) == host(answer.destination) else transaction.answers
    for ack in call.acks:
        meant = ack.time >= answer.time and ack.message.from_tag == answer.message.from_tag
        here = host(ack.destination) == host(answer.source)
        if meant and here and not any(acknowledges(ack, other) for other in others):
            return ack
    return None


def _difference(ack: Sighting, answer: Sighting) -> str:
    return "wrong-cseq" if ack.message.cseq != answer.message.cseq else "wrong-tag"


def _answers(call: Call) -> list[Sighting]:
    """Every 2xx to an INVITE of `call`, at every hop."""
    return [answer for each in call.transactions if each.method == "INVITE" for answer in each.answers]


def _giving_up(call: Call, answer: Sighting) -> Sighting | None:
    """The BYE of a callee that waited 64*T1 in vain (RFC 3261, section 13.3.1.4)."""
    for transaction in call.transactions:
        bye = transaction.request
        if transaction.method == "BYE" and bye is not None and bye.message.from_tag == answer.message.to_tag:
            if GAVE_UP[0] <= bye.time - answer.time <= GAVE_UP[1]:
                return bye
    return None


def _proof_of_confirmation(call: Call, answer: Sighting, repeats: list[Sighting], last: int) -> Sighting | None:
    """A request that shows the dialog confirmed: the ACK must have come, though the recorder missed it.

    A callee sends nothing in the dialog, not even BYE, before the ACK or its timeout (RFC 3261, section 15). A request
    of the caller shows it only if the callee had stopped repeating the 2xx by then.
    """
    local, remote = answer.message.from_tag, answer.message.to_tag
    stopped = last + _next_pause(repeats) + T1
    """When the callee, had it not got the ACK, would have repeated the 2xx at the latest."""
    for transaction in call.transactions:
        request = transaction.request
        if request is None or request.time <= answer.time or transaction.method in ("CANCEL", "PRACK"):
            continue
        tags = (request.message.from_tag, request.message.to_tag)
        by_callee = tags == (remote, local) and request.time >= last
        by_caller = tags == (local, remote) and (not repeats or request.time > stopped)
        if isinstance(request.message, Request) and (by_callee or by_caller):
            return request
    return None
