"""Two status codes in a capture: each request that got the worse one beside the closest that got the better one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sipdiag.calls import Correlation, Difference, Transaction, Twin, Twins, request_uri, status
from sipdiag.knowledge import Catalogue, Entry
from sipdiag.report.difference import name_of, value_of
from sipdiag.report.entry_blocks import Block, Heading, Listing, Prose, Title
from sipdiag.report.escape import shown
from sipdiag.report.times import clock


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A request that got the worse code, and its twin, if any request got the better one."""

    failed: Transaction
    twin: Twin | None


def pairs_in(correlation: Correlation, better: int, worse: int) -> list[Pair]:
    """Every request that was answered with `worse`, in the order of time."""
    twins = Twins(correlation.transactions, better)
    return [
        Pair(failed=each, twin=twins.closest(each))
        for each in correlation.transactions
        if each.request is not None and each.origin is None and each.final is not None and status(each.final) == worse
    ]


def twin_blocks(pairs: list[Pair], entries: tuple[Entry, Entry], catalogue: Catalogue) -> Iterator[Block]:
    """The pairs, with only the differences that the worse code's entry calls decisive."""
    labels: dict[str, str] = catalogue.words["twins"]
    names: dict[str, str] = catalogue.words["differences"]
    better, worse = entries
    yield Title(f"{better.title} · {worse.title}")
    if not pairs:
        yield Prose(labels["none_failed"].format(code=worse.title))
    for pair in pairs:
        yield Heading(labels["failed"].format(**_place(pair.failed)))
        if pair.twin is None:
            yield Prose(labels["no_twin"].format(code=better.title))
            continue
        yield Prose(labels["twin"].format(**_place(pair.twin.transaction)), quiet=True)
        lines = tuple(
            f"**{name_of(each.kind, each.aspect, names)}**: {_value(each, each.failed, names)} | "
            f"{_value(each, each.worked, names)}"
            for each in pair.twin.differences
            if each.kind in worse.facts.get("decisive", ())
        )
        yield Listing(lines) if lines else Prose(labels["nothing_decisive"])


def twins_object(pairs: list[Pair], entries: tuple[Entry, Entry], catalogue: Catalogue) -> dict[str, Any]:
    """The pairs as an object; every difference is there, with whether it is decisive."""
    decisive = entries[1].facts.get("decisive", ())
    return {
        "language": catalogue.language,
        "codes": [entry.key for entry in entries],
        "pairs": [
            {
                "failed": _place(pair.failed),
                "twin": None if pair.twin is None else _place(pair.twin.transaction),
                "differences": [
                    {
                        "kind": each.kind,
                        "aspect": each.aspect,
                        "failed": shown(each.failed),
                        "worked": shown(each.worked),
                        "decisive": each.kind in decisive,
                    }
                    for each in ([] if pair.twin is None else pair.twin.differences)
                ],
            }
            for pair in pairs
        ],
    }


def _value(difference: Difference, value: str, names: dict[str, str]) -> str:
    return shown(value_of(difference.aspect, value, names)) or "-"


def _place(transaction: Transaction) -> dict[str, Any]:
    request = transaction.request
    if request is None:
        return {"frame": None, "method": transaction.method, "uri": "", "time": ""}
    uri = request_uri(request)
    return {"frame": request.frame, "method": transaction.method, "uri": shown(uri), "time": clock(request.time)}
