"""The duty to notify: a notifier that accepted a SUBSCRIBE or a REFER sends a NOTIFY at once.

"Upon successfully accepting or refreshing a subscription, notifiers MUST send a NOTIFY request immediately" (RFC 6665,
section 4.2.1.2); a REFER makes a subscription too (RFC 3515, section 2.4.4), but for `Refer-Sub: false` (RFC 4488,
section 4). After 64*T1 without one, timer N, it has failed (RFC 6665, section 4.1.2.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.transaction import TIMEOUT, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.sip import parse_name_addr, split_parameters
from sipdiag.trace import Sighting, host

FRAGMENT = re.compile(rb"\s*SIP/2\.0[ \t]+(\d{3})[ \t]*([^\r\n]*)")
"""The first line of a message/sipfrag body (RFC 3420)."""
MOST = 400
"""Requests of one Call-ID that lay such a duty and are looked at."""


def notifications_due(transactions: Sequence[Transaction], window: Window) -> Iterator[Duty]:
    """The duty of every 2xx to a SUBSCRIBE or REFER among `transactions`, which are those of one Call-ID."""
    passages: dict[tuple[str, int, str], list[Transaction]] = {}
    for each in transactions:
        if each.method in ("SUBSCRIBE", "REFER") and each.origin is None:
            passages.setdefault((each.method, each.cseq, each.from_tag), []).append(each)
    for hops in islice(passages.values(), MOST):
        first, last = hops[0], hops[-1]
        if first.method == "SUBSCRIBE":
            if last.final is not None and _promises(last.final):
                yield _for_subscribe(last, last.final, transactions, window)
        elif first.final is not None and first.request is not None and _promises(first.final):
            yield _for_refer(first, first.request, first.final, transactions, window)


def _promises(final: Sighting) -> bool:
    """Whether a 2xx promises a NOTIFY: 204 does not (RFC 5839), nor does one with `Refer-Sub: false`."""
    quiet = "false" in (final.message.field("refer-sub") or "").lower()
    return 200 <= status(final) < 300 and status(final) != 204 and not quiet


def notifications(request: Sighting, final: Sighting, transactions: Sequence[Transaction]) -> list[Sighting]:
    """The NOTIFYs about the REFER `request`, from the other side; an `id` in Event is the REFER's CSeq number."""
    return [
        each.request
        for each in transactions
        if each.method == "NOTIFY" and each.request is not None and each.origin is None
        if each.request.time >= request.time and each.request.message.from_tag == final.message.to_tag
        if _is_about(each.request, request)
    ]


def _is_about(note: Sighting, request: Sighting) -> bool:
    event = (note.message.field("event") or "").lower().replace(" ", "")
    if not event.startswith("refer"):
        return False
    _, given, number = event.partition(";id=")
    return not given or number.partition(";")[0] == str(request.message.cseq)


def _for_refer(
    each: Transaction, request: Sighting, final: Sighting, transactions: Sequence[Transaction], window: Window
) -> Duty:
    duty = Duty(kind="notify-refer", trigger=final, debtor=final.source, outcome=Outcome.DONE, target=each.source)
    notes = notifications(request, final, transactions)
    if notes:
        told = any(FRAGMENT.match(note.message.body) for note in notes)
        return _with_notice(duty, notes[0], "" if told else "no-status")
    over = next((bye for bye in transactions if bye.method == "BYE" and bye.time > request.time), None)
    if over is not None:  # whoever asked did not wait for the outcome
        return replace(duty, outcome=Outcome.UNKNOWN, reason="hung-up", followed_by=over.request)
    if not window.sees(final.source, final.destination) or not window.sees(request.source, request.destination):
        return replace(duty, outcome=Outcome.UNKNOWN, reason="one-sided")
    if window.left(final.time) < TIMEOUT:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="capture-ended")
    return replace(duty, outcome=Outcome.UNDONE, reason="no-notify")


def _for_subscribe(each: Transaction, final: Sighting, transactions: Sequence[Transaction], window: Window) -> Duty:
    duty = Duty(kind="notify-subscribe", trigger=final, debtor=final.source, outcome=Outcome.DONE, target=each.source)
    notifies = [other for other in transactions if other.method == "NOTIFY"]
    after = [other for other in notifies if other.time >= each.time]
    if after:
        mine = next((other for other in after if _event(other) == _event(each)), None)
        note = (mine or after[0]).request or (mine or after[0]).responses[0]
        return _with_notice(duty, note, "" if mine is not None else "other-event")
    if window.left(final.time) < TIMEOUT:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="capture-ended")
    contact = parse_name_addr(final.message.field("contact") or "").uri.host
    if contact != host(final.source) and final.message.field("record-route") is None:
        return replace(duty, outcome=Outcome.UNKNOWN, reason="other-way")
    return replace(duty, outcome=Outcome.UNDONE, reason="refresh" if notifies else "never")


def _with_notice(duty: Duty, note: Sighting, amiss: str) -> Duty:
    if amiss:
        return replace(duty, outcome=Outcome.WRONG, reason=amiss, fulfilled_by=note)
    late = note.time > duty.trigger.time + TIMEOUT
    return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE, fulfilled_by=note)


def _event(each: Transaction) -> str:
    """The event package; empty where the request was not seen."""
    return "" if each.request is None else split_parameters(each.request.message.field("event") or "")[0].lower()
