"""The duty of a client that was challenged, or refused by a registrar: to try again with what was asked for.

RFC 3261, sections 22.2 and 22.3 (credentials) and 10.2.8 (a longer interval). Such a request is tried again under its
Call-ID, as is everything in a dialog; for what may be tried again under another Call-ID see `condition`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls.ledger.condition import ELSEWHERE, UNAVAILABLE
from sipdiag.calls.ledger.duty import DEMANDS, Duty, Outcome
from sipdiag.calls.ledger.refusal import closed, refusals_within, with_unseen
from sipdiag.calls.ledger.terms import CHALLENGED, broken_by, retry_after, stated_by
from sipdiag.calls.transaction import MILLISECOND, SECOND, Transaction, status
from sipdiag.calls.window import Window
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host

NEVER_TRIED_AGAIN = frozenset({"ACK", "CANCEL"})
CHALLENGES = frozenset({401, 407})
CROSSED = 400 * MILLISECOND
"""A copy of the request this long after its refusal comes from a client that did not get it: copies come after T1."""
MOST = 40
"""Later requests that are searched for one that does what the refusal asked for."""


def demands(transactions: Sequence[Transaction], window: Window) -> Iterator[Duty]:
    """The entries of the refusals among `transactions`, which are those of one Call-ID, in the order of time."""
    if not any(each.final is not None and status(each.final) in DEMANDS for each in transactions):
        return
    asks = _asks(transactions)
    unseen = [each for each in transactions if each.request is None]
    yield from refusals_within(transactions, window)
    for place, each in enumerate(asks):
        final = each.final
        if final is not None and _belongs_here(each.method, status(final)):
            entry = _entry(each, final, asks[place + 1 : place + 1 + MOST], window)
            if entry is not None:
                yield entry if entry.fulfilled_by is not None else with_unseen(entry, unseen)


def _belongs_here(method: str, code: int) -> bool:
    """Whether such a refusal of such a request is this module's affair, and not that of `condition`."""
    if code in CHALLENGES:
        return method not in CHALLENGED and method not in NEVER_TRIED_AGAIN
    return code in DEMANDS and method in ELSEWHERE and method not in NEVER_TRIED_AGAIN


def _asks(transactions: Sequence[Transaction]) -> list[Transaction]:
    """The requests, each at the hop where it was seen first only: a proxy that passes one on asks nothing itself."""
    seen: set[tuple[str, int, str]] = set()
    asks: list[Transaction] = []
    for each in transactions:
        key = each.method, each.cseq, each.from_tag
        if each.origin is None and key not in seen:
            asks.append(each)
        seen.add(key)
    return asks


def _entry(each: Transaction, final: Sighting, later: list[Transaction], window: Window) -> Duty | None:
    code = status(final)
    stated = [str(retry_after(final))] if code == UNAVAILABLE else stated_by(code, final, each.request or final)
    if code not in CHALLENGES and not _is_stated(code, stated, each.request):
        return None
    entry = Duty(
        kind=DEMANDS[code],
        trigger=final,
        debtor=each.source,
        outcome=Outcome.UNKNOWN,
        target=each.destination,
        allowed=int(stated[0]) * SECOND if code == UNAVAILABLE else None,
    )
    broken: list[Sighting] = []
    for other in later:
        again = other.request
        if again is None or again.time <= final.time or not _is_alike(other, again, each):
            continue
        if _breaks(entry, code, stated, again):
            if other.answers and code in CHALLENGES:
                return replace(entry, outcome=Outcome.DONE, reason="not-needed", fulfilled_by=other.answers[0])
            broken.append(again)
        elif code == UNAVAILABLE or broken_by(code, stated, again) is not None:
            return closed(entry, broken, again, window)
    copies = [copy for copy in each.request_repeats if copy.time > final.time + CROSSED]
    if not broken and len(copies) > 1:
        return replace(entry, outcome=Outcome.UNDONE, reason="not-received", repeats=copies)
    return closed(entry, broken, None, window)


def _is_stated(code: int, stated: list[str], request: Sighting | None) -> bool:
    """Whether the refusal says what would do, and the request, where it was seen, was otherwise."""
    if code == UNAVAILABLE:
        return stated != ["0"]
    return bool(stated) and (request is None or bool(broken_by(code, stated, request)))


def _breaks(entry: Duty, code: int, stated: list[str], again: Sighting) -> bool:
    if code == UNAVAILABLE:
        return entry.deadline is not None and again.time < entry.deadline
    return bool(broken_by(code, stated, again))


def _is_alike(other: Transaction, again: Sighting, each: Transaction) -> bool:
    """Whether `again` is the request of `each` once more: in the same dialog, or outside any by the same client."""
    request = each.request
    if other.method != each.method or (request is not None and again.message.to_tag != request.message.to_tag):
        return False
    within = request is not None and bool(request.message.to_tag)
    if other.from_tag != each.from_tag and (within or host(other.source) != host(each.source)):
        return False
    return each.method != "REGISTER" or _registered(again) == _registered(request or each.responses[0])


def _registered(seen: Sighting) -> str:
    return parse_name_addr(seen.message.field("to") or "").uri.text
