"""Conditions: what a refusal asks of a client's next requests, and whether the client kept to it.

A retry may come under another Call-ID, so conditions are kept for each client and server, and `refusal` makes the
entries of the ledger from them. RFC 3261, sections 8.1.3.5 (retry without what was refused) and 21.5.4 (503 with
Retry-After: stay away that long).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from sipdiag.calls.ledger.duty import Outcome
from sipdiag.calls.ledger.terms import CHALLENGED, REFUSALS, WITHOUT_DIALOG, broken_by, retry_after, stated_by
from sipdiag.calls.transaction import SECOND, T1, Transaction, begun, request_uri, status
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host

UNAVAILABLE = 503
ELSEWHERE = frozenset({"REGISTER", "ACK", "CANCEL", "OPTIONS"})
"""Methods that are left out here: registrations have rules of their own, and OPTIONS asks for any answer at all."""

Link = tuple[str, str]
"""Client host, server endpoint."""
Matter = tuple[str, str, str]
"""What a condition is about: method, Request-URI, URI of From; within a dialog method, Call-ID, From tag."""
EVERYTHING: Matter = ("", "", "")
"""The matter of a condition that covers every request: a 503 with Retry-After."""
Errand = tuple[str, str, str, int]
"""A matter and a status code: a later request of the same matter tries again what got this code."""


class Condition(msgspec.Struct, kw_only=True):
    """One condition of a server on a client."""

    status: int
    """The status code of the refusal."""
    stated: list[str]
    """The condition in the words of the refusal: option tags, media types, methods, seconds."""
    client: str
    """`host:port` of the client that was refused."""
    server: str
    """`host:port` of the server that refused it."""
    method: str
    """The method of the first request that was refused."""
    refusals: list[tuple[Sighting, Sighting]]
    """The requests that were refused and their refusals, in the order of time."""
    ignored: list[Sighting] = []
    """Requests that broke it, in the order of time."""
    met: Sighting | None = None
    """The first request that kept to it after all."""

    @property
    def outcome(self) -> Outcome:
        """What became of it; a client that tries no more leaves it open."""
        if self.ignored:
            return Outcome.LATE if self.met is not None else Outcome.WRONG
        return Outcome.DONE if self.met is not None else Outcome.UNKNOWN


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A request, or its final response, on a link where a condition was stated."""

    time: int
    is_final: bool
    transaction: Transaction
    own: bool
    """Whether this is the first hop: that of the client which made the request."""
    arose: bool
    """Whether this is the last hop: the response arose there, as far as the capture shows."""


def conditions(transactions: Iterable[Transaction]) -> list[Condition]:
    """The conditions that refusals among `transactions` stated."""
    transactions = list(transactions)
    events = events_of(transactions, conditions_stated(transactions))
    return [condition for mine in events.values() for condition in conditions_in(mine)]


def conditions_stated(transactions: Iterable[Transaction]) -> dict[Link, set[Matter]]:
    """Link → what conditions on it are about."""
    transactions = list(transactions)
    found: dict[Link, set[Matter]] = {}
    hops: _Hops | None = None
    for each in transactions:
        final, request = each.final, each.request
        if final is None or request is None or each.origin is not None or each.method in ELSEWHERE:
            continue
        code = status(final)
        if code != UNAVAILABLE and code not in REFUSALS:
            continue
        hops = hops or _Hops(transactions)
        if code == UNAVAILABLE and hops.arose(each) and retry_after(final):
            found.setdefault(_link(each), set()).add(EVERYTHING)
        elif _terms(each, request, final, own=hops.own(each)):
            found.setdefault(_link(each), set()).add(_matter(each, request))
    return found


def events_of(transactions: Iterable[Transaction], stated: Mapping[Link, set[Matter]]) -> dict[Link, list[Event]]:
    """Link → the requests and responses on it that the conditions `stated` are about."""
    transactions = list(transactions) if stated else []
    found: dict[Link, list[Event]] = {}
    hops: _Hops | None = None
    for each in transactions:
        request = each.request
        if request is None or each.origin is not None or each.method in ELSEWHERE:
            continue
        matters = stated.get(_link(each))
        if matters is None or (EVERYTHING not in matters and _matter(each, request) not in matters):
            continue
        hops = hops or _Hops(transactions)
        own, arose = hops.own(each), hops.arose(each)
        events = found.setdefault(_link(each), [])
        events.append(Event(time=each.time, is_final=False, transaction=each, own=own, arose=arose))
        if each.final is not None:
            events.append(Event(time=each.final.time, is_final=True, transaction=each, own=own, arose=arose))
    return found


def conditions_in(events: Iterable[Event]) -> list[Condition]:
    """The conditions stated on one link, and what became of them."""
    sweep = _Sweep()
    for event in sorted(events, key=lambda each: (each.time, each.is_final, begun(each.transaction))):
        if event.is_final:
            sweep.refuse(event.transaction, own=event.own, arose=event.arose)
        else:
            sweep.ask(event.transaction, event.time, own=event.own)
    return sweep.found


class _Hops:
    """Which hop of a request is the first, and which the last."""

    def __init__(self, transactions: Iterable[Transaction]) -> None:
        self._firsts: dict[tuple[str, str, int, str], Transaction] = {}
        self._lasts: dict[tuple[str, str, int, str], Transaction] = {}
        for each in transactions:
            if each.request is not None and each.origin is None:
                self._firsts.setdefault(_passage(each), each)
                self._lasts[_passage(each)] = each

    def own(self, each: Transaction) -> bool:
        """Whether this is the first hop of its request."""
        return self._firsts[_passage(each)] is each

    def arose(self, each: Transaction) -> bool:
        """Whether this is the last hop of its request that was seen, so that the response arose there."""
        return self._lasts[_passage(each)] is each


class _Sweep:
    """Goes through what passed on one link, in the order of time."""

    def __init__(self) -> None:
        self.found: list[Condition] = []
        self._closed: tuple[int, int, Condition] | None = None
        """Since when and until when the server is to be left alone, and the condition that says so."""
        self._open: dict[Errand, tuple[int, str, Condition]] = {}
        """For each errand since when a condition holds, the Call-ID that it was stated in, and the condition."""

    def ask(self, each: Transaction, time: int, *, own: bool) -> None:
        """Take a request, and note the conditions that it breaks or keeps to."""
        request = each.request
        if request is None:
            return
        if self._closed is not None and each.method in WITHOUT_DIALOG and not each.to_tag:
            since, until, closed = self._closed
            if since + T1 < time < until:  # what came earlier was sent before the refusal was read
                closed.ignored.append(request)
            elif time >= until:
                closed.met = closed.met or request
        for errand in _errands(each, request) if own and self._open else ():
            if errand in self._open:
                self._judge(errand, each, request)

    def _judge(self, errand: Errand, each: Transaction, request: Sighting) -> None:
        since, call_id, condition = self._open[errand]
        if each.call_id != call_id and request.time < since + T1:
            return  # sent before the refusal was read
        broken = broken_by(condition.status, condition.stated, request)
        if broken:
            condition.ignored.append(request)
        elif broken is not None:
            condition.met = condition.met or request
            del self._open[errand]

    def refuse(self, each: Transaction, *, own: bool, arose: bool) -> None:
        """Take a final response: a 503 binds the hop where it arose, any other refusal the client at the first hop."""
        request, final = each.request, each.final
        if request is None or final is None:
            return
        code = status(final)
        if code == UNAVAILABLE and arose and (wait := retry_after(final)):
            still = self._closed if self._closed is not None and final.time < self._closed[1] else None
            condition = self._noted(None if still is None else still[2], code, [str(wait)], each, request, final)
            self._closed = (final.time if still is None else still[0], final.time + wait * SECOND, condition)
        stated = _terms(each, request, final, own=own)
        if stated:
            errand = (*_matter(each, request), code)
            known = self._open.get(errand)
            condition = self._noted(None if known is None else known[2], code, stated, each, request, final)
            self._open[errand] = (final.time if known is None else known[0], each.call_id, condition)

    def _noted(
        self,
        known: Condition | None,
        code: int,
        stated: list[str],
        each: Transaction,
        request: Sighting,
        final: Sighting,
    ) -> Condition:
        """The condition that the refusal `final` states: one `known` already, which it repeats, or else a new one."""
        if known is None:
            known = Condition(
                status=code,
                stated=stated,
                client=each.source,
                server=each.destination,
                method=each.method,
                refusals=[],
            )
            self.found.append(known)
        known.refusals.append((request, final))
        return known


def _terms(each: Transaction, request: Sighting, final: Sighting, *, own: bool) -> list[str]:
    """What a refusal asks of the client at the first hop; nothing where the request met that already."""
    code = status(final)
    if not own or code not in REFUSALS or not _is_told_here(each, code):
        return []
    stated = stated_by(code, final, request)
    return stated if stated and broken_by(code, stated, request) else []


def _is_told_here(each: Transaction, code: int) -> bool:
    """Whether such a refusal is this module's affair: challenges of most methods have rules of their own."""
    return each.method in CHALLENGED if code in (401, 407) else each.method not in ELSEWHERE


def _link(each: Transaction) -> Link:
    return host(each.source), each.destination


def _passage(each: Transaction) -> tuple[str, str, int, str]:
    return each.call_id, each.method, each.cseq, each.from_tag


def _matter(each: Transaction, request: Sighting) -> Matter:
    """What a condition on this request is about: what was refused in a dialog is tried again there or not at all."""
    message = request.message
    if message.to_tag:
        return each.method, message.call_id, message.from_tag
    return each.method, request_uri(request), parse_name_addr(message.field("from") or "").uri.text


def _errands(each: Transaction, request: Sighting) -> Iterator[Errand]:
    matter = _matter(each, request)
    return ((*matter, code) for code in REFUSALS)
