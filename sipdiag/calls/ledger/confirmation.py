"""The duty to send a PRACK: for each provisional response that was sent reliably.

RFC 3262, sections 3 and 4. A callee repeats such a response after T1, and then with pauses that double each time, until
the PRACK comes; after 64*T1 it refuses the INVITE with a 5xx. A final response before that settles the matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sipdiag.calls.call import Call
from sipdiag.calls.ledger.duty import GAVE_UP, LADDER_END, Duty, Outcome
from sipdiag.calls.session import names_100rel
from sipdiag.calls.transaction import SECOND, T1, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting, host

TIME_TO_ANSWER = 3 * SECOND
"""A caller that has not confirmed within this time, while the callee repeats its response, is not merely slow."""
MOST = 400
"""Reliable responses of one call that are looked at: no callee sends so many before it answers."""
MANY_REPEATS = 2
"""Repeats that show the callee still waiting; a single one is what one lost packet costs."""

Hop = tuple[Transaction, Sighting]
"""The INVITE at one hop, and the response as it was seen there."""
Sent = tuple[Transaction, tuple[str, ...]]
"""A PRACK, and what its RAck names."""


def confirmations(call: Call, window: Window) -> Iterator[Duty]:
    """The duty of every reliable provisional response to an INVITE of `call`."""
    reliable: dict[tuple[int, str, str, str], list[Hop]] = {}
    for transaction in call.transactions:
        if transaction.method != "INVITE":
            continue
        for response in transaction.responses:
            if 100 < status(response) < 200 and (rseq := _rseq(response)):
                message = response.message
                key = (message.cseq, message.from_tag, message.to_tag, rseq)
                reliable.setdefault(key, []).append((transaction, response))
    if not reliable:
        return
    pracks = [
        (each, _rack(each.request)) for each in call.transactions if each.method == "PRACK" and each.request is not None
    ]
    for (cseq, _, _, rseq), hops in islice(reliable.items(), MOST):
        yield _for_response(call, hops, (rseq, str(cseq), "INVITE"), pracks, window)


def _rseq(response: Sighting) -> str:
    """The RSeq of a response that was sent reliably (section 3); empty for any other."""
    rseq = response.message.field("rseq")
    return rseq.strip() if rseq and names_100rel(response, "require") else ""


def _for_response(
    call: Call, hops: list[Hop], due: tuple[str, str, str], pracks: Sequence[Sent], window: Window
) -> Duty:
    """The duty of one response, seen at `hops`: judged at the hop nearest to the callee, where it was seen first.

    `due` is what the RAck of its PRACK must say.
    """
    transaction, response = min(hops, key=lambda hop: hop[1].time)
    # A copy with a new value in some header field, such as Date, is a repeat all the same.
    copies = [other for hop, other in hops if hop is transaction and other is not response]
    repeats = sorted([*transaction.repeats_of(response), *copies], key=lambda each: each.time)
    last = repeats[-1].time if repeats else response.time
    final = next((each for each in transaction.responses if status(each) >= 200), None)
    duty = Duty(
        kind="prack",
        trigger=response,
        outcome=Outcome.UNDONE,
        repeats=repeats,
        timed_out=last - response.time >= LADDER_END,
        debtor=min(hops, key=lambda hop: hop[0].time)[0].source,
        followed_by=final,
    )
    mine = [each for each, _ in pracks if _same_dialog(each, response)]
    meant = [each for each, rack in pracks if rack == due and _same_dialog(each, response)]
    if meant:
        return _with_prack(duty, meant, last, several_hops=len({id(hop) for hop, _ in hops}) > 1)
    return _without_prack(duty, call, transaction, mine, window)


def _same_dialog(prack: Transaction, response: Sighting) -> bool:
    """Whether the PRACK was sent in the dialog of the response, and after it."""
    tags = response.message.from_tag, response.message.to_tag
    late = prack.request is not None and prack.request.time >= response.time
    return late and (prack.from_tag, prack.to_tag) == tags


def _rack(prack: Sighting) -> tuple[str, ...]:
    """The parts of its RAck: RSeq, CSeq number and method of the response that it confirms (section 7.2)."""
    # RAck = "RAck" HCOLON response-num LWS CSeq-num LWS Method
    return tuple((prack.message.field("rack") or "").split())


def _with_prack(duty: Duty, pracks: list[Transaction], last: int, *, several_hops: bool) -> Duty:
    """A PRACK was seen: the duty is undone only if the callee all the same repeated the response to the end."""
    here = [each for each in pracks if host(each.destination) == host(duty.trigger.source)]
    first = (here or pracks)[0]
    request = first.request
    if request is None:
        return duty
    if (duty.timed_out or _gave_up(duty)) and last > request.time + T1 and not any(each.answers for each in pracks):
        refused = first.final is not None
        elsewhere = "swallowed" if several_hops else "sent-elsewhere"
        reason = ("rejected" if refused else "not-accepted") if here else elsewhere
        return duty.ended(Outcome.UNDONE, reason, by=request)
    before = any(repeat.time <= request.time for repeat in duty.repeats)
    return duty.ended(Outcome.LATE if before else Outcome.DONE, "", by=request)


def _without_prack(duty: Duty, call: Call, hop: Transaction, pracks: Sequence[Transaction], window: Window) -> Duty:
    response, repeats = duty.trigger, duty.repeats
    seen = window.left(response.time)
    both_ways = window.sees(response.destination, response.source)
    if duty.timed_out or (_gave_up(duty) and repeats and not _stopped_asking(duty, window)):
        wrong = next((each.request for each in pracks if _meets_nothing(each, call)), None)
        reason = "mismatched" if wrong is not None else "timed-out" if duty.timed_out else "given-up"
        outcome = Outcome.UNDONE if wrong is None else Outcome.WRONG
        return duty.ended(outcome, reason if _asked_for(hop) else "not-offered", by=wrong)
    if _stopped_asking(duty, window) or _goes_on(response, hop):
        return duty.ended(Outcome.DONE, "unseen")
    if not both_ways:
        return duty.ended(Outcome.UNKNOWN, "one-sided")
    if len(repeats) >= MANY_REPEATS and seen >= TIME_TO_ANSWER:
        answered = duty.followed_by is not None and status(duty.followed_by) < 300
        reason = "answered-anyway" if answered else "repeated"
        return duty.ended(Outcome.UNDONE, reason if _asked_for(hop) else "not-offered")
    if duty.followed_by is not None:
        return duty.ended(Outcome.DONE, "settled")
    return duty.ended(Outcome.UNKNOWN, "capture-ended")


def _gave_up(duty: Duty) -> bool:
    """Whether the callee refused the INVITE with a 5xx about 64*T1 after the response (section 3)."""
    final = duty.followed_by
    if final is None or status(final) // 100 != 5:
        return False
    return GAVE_UP[0] <= final.time - duty.trigger.time <= GAVE_UP[1]


def _stopped_asking(duty: Duty, window: Window) -> bool:
    """Whether the next repeat was due before the INVITE ended and within the recording, and did not come."""
    repeats = duty.repeats
    last = repeats[-1].time if repeats else duty.trigger.time
    end = window.end(last) if duty.followed_by is None else duty.followed_by.time
    return end - last > (T1 << len(repeats)) + T1


def _goes_on(response: Sighting, hop: Transaction) -> bool:
    """Whether the callee sent its next reliable response, which must wait for the PRACK of this one (section 3)."""
    number = _number(_rseq(response))
    same = (each for each in hop.responses if each.message.to_tag == response.message.to_tag)
    later = (each for each in same if 100 < status(each) < 200 and each.time > response.time)
    return number is not None and any(_number(_rseq(each)) == number + 1 for each in later)


def _number(rseq: str) -> int | None:
    # response-num = 1*DIGIT, below 2**32 (section 7.1)
    return int(rseq) if rseq.isascii() and rseq.isdigit() and len(rseq) <= 10 else None


def _asked_for(hop: Transaction) -> bool:
    """Whether the INVITE allowed reliable responses (section 3); an INVITE that was not seen is taken to allow them."""
    return hop.request is None or names_100rel(hop.request, "supported", "require")


def _meets_nothing(prack: Transaction, call: Call) -> bool:
    """Whether no provisional response of the call has the numbers of this PRACK."""
    if prack.request is None:
        return False
    due = _rack(prack.request)
    return not any(
        (_rseq(response), str(each.cseq), each.method) == due
        for each in call.transactions
        if each.method == "INVITE"
        for response in each.responses
        if 100 < status(response) < 200
    )
