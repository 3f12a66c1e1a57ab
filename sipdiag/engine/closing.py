"""The last stage: everything that was found in one list, with its causes and its words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
from msgspec.structs import replace

from sipdiag.calls import Link, Transaction, Twin, Twins
from sipdiag.engine.carrying import rows_in, tabulate
from sipdiag.engine.columns import NUMBERED, octets_of, sightings_of
from sipdiag.engine.conclusion import as_worked, on_faults, on_traces
from sipdiag.engine.crew import Crew
from sipdiag.engine.files import object_in, put_parts, put_rows, table_in
from sipdiag.engine.judgement import Place
from sipdiag.engine.reading import Outcome
from sipdiag.engine.results import FINDINGS, STREAMS, finding_rows, stream_told
from sipdiag.engine.rotation import numbered_in, told_in
from sipdiag.engine.run import Run
from sipdiag.engine.stages import GIST, OPEN, REFUSED, Agreed, Gist, Open, Refused, Told, store
from sipdiag.engine.uniting import Order, Plan, Wanted, keep_plan, put_all, unite, united
from sipdiag.findings import (
    ATTACKS,
    CAUSE,
    MOST_TWINS,
    Fault,
    Finding,
    Folding,
    beside,
    causes_in,
    is_open,
    joined,
    owners_in,
    place_of,
    refusals_in,
    shown_at,
)
from sipdiag.report import Words
from sipdiag.trace import Sighting, Trace

KEYS = ["time", "capture", "frame", "method"]
"""The columns that twins are looked for by."""
AT_A_TIME = 50
"""Refused requests that one process looks for the twins of."""
NEAREST = 40
"""So many requests that worked before and after one that did not are candidates for its twin."""
Near = tuple[int, int, int, int, int]
"""Time, capture and frame of a request that worked, its shard and its row there."""


def finish(run: Run, readable: Sequence[Outcome], agreed: Agreed, words: Words, wanted: Wanted, crew: Crew) -> None:
    """Write the table of findings, and that of streams."""

    def closest(failed: Mapping[int, Transaction]) -> dict[int, Twin | None]:
        return _closest(run, failed, crew)

    beside_shards, ways = _beneath(run, readable, agreed)
    _plan(run, beside_shards, ways, wanted, closest)
    for _ in crew.results(store, [(run, bucket) for bucket in range(run.buckets)]):
        pass
    for _ in crew.results(unite, [(run, shard) for shard in range(run.shards)]):
        pass

    def tell() -> None:
        put_rows(run.data / "findings" / "0.parquet", finding_rows(united(run), words), FINDINGS)

    buckets = range(run.buckets) if agreed.outlook.streams_elsewhere else range(0)
    for _ in crew.results(tabulate, [(run, bucket) for bucket in buckets], tell):
        pass
    streams = rows_in(run) if agreed.outlook.streams_elsewhere else iter(())
    put_rows(run.data / "streams" / "0.parquet", map(stream_told, streams), STREAMS)


def _left_by(run: Run, shard: int, what: int) -> Any:  # noqa: ANN401  (see `stages`)
    """What a judged shard left."""
    return object_in(run.folder / "judged" / f"{shard}", what)


def _beneath(run: Run, readable: Sequence[Outcome], agreed: Agreed) -> tuple[list[Finding], dict[Place, set[str]]]:
    """The findings that no shard has: on captures, hosts, faults and wholes; and the ways that were told with them."""
    faults: dict[tuple[str, str, str], Fault] = {}
    links: list[Link] = []
    for shard in range(run.shards):
        gist: Gist = _left_by(run, shard, GIST)
        links += gist.links
        for fault in gist.faults:
            known = faults.get(fault.about)
            faults[fault.about] = fault if known is None else joined([known, fault])
    captures, ways = on_traces(_traces(run, readable), _concerned(run), links, agreed.outlook)
    found = [*captures, *on_faults(faults.values(), agreed.outlook)]
    for part in range(run.parts):
        told: Told = object_in(run.folder / "told" / f"{part}")
        found += told.findings
        ways |= told.ways
    return sorted(found, key=lambda each: each.place), ways


def _plan(
    run: Run,
    findings: list[Finding],
    ways: Mapping[Place, set[str]],
    wanted: Wanted,
    closest: Callable[[Mapping[int, Transaction]], Mapping[int, Twin | None]],
) -> None:
    """Say how the findings of shards go together, and keep those that no shard has."""
    twins = _twins(run, findings, closest)
    findings = beside(findings, twins.pop(run.shards, {}))
    folding, findings = _folded(run, findings, ways)
    kept = wanted.of(findings)
    owners = [((kept[at].place, run.shards, at), kept[at]) for at in owners_in(kept)]
    keep_plan(run, Plan(folding=folding, twins=twins, wanted=wanted, owners=owners))
    brought: dict[int, list[tuple[Order, Finding]]] = {}
    for at, each in enumerate(findings):
        if each.call_id is not None and not _stays(each):
            shard = run.home_of(octets_of(each.call_id))
            brought.setdefault(shard, []).append(((each.place, run.shards, at), each))
    put_parts(run.folder / "brought" / "0", brought)
    own = [((each.place, run.shards, at), False, each) for at, each in enumerate(kept) if _stays(each)]
    put_all(run, run.shards, own)


def _stays(finding: Finding) -> bool:
    """Whether no shard has to do with a finding: it is on no call, or explains what befell calls."""
    return finding.call_id is None or finding.rule in ATTACKS


def _folded(run: Run, findings: list[Finding], ways: Mapping[Place, set[str]]) -> tuple[Folding | None, list[Finding]]:
    """What tells open findings, of which shards have most; and `findings` without those that are told so."""
    causes = causes_in(findings)
    if not causes:
        return None, findings
    folding = Folding(causes)
    own: list[Open] = [(at, each, ways.get(shown_at(each), set())) for at, each in enumerate(findings) if is_open(each)]

    def left_open() -> Iterator[tuple[Order, Finding, set[str]]]:
        for shard in range(run.shards + 1):
            for at, each, directions in own if shard == run.shards else _left_by(run, shard, OPEN):
                yield (each.place, shard, at), each, directions

    folding.weigh(directions for *_, directions in left_open())
    inside = {order[1:] for order, each, directions in left_open() if folding.takes(order, each, directions)}
    told = iter(folding.told())
    kept = [
        next(told) if each.rule == CAUSE else each for at, each in enumerate(findings) if (run.shards, at) not in inside
    ]
    return folding, [each for each in kept if each is not None]


def _twins(
    run: Run,
    findings: Sequence[Finding],
    closest: Callable[[Mapping[int, Transaction]], Mapping[int, Twin | None]],
) -> dict[int, dict[int, Twin]]:
    """The twins of refused requests, of the worst findings: shard → place of the finding there → twin."""
    places = refusals_in(findings)
    elsewhere = set(places.values())
    due: list[tuple[Order, Transaction | Place | None]] = [
        ((findings[at].place, run.shards, at), place) for at, place in places.items()
    ]
    refused: dict[Place, Transaction] = {}
    for shard in range(run.shards):
        mine: list[Refused] = _left_by(run, shard, REFUSED)
        due += [((each.place, shard, at), asked) for at, each, asked in mine]
        due = nsmallest(MOST_TWINS, due, key=itemgetter(0))
        refused |= {place_of(asked): asked for *_, asked in mine if asked is not None and place_of(asked) in elsewhere}
    known = [(at, refused.get(asked) if isinstance(asked, tuple) else asked) for (_, *at), asked in due]
    failed = {number: asked for number, (_, asked) in enumerate(known) if asked is not None}
    found: dict[int, dict[int, Twin]] = {}
    for number, twin in closest(failed).items():
        if twin is not None:
            shard, at = known[number][0]
            found.setdefault(shard, {})[at] = twin
    return found


def _traces(run: Run, readable: Sequence[Outcome]) -> Iterator[tuple[int, Trace]]:
    """The captures that rules on captures may have something to say of, whole."""
    for number, each in enumerate(readable):
        if each.gist is not None and each.gist.told_below:
            table = numbered_in(run, number, each.content, each.ahead)
            yield number, replace(told_in(run, number, each).trace, sightings=sightings_of(table))


def _concerned(run: Run) -> Iterator[Sighting]:
    for shard in range(run.shards):
        yield from sightings_of(table_in(run.folder / "concerned" / f"{shard}.parquet"))


def _closest(run: Run, failed: Mapping[int, Transaction], crew: Crew) -> dict[int, Twin | None]:
    """The twin of each refused request, some at a time."""
    refused = list(failed.items())
    parts = [(run, refused[at : at + AT_A_TIME]) for at in range(0, len(refused), AT_A_TIME)]
    return {index: twin for part in crew.results(paired, parts) for index, twin in part}


def paired(run: Run, failed: Sequence[tuple[int, Transaction]]) -> list[tuple[int, Twin | None]]:
    """The twins of some refused requests."""
    worked = Worked([run.folder / "worked" / f"{shard}.parquet" for shard in range(run.shards)])
    twins = Twins(worked.near([each for _, each in failed]))
    return [(index, twins.closest(each)) for index, each in failed]


class Worked:
    """The requests of all shards that were answered with a 2xx: what twins are looked for among."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def near(self, failed: Sequence[Transaction]) -> Iterator[Transaction]:
        """Those near one of `failed` with its method: so many before and after it as a twin is chosen of."""
        before: list[list[Near]] = [[] for _ in failed]
        after: list[list[Near]] = [[] for _ in failed]
        for shard, path in enumerate(self._paths):
            table = table_in(path, KEYS)
            places = list(zip(*(table[name].to_pylist() for name in KEYS), strict=True))
            for method in {each.method for each in failed}:
                asked = octets_of(method)
                mine = sorted((*place[:3], shard, row) for row, place in enumerate(places) if place[3] == asked)
                for number, each in enumerate(failed):
                    if each.method == method:
                        middle = bisect_left(mine, each.time, key=itemgetter(0))
                        near = [*before[number], *mine[max(middle - NEAREST, 0) : middle]]
                        before[number] = sorted(near)[-NEAREST:]
                        after[number] = sorted([*after[number], *mine[middle : middle + NEAREST]])[:NEAREST]
        yield from self._requests({near[3:] for each in (*before, *after) for near in each})

    def _requests(self, wanted: Iterable[tuple[int, int]]) -> Iterator[Transaction]:
        by_shard: dict[int, list[int]] = {}
        for shard, row in sorted(wanted):
            by_shard.setdefault(shard, []).append(row)
        for shard, mine in by_shard.items():
            table = table_in(self._paths[shard], NUMBERED.names).take(pa.array(mine, pa.int64()))
            yield from map(as_worked, sightings_of(table))
