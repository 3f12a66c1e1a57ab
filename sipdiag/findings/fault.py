"""Faults: what is wrong with the messages of one sender, counted, with the worst that it led to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sipdiag.calls import Arrival, Correlation, Flaw, Harm, harm_of
from sipdiag.findings.order import arrived

_RANK = {"refused": 0, "ignored": 1, "accepted": 2, "unseen": 3}
"""Kind of harm → 0 for the worst."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of defect in what one host sends."""

    sender: str
    kind: str
    """A `Defect.kind` of `sipdiag.sip`."""
    detail: str
    """The value that shows it, in the first message."""
    named: str
    """The header field, where each one makes a fault of its own; else empty."""
    messages: int
    """How many messages have the defect."""
    first: Arrival
    """The first of them."""
    harm: Harm
    """The worst that one of them led to."""
    fruitless: Arrival | None
    """Of the kind `header-omitted`: the first message after which no 2xx came for its Call-ID and method."""

    @property
    def about(self) -> tuple[str, str, str]:
        """What faults of several parts of the traffic must share to be one."""
        return self.sender, self.kind, self.named


def faults_of(flaws: Sequence[Flaw], seen: Correlation) -> Iterator[Fault]:
    """The faults that `flaws` of `seen` show."""
    successes: dict[tuple[str, str], int] = {}
    if any(flaw.kind == "header-omitted" for flaw in flaws):
        for each in seen.transactions:
            for answer in each.answers:
                errand = each.call_id, each.method
                successes[errand] = max(answer.time, successes.get(errand, 0))
    for flaw in flaws:
        after = flaw.arrivals if flaw.kind == "header-omitted" else ()
        yield Fault(
            sender=flaw.sender,
            kind=flaw.kind,
            detail=flaw.detail,
            named=flaw.named,
            messages=len(flaw.arrivals),
            first=flaw.arrivals[0],
            harm=harm_of(flaw),
            fruitless=next((each for each in after if not _got_through(each, successes)), None),
        )


def joined(faults: Sequence[Fault]) -> Fault:
    """One fault, put together from what several parts of the traffic show of it."""
    first = min(faults, key=lambda each: arrived(each.first))
    fruitless = [each.fruitless for each in faults if each.fruitless is not None]
    return msgspec.structs.replace(
        first,
        messages=sum(each.messages for each in faults),
        harm=min((each.harm for each in faults), key=lambda harm: (_RANK[harm.kind], arrived(harm.arrival))),
        fruitless=min(fruitless, key=arrived, default=None),
    )


def _got_through(arrival: Arrival, successes: Mapping[tuple[str, str], int]) -> bool:
    """Whether a 2xx came later for its Call-ID and method; `successes` has the time of the last 2xx of each."""
    message = arrival.sighting.message
    return successes.get((message.call_id, message.cseq_method), 0) > arrival.sighting.time
