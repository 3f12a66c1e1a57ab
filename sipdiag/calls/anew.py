"""Requests that were sent anew and answered, on another connection or to another address, under one Call-ID.

Looked up for every request that got nothing, of which one Call-ID may have any number: so only the latest are kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.calls.transaction import Transaction
from sipdiag.trace import host

Kind = tuple[str, str, str]
"""Method, tag of the From header field, and what the request has in common with the one sent before."""


class Anew:
    """What was answered of some transactions."""

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
        """Whether the same was sent later from another endpoint than `source`, and answered."""
        kind = transaction.method, transaction.from_tag, ""
        return any(time > transaction.time and each != source for time, each in self._sources.get(kind, ()))

    def to_elsewhere(self, transaction: Transaction) -> bool:
        """Whether the same host sent it later to another endpoint, and was answered."""
        kind = transaction.method, transaction.from_tag, host(transaction.source)
        found = self._destinations.get(kind, ())
        return any(time > transaction.time and each != transaction.destination for time, each in found)


def _keep(latest: list[tuple[int, str]], time: int, endpoint: str) -> None:
    """Keep the latest time of the two endpoints that were there last: one of them is not that which is asked about."""
    times = {each: since for since, each in latest}
    times[endpoint] = max(time, times.get(endpoint, time))
    latest[:] = sorted(((since, each) for each, since in times.items()), reverse=True)[:2]
