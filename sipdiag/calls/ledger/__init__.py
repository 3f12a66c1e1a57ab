"""The ledger: every duty that a message lays on somebody, and what became of it (see `duty`).

It has pages, each written when a rule first asks for it: those of a call, those of a Call-ID (which may be that of a
registration, a subscription or a single request), and one of the conditions that servers set to clients, which go
beyond one Call-ID. A message that lays several duties has an entry for each; `duties_in` gives all entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from sipdiag.calls.call import Call
from sipdiag.calls.correlation import Correlation
from sipdiag.calls.ledger.acknowledgement import acknowledgements
from sipdiag.calls.ledger.answer import answers, may_be_reliable
from sipdiag.calls.ledger.cancellation import cancellations
from sipdiag.calls.ledger.condition import (
    Condition,
    Event,
    conditions,
    conditions_in,
    conditions_stated,
    events_of,
)
from sipdiag.calls.ledger.confirmation import confirmations
from sipdiag.calls.ledger.demand import demands
from sipdiag.calls.ledger.duty import DEMANDS, LAWS, Duty, Law, Outcome
from sipdiag.calls.ledger.farewell import accepted_behind, farewells
from sipdiag.calls.ledger.glare import glares
from sipdiag.calls.ledger.notification import FRAGMENT, notifications, notifications_due
from sipdiag.calls.ledger.receipt import receipts
from sipdiag.calls.ledger.refusal import refusals
from sipdiag.calls.ledger.silence import NOTHING_TO_SAY, silence
from sipdiag.calls.ledger.terms import offending
from sipdiag.calls.ledger.withdrawal import withdrawals
from sipdiag.calls.session import Exchange, exchanges_of
from sipdiag.calls.transaction import Transaction
from sipdiag.calls.window import Window

__all__ = [
    "DEMANDS",
    "FRAGMENT",
    "LAWS",
    "NOTHING_TO_SAY",
    "Condition",
    "Duty",
    "Event",
    "Law",
    "Outcome",
    "accepted_behind",
    "acknowledgements",
    "answers",
    "cancellations",
    "conditions",
    "conditions_in",
    "conditions_stated",
    "confirmations",
    "demands",
    "duties_in",
    "duties_of",
    "duties_under",
    "events_of",
    "farewells",
    "glares",
    "may_be_reliable",
    "notifications",
    "notifications_due",
    "offending",
    "receipts",
    "refusals",
    "silence",
    "withdrawals",
]

Exchanges = Callable[[Call], Sequence[Exchange]]
"""Gives the exchanges of a call."""

_OF_CALLS: Final[dict[Callable[[Call, Window], Iterator[Duty]], tuple[str, ...]]] = {
    acknowledgements: ("ack-2xx", "ack-failure"),
    confirmations: ("prack",),
    cancellations: ("cancel-bye",),
    farewells: ("bye",),
    glares: ("glare",),
}
"""What writes a page of a call → the kinds of its entries; those of `answers`, which take exchanges, besides."""
_UNDER_CALL_IDS: Final[dict[Callable[[Sequence[Transaction], Window], Iterator[Duty]], tuple[str, ...]]] = {
    withdrawals: ("cancel-final", "cancel-invite"),
    notifications_due: ("notify-subscribe", "notify-refer"),
    receipts: ("notify-final",),
    demands: tuple(dict.fromkeys(DEMANDS.values())),
}
"""What writes a page of a Call-ID → the kinds of its entries."""
_PAGE_OF_CALL: Final = {kind: page for page, kinds in _OF_CALLS.items() for kind in kinds}
_PAGE_UNDER: Final = {kind: page for page, kinds in _UNDER_CALL_IDS.items() for kind in kinds}


def duties_of(call: Call, kind: str, window: Window, exchanges: Exchanges = exchanges_of) -> dict[str, list[Duty]]:
    """The page of `call` that holds the entries of `kind`: kind → entries."""
    if kind in ("answer", "answer-in-ack"):
        return _by_kind(("answer", "answer-in-ack"), answers(exchanges(call), call))
    page = _PAGE_OF_CALL[kind]
    return _by_kind(_OF_CALLS[page], page(call, window))


def duties_under(transactions: Sequence[Transaction], kind: str, window: Window) -> dict[str, list[Duty]]:
    """The page of a Call-ID, given by its `transactions`, that holds the entries of `kind`: kind → entries."""
    page = _PAGE_UNDER[kind]
    return _by_kind(_UNDER_CALL_IDS[page], page(transactions, window))


def duties_in(seen: Correlation, window: Window) -> Iterator[Duty]:
    """The whole ledger: every entry of everything in `seen`."""
    for call in seen.legs:
        yield from answers(exchanges_of(call), call)
        for of_call in _OF_CALLS:
            yield from of_call(call, window)
    for transactions in seen.by_call_id.values():
        for under in _UNDER_CALL_IDS:
            yield from under(transactions, window)
    yield from refusals(conditions(seen.transactions), window)


def _by_kind(kinds: Iterable[str], entries: Iterable[Duty]) -> dict[str, list[Duty]]:
    page: dict[str, list[Duty]] = {kind: [] for kind in kinds}
    for entry in entries:
        page[entry.kind].append(entry)
    return page
