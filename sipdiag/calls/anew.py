"""Requests of one Call-ID that were sent anew, on another connection or to another address, and then answered.

This is looked up for every request that got no answer, and one Call-ID may have any number of those: so no more is kept
than such a look-up needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.calls.transaction import Transaction
from sipdiag.trace import host

Kind = tuple[str, str, str]
"""Method, From tag, and the host that sent the request (empty where any host counts)."""


class Anew:
    """Where the answered ones among some transactions came from and went to."""

    def __init__(self, transactions: Iterable[Transaction]) -> None:
        self._sources: dict[Kind, list[tuple[int, str]]] = {}
        self._destinations: dict[Kind, list[tuple[int, str]]] = {}
        for each in transactions:
            if each.final is not None:
                kind = each.method, each.from_tag
                if each.request is not None:
                    _keep(self._sources.setdefault((*kind, ""), []), each.time, each.request.source)
                _keep(self._destinations.setdefault((*kind, host(each.source)), []), each.time, each.destination)

    def from_elsewhere(self, transaction: Transaction, source: str) -> bool:
        """Whether its like came later from another endpoint than `source`, and was answered."""
        kind = transaction.method, transaction.from_tag, ""
        return any(time > transaction.time and each != source for time, each in self._sources.get(kind, ()))

    def to_elsewhere(self, transaction: Transaction) -> bool:
        """Whether the host that sent `transaction` later sent its like to another endpoint, and was answered."""
        kind = transaction.method, transaction.from_tag, host(transaction.source)
        found = self._destinations.get(kind, ())
        return any(time > transaction.time and each != transaction.destination for time, each in found)


def _keep(latest: list[tuple[int, str]], time: int, endpoint: str) -> None:
    """Keep the two endpoints seen last, each with its latest time: at least one of them is not the one asked about."""
    times = {each: since for since, each in latest}
    times[endpoint] = max(time, times.get(endpoint, time))
    latest[:] = sorted(((since, each) for each, since in times.items()), reverse=True)[:2]
