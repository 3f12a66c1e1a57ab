"""Which hosts made requests of their own, told by the hop where each request was seen first."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls.authentication import credentials_in
from sipdiag.calls.correlation import Correlation
from sipdiag.calls.transaction import Transaction, begun
from sipdiag.trace import Sighting, host

ASKS = frozenset({"INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH"})
"""Methods that may open something new; all others belong to what another request began."""


def requests_by_source(correlation: Correlation) -> dict[str, list[Transaction]]:
    """Host → the requests outside a dialog that it made, and not only passed on, in the order of time."""
    found: dict[str, list[Transaction]] = {}
    for transactions in correlation.by_call_id.values():
        first = transactions[0].request
        if first is None:
            continue
        source = host(first.source)
        for transaction in transactions:
            request = transaction.request
            if request is None or transaction.origin is not None or transaction.method not in ASKS:
                continue
            if not request.message.to_tag and (request is first or host(request.source) == source):
                found.setdefault(source, []).append(transaction)
    for each in found.values():
        each.sort(key=begun)
    return found


def account_of(transaction: Transaction) -> str:
    """The user name in the credentials of a request; empty when it carries none."""
    credentials = credentials_in(transaction.request)
    return credentials[0].username if credentials else ""


def was_relayed(request: Sighting) -> bool:
    """Whether a proxy had passed the request on before it was seen: each adds a Via (RFC 3261, section 16.6)."""
    return len(request.message.vias) > 1


def densest(transactions: Sequence[Transaction], span: int) -> list[Transaction]:
    """The most of `transactions`, which come in the order of time, that lie within `span` nanoseconds."""
    best, begin = (0, 0), 0
    for end, transaction in enumerate(transactions, 1):
        while transaction.time - transactions[begin].time > span:
            begin += 1
        if end - begin > best[1] - best[0]:
            best = (begin, end)
    return list(transactions[best[0] : best[1]])
