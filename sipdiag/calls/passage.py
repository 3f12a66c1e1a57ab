"""Passages: one request on its way, at every hop where it was seen (RFC 3261, section 16).

A proxy makes a transaction of its own for each request that it passes on; but what became of a request is asked once,
not once for each hop.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sipdiag.calls.transaction import Transaction, status
from sipdiag.trace import Sighting

MOST = 400
"""How many requests of one kind are looked at in one call: each is compared with the others, and no call has more."""


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One request, by method, tags and CSeq, at every hop where it was seen."""

    hops: list[Transaction]
    """In the order they were first seen: the one nearest the sender first; each has its request."""

    @property
    def first(self) -> Transaction:
        """The hop nearest the sender: what came back there is what the sender got."""
        return self.hops[0]

    @property
    def request(self) -> Sighting:
        """The request where it was seen first."""
        request = self.hops[0].request
        assert request is not None, "a hop without its request is no part of a passage"  # noqa: S101
        return request

    @property
    def final(self) -> Sighting | None:
        """The final response that the sender got."""
        return self.hops[0].final

    @property
    def born(self) -> Transaction:
        """The hop where the sender's final response arose: the last that was given the same code."""
        code = 0 if self.final is None else status(self.final)
        return next((hop for hop in reversed(self.hops) if hop.final and status(hop.final) == code), self.first)

    @property
    def answered(self) -> bool:
        """Whether the sender got a 2xx."""
        final = self.final
        return final is not None and status(final) < 300


def passages_of(transactions: Iterable[Transaction]) -> list[Passage]:
    """The passages of `transactions`, in the order of time; what was only recorded on a second link is left out."""
    found: dict[tuple[str, int, str, str], Passage] = {}
    for each in transactions:
        if len(found) >= MOST:
            break
        if each.request is None or each.origin is not None:
            continue
        key = (each.method, each.cseq, each.from_tag, each.request.message.to_tag)
        passage = found.get(key)
        if passage is None:
            passage = found[key] = Passage(hops=[])
        passage.hops.append(each)
    return list(found.values())
