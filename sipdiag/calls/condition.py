"""Conditions: what a refusal asks of a client's next requests, and whether the client kept to it.

A retry may come under another Call-ID, so this is no duty of one call: it binds a client towards a server. RFC 3261,
section 8.1.3.5 (retry without what was refused) and 21.5.4 (503 with Retry-After: stay away that long).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sipdiag.calls.duty import Outcome
from sipdiag.calls.terms import CHALLENGED, REFUSALS, WITHOUT_DIALOG, broken_by, retry_after, stated_by
from sipdiag.calls.transaction import SECOND, T1, Transaction, status
from sipdiag.sip import Request, parse_name_addr
from sipdiag.trace import Sighting, host

UNAVAILABLE = 503
ELSEWHERE = frozenset({"REGISTER", "ACK", "CANCEL", "OPTIONS"})
"""Registrations have rules of their own; an OPTIONS only asks whether the server lives, and any answer is one."""

Link = tuple[str, str]
"""Client host, server endpoint."""
Errand = tuple[str, str, str, int]
"""Method, Request-URI, who asks, status code: what must be alike for a request to be tried again."""


class Condition(msgspec.Struct, kw_only=True):
    """One condition of a server on a client."""

    status: int
    """The status code of the refusal."""
    stated: list[str]
    """The condition in the words of the refusal."""
    client: str
    server: str
    method: str
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
            return Outcome.LATE if self.met is not None else Outcome.UNDONE
        return Outcome.DONE if self.met is not None else Outcome.UNKNOWN


def conditions(transactions: Iterable[Transaction]) -> list[Condition]:
    """The conditions that refusals among `transactions`, which come in the order of time, stated."""
    transactions = list(transactions)
    links = {_link(each) for each in transactions if _states_something(each)}
    if not links:
        return []
    mine = [each for each in transactions if each.request is not None and each.origin is None and _link(each) in links]
    firsts: dict[tuple[str, str, int, str], Transaction] = {}
    lasts: dict[tuple[str, str, int, str], Transaction] = {}
    for each in mine:
        firsts.setdefault(_passage(each), each)
        lasts[_passage(each)] = each
    found: list[Condition] = []
    for events in _events(mine).values():
        sweep = _Sweep()
        for time, is_final, each in events:
            key = _passage(each)
            if is_final:
                sweep.refuse(each, own=firsts[key] is each, arose=lasts[key] is each)
            elif each.method not in ELSEWHERE:
                sweep.ask(each, time, own=firsts[key] is each)
        found += sweep.found
    return found


class _Sweep:
    """Goes through what passed on one link, in the order of time."""

    def __init__(self) -> None:
        self.found: list[Condition] = []
        self._closed: tuple[int, int, Condition] | None = None
        """Since when and until when the server is to be left alone."""
        self._open: dict[Errand, tuple[int, str, Condition]] = {}
        """For each errand: since when, in which Call-ID, and the condition."""

    def ask(self, each: Transaction, time: int, *, own: bool) -> None:
        """A request: does it keep to what was asked?"""
        request = each.request
        if request is None:
            return
        if self._closed is not None and each.method in WITHOUT_DIALOG and not each.to_tag:
            since, until, closed = self._closed
            if since + T1 < time < until:  # those before were sent before the refusal was read
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
        """A final response: a 503 binds the hop that it arose at, any other refusal the one that asked."""
        request, final = each.request, each.final
        if request is None or final is None:
            return
        code = status(final)
        if code == UNAVAILABLE and arose and (wait := retry_after(final)):
            still = self._closed if self._closed is not None and final.time < self._closed[1] else None
            condition = self._noted(None if still is None else still[2], code, [str(wait)], each, request, final)
            self._closed = (final.time if still is None else still[0], final.time + wait * SECOND, condition)
        if not own or code not in REFUSALS or not _is_told_here(each, code):
            return
        stated = stated_by(code, final, request)
        if stated and broken_by(code, stated, request):  # else it was about something else
            errand = (*_errand(each, request), code)
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


def _states_something(each: Transaction) -> bool:
    if not each.responses or each.request is None or each.method in ELSEWHERE:
        return False
    code = status(each.responses[-1])
    return code in REFUSALS or code == UNAVAILABLE


def _is_told_here(each: Transaction, code: int) -> bool:
    """Challenges of other requests have rules of their own; a re-SUBSCRIBE or UPDATE is met in its dialog."""
    return each.method in CHALLENGED if code in (401, 407) else each.method not in ELSEWHERE


def _link(each: Transaction) -> Link:
    return host(each.source), each.destination


def _passage(each: Transaction) -> tuple[str, str, int, str]:
    return each.call_id, each.method, each.cseq, each.from_tag


def _errand(each: Transaction, request: Sighting) -> tuple[str, str, str]:
    message = request.message
    uri = message.uri if isinstance(message, Request) else ""
    return each.method, uri, parse_name_addr(message.field("from") or "").uri.text


def _errands(each: Transaction, request: Sighting) -> Iterator[Errand]:
    method, uri, sender = _errand(each, request)
    return ((method, uri, sender, code) for code in REFUSALS)


def _events(transactions: list[Transaction]) -> dict[Link, list[tuple[int, bool, Transaction]]]:
    """Requests and final responses of each link, in the order of time."""
    found: dict[Link, list[tuple[int, bool, Transaction]]] = {}
    for each in transactions:
        events = found.setdefault(_link(each), [])
        events.append((each.time, False, each))
        if each.final is not None:
            events.append((each.final.time, True, each))
    for events in found.values():
        events.sort(key=lambda event: (event[0], event[1]))
    return found
