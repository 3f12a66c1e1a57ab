"""The last stage: everything that was found in one list, with its causes and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from sipdiag.calls import Transaction, Twin, Twins
from sipdiag.engine.columns import NUMBERED, numbered, octets_of, sightings_of
from sipdiag.engine.conclusion import Attacks, as_worked, finished, on_faults, on_traces
from sipdiag.engine.crew import Crew
from sipdiag.engine.files import object_in, put_table, table_in
from sipdiag.engine.reading import Outcome, reading_in
from sipdiag.engine.results import finding_table, stream_table
from sipdiag.engine.run import Run
from sipdiag.engine.stages import Agreed, Moment, Told, Verdict
from sipdiag.findings import Finding, Policy, attacker_of, grouped, taken, unfolded
from sipdiag.media import Stream
from sipdiag.report import Words
from sipdiag.report.document import StreamRow
from sipdiag.report.streams import stream_row
from sipdiag.trace import Sighting, Trace

KEYS = ["time", "capture", "frame", "method"]
"""The columns that twins are looked for by."""
AT_A_TIME = 50
"""Refused requests that one process looks for the twins of."""
NEAREST = 40
"""So many requests that worked before and after one that did not are candidates for its twin."""


class Wanted(NamedTuple):
    """Which findings are wanted, and how they are to be taken."""

    policy: Policy
    today: date
    select: frozenset[str]
    ignore: frozenset[str]

    def has(self, rule: str) -> bool:
        """Whether findings of a rule are wanted."""
        return rule not in self.ignore and (not self.select or rule in self.select)


def finish(run: Run, readable: Sequence[Outcome], agreed: Agreed, words: Words, wanted: Wanted, crew: Crew) -> None:
    """Write the table of findings, and that of streams."""
    verdicts: list[Verdict] = [object_in(run.folder / "judged" / f"{shard}") for shard in range(run.shards)]

    def put_streams() -> None:
        rows = list(_streams(agreed.outlook.streams, verdicts))
        put_table(run.data / "streams" / "0.parquet", stream_table(rows))

    def closest(failed: Mapping[int, Transaction]) -> dict[int, Twin | None]:
        return _closest(run, failed, crew, put_streams)

    found = found_in(run, readable, agreed, verdicts, wanted, closest)
    put_table(run.data / "findings" / "0.parquet", finding_table(found, words))


def _streams(streams: Sequence[Stream], verdicts: Sequence[Verdict]) -> Iterator[StreamRow]:
    """Every stream, with the call that it belongs to: of several the one that began first."""
    owned: dict[int, tuple[Moment, StreamRow]] = {}
    for verdict in verdicts:
        for number, (begun, row) in verdict.streams.items():
            if number not in owned or begun < owned[number][0]:
                owned[number] = begun, row
    for number, stream in enumerate(streams):
        yield owned[number][1] if number in owned else stream_row(stream, None)


def found_in(
    run: Run,
    readable: Sequence[Outcome],
    agreed: Agreed,
    verdicts: Sequence[Verdict],
    wanted: Wanted,
    closest: Callable[[Mapping[int, Transaction]], Mapping[int, Twin | None]],
) -> list[Finding]:
    """All findings of an audit that are wanted."""
    told: list[Told] = [object_in(run.folder / "told" / f"{part}") for part in range(run.shards)]
    links = [link for each in verdicts for link in each.links]
    captures, ways = on_traces(_traces(run, readable), _concerned(run), links, agreed.outlook)
    for some in [*(each.ways for each in verdicts), *(each.ways for each in told)]:
        ways |= some
    circles = {call_id: calls for each in verdicts for call_id, calls in each.circles.items()}
    attacks: Attacks = {key: calls for each in told for key, calls in each.attacks.items()}
    found = finished(
        [
            *(finding for each in verdicts for finding in each.findings),
            *captures,
            *on_faults((fault for each in verdicts for fault in each.faults), agreed.outlook),
            *(finding for each in told for finding in each.findings),
        ],
        ways=ways,
        circles=circles,
        attacks=attacks,
        refused={place: each for verdict in verdicts for place, each in verdict.refused.items()},
        closest=closest,
    )
    kept = [each for each in taken(unfolded(found), wanted.policy, wanted.today) if wanted.has(each.rule)]
    return grouped(kept, circles, lambda attack: attacks.get((attack.rule, attacker_of(attack)), ()))


def _traces(run: Run, readable: Sequence[Outcome]) -> Iterator[tuple[int, Trace]]:
    """The captures that rules on captures may have something to say of, whole."""
    for number, each in enumerate(readable):
        if each.gist is not None and each.gist.told_below:
            table = numbered(table_in(run.read / f"{each.content}.parquet"), number, each.ahead)
            yield number, replace(reading_in(run.read, each).trace, sightings=sightings_of(table))


def _concerned(run: Run) -> Iterator[Sighting]:
    for shard in range(run.shards):
        yield from sightings_of(table_in(run.folder / "concerned" / f"{shard}.parquet"))


def _closest(
    run: Run, failed: Mapping[int, Transaction], crew: Crew, meanwhile: Callable[[], None]
) -> dict[int, Twin | None]:
    """The twin of each refused request, some at a time."""
    refused = list(failed.items())
    parts = [(run, refused[at : at + AT_A_TIME]) for at in range(0, len(refused), AT_A_TIME)]
    return {index: twin for part in crew.results(paired, parts, meanwhile) for index, twin in part}


def paired(run: Run, failed: Sequence[tuple[int, Transaction]]) -> list[tuple[int, Twin | None]]:
    """The twins of some refused requests."""
    worked = Worked([run.folder / "worked" / f"{shard}.parquet" for shard in range(run.shards)])
    twins = Twins(worked.near([each for _, each in failed]))
    return [(index, twins.closest(each)) for index, each in failed]


class Worked:
    """The requests of all shards that were answered with a 2xx: what twins are looked for among."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        tables = [table_in(path, KEYS) for path in paths]
        places = [
            table.append_column("shard", pa.array([shard] * len(table), pa.int32())).append_column(
                "row", pa.array(range(len(table)), pa.int64())
            )
            for shard, table in enumerate(tables)
        ]
        self._table = pa.concat_tables(places).sort_by([(name, "ascending") for name in ("time", "capture", "frame")])

    def near(self, failed: Sequence[Transaction]) -> Iterator[Transaction]:
        """Those near one of `failed` with its method: so many before and after it as a twin is chosen of."""
        times, methods = self._table["time"].to_numpy(), np.array(self._table["method"].to_pylist(), object)
        wanted: set[int] = set()
        for method in {each.method for each in failed}:
            rows = np.flatnonzero(methods == octets_of(method))
            for each in failed:
                if each.method == method:
                    middle = int(np.searchsorted(times[rows], each.time))
                    wanted.update(rows[max(middle - NEAREST, 0) : middle + NEAREST].tolist())
        places = self._table.take(pa.array(sorted(wanted), pa.int64())).select(["shard", "row"]).to_pydict()
        by_shard: dict[int, list[int]] = {}
        for shard, row in zip(places["shard"], places["row"], strict=True):
            by_shard.setdefault(shard, []).append(row)
        for shard, mine in by_shard.items():
            table = table_in(self._paths[shard], NUMBERED.names).take(pa.array(mine, pa.int64()))
            yield from map(as_worked, sightings_of(table))
