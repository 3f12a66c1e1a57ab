"""The stages between reading and the result, each a function of files that writes files: any process can run it.

    scatter   sightings of some captures → the shards that their Call-IDs fall into
    survey    a shard → what its calls tell that others need
    move      a bucket of shards → the legs of it that belong to a call in another shard
    carry     a shard → which streams may be of its calls
    judge     a shard → its findings, its rows, and what only all shards can show
    tell      one part of that → the findings on the whole and on hosts
    store     a bucket of shards → their rows of the result, where they are queried

A stage is done when its last file is there; one that was broken off is run again and writes the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from sipdiag.calls import Carriage, Correlation, Link, Transaction, correlate, moment, status
from sipdiag.engine import asking, carrying, kin, nat
from sipdiag.engine.columns import NUMBERED, in_time, octets_of, sightings_of
from sipdiag.engine.conclusion import Attacks, on_sources, on_wholes, ways_told
from sipdiag.engine.files import object_in, packed, put_object, put_parts, put_table, unpacked
from sipdiag.engine.judgement import Judgement, Place, judged
from sipdiag.engine.outlook import Outlook
from sipdiag.engine.results import call_table, registration_table, response_table
from sipdiag.engine.rotation import numbered_in
from sipdiag.engine.run import Run
from sipdiag.engine.survey import survey_of
from sipdiag.findings import Facts, Fault, Finding, Settings, is_open, refusals_in, shown_at
from sipdiag.report.streams import stream_row
from sipdiag.trace import Sighting


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """What all shards are told before they are judged."""

    outlook: Outlook
    """Each shard adds the streams and flows that its calls may have to do with."""


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """What a judged shard leaves for the end besides its findings."""

    calls: int
    findings: int
    """How many there are."""
    faults: list[Fault]
    links: list[Link]
    """What ties calls together that rules on captures ask about."""


GIST, FINDINGS, REFUSED, OPEN = range(4)
"""What a judged shard leaves, one behind the other: its gist; its findings in order, and its circles; the places of
those that may get a twin, each with its request; those that a missing direction left open."""
Refused = tuple[int, Finding, Transaction | None]
Open = tuple[int, Finding, set[str]]
"""Place among the findings of its shard, finding, and the ways that its messages went."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one part of what was gathered shows."""

    findings: list[Finding]
    ways: dict[Place, set[str]]


def scatter(run: Run, batch: int, captures: Sequence[tuple[int, str, int]]) -> None:
    """Divide the sightings of `captures`, each with its number, its content, and how far its clock is ahead."""
    done = run.folder / "shards" / f"{batch}"
    if done.exists():
        return
    tables = [numbered_in(run, number, content, ahead) for number, content, ahead in captures]
    whole = pa.concat_tables(tables) if tables else NUMBERED.empty_table()
    put_parts(done, {shard: packed(part) for shard, part in _divided(whole, run.shards, run.shard_of)})


def survey(run: Run, shard: int, settings: Settings, devices: frozenset[str]) -> bool:
    """Look at a shard for what others need of it; whether one of its legs may name another."""
    target = run.folder / "surveys" / f"{shard}"
    if not target.exists():
        found = survey_of(sightings_of(in_time(_tables(run, shard))), settings, devices)
        kin.offer(run, shard, found.legs)
        nat.offer(run, shard, found.behind, found.traffic)
        facts = asking.offer(run, shard, found.facts)
        put_object(target, facts)
    return (run.folder / "naming" / f"{shard}").exists()


def survey_in(run: Run, shard: int) -> dict[str, Facts]:
    """What a survey tells everybody."""
    found: dict[str, Facts] = object_in(run.folder / "surveys" / f"{shard}")
    return found


def move(run: Run, bucket: int) -> None:
    """Hand the legs of calls that belong to other shards than those of a bucket to those."""
    done = run.folder / "moved" / f"{bucket}.done"
    if done.exists():
        return
    parts: dict[int, list[bytes]] = {}
    for shard in run.shards_in(bucket):
        for table in [pa.concat_tables(tables)] if (tables := _tables(run, shard)) else []:
            for other, part in _divided(table, run.shards, run.home_of):
                if other != shard:
                    parts.setdefault(other, []).append(packed(part))
    put_parts(run.folder / "moves" / f"{bucket}", parts)
    put_object(done, None)


def carry(run: Run, shard: int) -> None:
    """Say which streams may be of the calls of a shard."""
    done = run.folder / "carried" / f"{shard}"
    if not done.exists():
        _, sightings, links = _whole_calls(run, shard)
        carrying.tie(run, shard, agreed_in(run).outlook.scene(correlate(sightings, links=links)))
        put_object(done, None)


def judge(run: Run, shard: int) -> tuple[int, int]:
    """Judge a shard, with the legs that came to it and without those that went; how many calls and findings it has."""
    done = run.folder / "judged" / f"{shard}"
    if done.exists():
        known: Gist = object_in(done, GIST)
        return known.calls, known.findings
    outlook = replace(agreed_in(run).outlook, flows=nat.flows_in(run, shard))
    refs: list[carrying.Ref] = []
    if outlook.streams_elsewhere:
        streams, settled, refs = carrying.streams_in(run, shard)
        outlook = replace(outlook, streams=streams, media_settled=settled)
    table, sightings, links = _whole_calls(run, shard)
    verdict, scene = judged(sightings, links, outlook)
    seen = scene.correlation
    tables = (call_table(seen.calls), response_table(seen.arrivals), registration_table(seen))
    put_object(run.folder / "tables" / f"{shard}", *map(packed, tables))
    _gather(run, shard, verdict)
    rows = {id(each): row for row, each in enumerate(sightings)}
    put_table(run.folder / "worked" / f"{shard}.parquet", _by_method(table, rows, verdict.worked))
    put_table(run.folder / "concerned" / f"{shard}.parquet", _rows_of(table, rows, verdict.concerned))
    if refs:
        carrying.own(run, shard, _owned(seen, scene.carriage), refs)
    _keep(done, verdict, seen, links)
    return len(seen.calls), len(verdict.findings)


def _keep(path: Path, verdict: Judgement, seen: Correlation, links: Sequence[Link]) -> None:
    """Write what is left for the end."""
    findings = sorted(verdict.findings, key=lambda each: each.place)
    refused = [(at, findings[at], verdict.refused.get(place)) for at, place in refusals_in(findings).items()]
    ways = ((at, each, verdict.ways.get(shown_at(each), set())) for at, each in enumerate(findings) if is_open(each))
    gist = Gist(
        calls=len(seen.calls),
        findings=len(findings),
        faults=verdict.faults,
        links=_links_of(verdict.concerned, links),
    )
    put_object(path, gist, (findings, verdict.circles), refused, list(ways))


def _whole_calls(run: Run, shard: int) -> tuple[pa.Table, list[Sighting], list[Link]]:
    """The sightings of a shard, with the legs that came to it and without those that went, and what ties them."""
    table = in_time([*_staying(run, shard), *_arrived(run, shard)])
    sightings = sightings_of(table)
    return table, sightings, kin.links_in(run, shard)


def _links_of(concerned: Iterable[Sighting], links: Sequence[Link]) -> list[Link]:
    """Those of `links` that tie calls of some messages together."""
    mine = {each.message.call_id for each in concerned}
    return [link for link in links if link.call_id in mine]


def _owned(seen: Correlation, carriage: Carriage) -> carrying.Owned:
    """Number of a stream → since when the call goes on that it belongs to here, and what is told of it."""
    begun = {call.number: moment(call.opening) for call in seen.calls}
    return {
        number: (begun[call], stream_row(carriage.streams[number], carried))
        for number, (call, carried) in carriage.owners.items()
    }


def tell(run: Run, part: int) -> None:
    """Tell what all shards gathered in one part."""
    done = run.folder / "told" / f"{part}"
    if done.exists():
        return
    outlook = agreed_in(run).outlook
    shares: dict[str, dict[Any, list[Any]]] = {}
    asked: dict[str, list[list[Transaction]]] = {}
    for gathered, sources in run.told("gathered", part):
        for name, about, share in gathered:
            shares.setdefault(name, {}).setdefault(about, []).append(share)
        for host, mine in sources.items():
            asked.setdefault(host, []).append(mine)
    wholes = list(on_wholes(shares, outlook))
    hosts, attacks = on_sources(asked, outlook)
    _attribute(run, part, attacks)
    put_object(done, Told(findings=[*wholes, *hosts], ways=ways_told([*wholes, *hosts])))


def store(run: Run, bucket: int) -> None:
    """Write the rows of the shards of a bucket where people query them: few files are opened faster than many."""
    for place, name in enumerate(("calls", "responses", "registrations")):
        path = run.data / name / f"{bucket}.parquet"
        if not path.exists():
            paths = (run.folder / "tables" / f"{shard}" for shard in run.shards_in(bucket))
            put_table(path, pa.concat_tables([unpacked(object_in(each, place)) for each in paths]), compression="zstd")


def _attribute(run: Run, part: int, attacks: Attacks) -> None:
    """Tell each shard which of its calls were attacked, by rule and host."""
    parts: dict[int, list[tuple[tuple[str, str], list[str]]]] = {}
    for name, call_ids in attacks.items():
        mine: dict[int, list[str]] = {}
        for call_id in call_ids:
            mine.setdefault(run.home_of(octets_of(call_id)), []).append(call_id)
        for shard, some in mine.items():
            parts.setdefault(shard, []).append((name, some))
    put_parts(run.folder / "attacked" / f"{part}", parts)


def keep_agreed(run: Run, agreed: Agreed) -> None:
    """Write what all shards are told."""
    put_object(run.folder / "agreed", agreed)


@lru_cache(maxsize=1)
def agreed_in(run: Run) -> Agreed:
    """What all shards were told; read once in each process."""
    found: Agreed = object_in(run.folder / "agreed")
    return replace(found, outlook=replace(found.outlook, facts=found.outlook.facts | asking.answers_of(run)))


def _tables(run: Run, shard: int) -> list[pa.Table]:
    return [unpacked(each) for each in run.told("shards", shard)]


def _arrived(run: Run, shard: int) -> list[pa.Table]:
    return [unpacked(each) for parts in run.told("moves", shard) for each in parts]


def _staying(run: Run, shard: int) -> list[pa.Table]:
    """The sightings of a shard without those that went to another."""
    if not (run.folder / "moved").exists():
        return _tables(run, shard)
    staying = []
    for table in _tables(run, shard):
        encoded, names = _call_ids(table)
        stays = np.array([run.home_of(name) == shard for name in names], np.bool_)
        staying.append(table.filter(pa.array(stays[encoded])) if len(names) else table)
    return staying


def _call_ids(table: pa.Table) -> tuple[Any, list[bytes]]:
    """For each row the number of its Call-ID, and the Call-IDs by number."""
    encoded = table["call_id"].combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def _divided(table: pa.Table, shards: int, shard_of: Any) -> Iterable[tuple[int, pa.Table]]:  # noqa: ANN401
    """The rows of each shard."""
    if not len(table):
        return
    encoded, names = _call_ids(table)
    goes = np.array([shard_of(name) for name in names], np.int32)[encoded]
    order = np.argsort(goes, kind="stable")
    ordered, edges = table.take(pa.array(order)), np.searchsorted(goes[order], np.arange(shards + 1))
    for shard in range(shards):
        begin, end = int(edges[shard]), int(edges[shard + 1])
        if end > begin:
            yield shard, ordered.slice(begin, end - begin)


def _gather(run: Run, shard: int, verdict: Judgement) -> None:
    """Divide what was gathered by what it is about, so that all shards' parts of one thing lie together."""
    parts: dict[int, tuple[list[tuple[str, Any, Any]], dict[str, list[Transaction]]]] = {}
    for name, shares in verdict.shares.items():
        for about, share in shares.items():
            part = crc32(repr((name, about)).encode("utf-8", "surrogateescape")) % run.parts
            parts.setdefault(part, ([], {}))[0].append((name, about, share))
    for host, asked in verdict.sources.items():
        part = crc32(host.encode()) % run.parts
        parts.setdefault(part, ([], {}))[1][host] = [_slim(each) for each in asked]
    put_parts(run.folder / "gathered" / f"{shard}", parts)


def _slim(each: Transaction) -> Transaction:
    """A request with what became of it, without bodies and repeats: what rules on hosts look at."""
    request, final = each.request, each.final
    heard = [_bare(response) for response in each.responses[:1]] if final is None else [_bare(final)]
    return Transaction(
        method=each.method,
        call_id=each.call_id,
        cseq=each.cseq,
        branch=each.branch,
        request=None if request is None else _bare(request),
        responses=heard,
        final=None if final is None else heard[0],
        answers=heard if final is not None and status(final) < 300 else [],
    )


def _bare(seen: Sighting) -> Sighting:
    return replace(seen, message=replace(seen.message, body=b"")) if seen.message.body else seen


def _rows_of(table: pa.Table, rows: Mapping[int, int], seen: Iterable[Sighting]) -> pa.Table:
    """The rows of some sightings, in their order."""
    return table.take(pa.array(sorted({rows[id(each)] for each in seen}), pa.int64()))


def _by_method(table: pa.Table, rows: Mapping[int, int], worked: Iterable[Sighting]) -> pa.Table:
    """Requests that worked, with their methods: what twins are looked for among."""
    methods = {rows[id(each)]: each.message.cseq_method for each in worked}
    found = table.take(pa.array(sorted(methods), pa.int64()))
    return found.append_column("method", pa.array([octets_of(methods[row]) for row in sorted(methods)], pa.binary()))
