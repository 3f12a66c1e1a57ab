"""The whole of an audit, stage by stage; what is done already is not done again."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from sipdiag import __version__
from sipdiag.engine import asking, carrying, kin, nat
from sipdiag.engine.clocks import offsets_of
from sipdiag.engine.closing import finish
from sipdiag.engine.crew import Crew
from sipdiag.engine.files import JOURNAL, alone_in, private_folder, put_bytes, put_table, tidy
from sipdiag.engine.journal import Journal
from sipdiag.engine.merging import Beneath, agree, beneath_of
from sipdiag.engine.outlook import Outlook
from sipdiag.engine.places import Place
from sipdiag.engine.reading import FORMAT, How, Outcome, known, marks_in, outcomes_of
from sipdiag.engine.results import SCHEMA, capture_table
from sipdiag.engine.rotation import joined
from sipdiag.engine.run import BUCKETS, SHARDS_A_BUCKET, Run, bucketed, keep_homes
from sipdiag.engine.stages import Agreed, carry, judge, keep_agreed, move, scatter, survey, tell
from sipdiag.engine.store import is_whole, publish
from sipdiag.engine.uniting import Wanted
from sipdiag.findings import Policy, Settings
from sipdiag.report import Words
from sipdiag.trace import WORTH_IT, Trace, corrected

MESSAGES_A_SHARD = 5_000
"""What a worker holds in memory at a time: some 50 MB."""
SMALL = 8 << 20
FEW = 16
"""Small captures, below `SMALL` bytes each, are read in bundles: of at most so many bytes, and so many captures."""
SHARE = 64
"""A bundle is no more than this part of what is left: the last are small, so that all processes end together."""
_OURS = re.compile(r"[0-9a-f]{20}|[0-9a-f]{32}-[0-9a-f]{8}|sums")
"""Names of what an audit keeps of a run, of a capture, and in passing: nothing else is ever cleared."""
MESSAGES_A_BATCH = 20_000
CAPTURES_A_BATCH = 64
"""Captures are divided among the shards in batches: of at most so many captures; one ends at so many messages."""


class Progress(Protocol):
    """Is told how far an audit is."""

    def begin(self, stage: str, total: int) -> None:
        """A stage of so many steps begins."""

    def step(self, *, octets: int = 0, messages: int = 0, calls: int = 0, findings: int = 0) -> None:
        """Another step is done, with so many bytes, messages, calls and findings."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be audited, and how."""

    places: list[Place]
    target: Path
    """The folder of the result."""
    settings: Settings
    policy: Policy
    today: date
    how: How = How()
    select: frozenset[str] = frozenset()
    """Rules whose findings are wanted; all where none is named."""
    ignore: frozenset[str] = frozenset()
    knowledge: tuple[str, ...] = ()
    """Folders of entries of one's own, in whose words it is told."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an audit."""

    data: Path
    """The folder of the tables."""
    unreadable: list[Outcome]
    captures: int
    fresh: int
    """How many of the captures were read this time."""


def audit(order: Order, words: Words, crew: Crew, progress: Progress) -> Report:
    """Audit: read what is new, judge, and publish the result in one step."""
    with alone_in(order.target):
        try:
            return _audit(_found_from_anywhere(order), words, crew, progress)
        except BaseException:
            crew.abandon()  # before somebody else may write here
            tidy(order.target)
            raise


def _found_from_anywhere(order: Order) -> Order:
    """The same with paths that mean it wherever a worker runs; captures keep their names: see `outcomes_of`."""
    engine = order.how.engine
    if engine.keylog:
        engine = replace(engine, keylog=str(Path(engine.keylog).absolute()))
    return replace(order, target=order.target.absolute(), how=replace(order.how, engine=engine))


def _audit(order: Order, words: Words, crew: Crew, progress: Progress) -> Report:
    read = order.target / "work" / "read"
    private_folder(read)
    outcomes, fresh = _outcomes(order, read, crew, progress)
    readable, rows = _numbered(outcomes)
    key = _key(order, words, [each.content for each in readable], rows)
    data = order.target / "data" / key
    if not is_whole(data):
        shards = max(1, -(-sum(map(_messages, readable)) // MESSAGES_A_SHARD))
        folder = order.target / "work" / key
        run = Run(folder=folder, data=data, read=read, shards=shards, together=bucketed(shards))
        _sweep(order.target / "work", {"read", key})
        readable = joined(run, _aligned(readable, read, run.folder / "clocks"))
        rows = [(number, readable[number] if state == "read" else each, state) for number, each, state in rows]
        agreed = _judge(order, run, readable, crew, progress)
        progress.begin("closing", 1)
        finish(run, readable, agreed, words, Wanted(order.policy, order.today, order.select, order.ignore), crew)
        put_table(data / "captures" / "0.parquet", capture_table(rows))
        put_bytes(data / "complete", SCHEMA.encode())
        progress.step()
    publish(order.target, data)
    _sweep(order.target / "work", {"read"})
    _sweep(order.target / "data", {key})
    _forget(read, {each.content for each in readable})
    tidy(order.target)
    return Report(data=data, unreadable=[each for each in outcomes if each.reason], captures=len(outcomes), fresh=fresh)


def _outcomes(order: Order, read: Path, crew: Crew, progress: Progress) -> tuple[list[Outcome], int]:
    """What came of reading each capture, now or before; and how many are new."""
    mark = order.how.mark
    journal = Journal(order.target / JOURNAL)
    progress.begin("reading", len(order.places))
    outcomes: list[Outcome] = []
    fresh: list[Place] = []
    for place in order.places:
        content = journal.content(place)
        gist = known(read, content) if content.endswith(mark) else None
        if gist is None:
            fresh.append(place)
        else:
            outcomes.append(Outcome(place=place, content=content, gist=gist))
            progress.step(octets=place.size, messages=gist.messages)
    for bundle in crew.results(outcomes_of, list(_tasks(fresh, read, order.how, crew.hands))):
        journal.add((each.place, each.content) for each in bundle if each.content)
        outcomes += bundle
        for each in bundle:
            progress.step(octets=each.place.size, messages=_messages(each))
    return sorted(outcomes, key=lambda each: each.place.path), len(fresh)


def _tasks(
    fresh: Sequence[Place], read: Path, how: How, hands: int
) -> Iterator[tuple[list[Place], Path, How, Path, bool]]:
    """Bundles of captures, the large ones first, which are read in parts if the others would be done long before."""
    total, home = sum(place.size for place in fresh), Path.cwd()
    for place in sorted((each for each in fresh if each.size >= SMALL), key=lambda each: -each.size):
        yield [place], read, how, home, place.size * hands > total
    yield from ((bundle, read, how, home, False) for bundle in _bundles([each for each in fresh if each.size < SMALL]))


def _bundles(places: Sequence[Place]) -> Iterator[list[Place]]:
    bundle: list[Place] = []
    octets, left = 0, sum(place.size for place in places)
    for number, place in enumerate(places):
        bundle.append(place)
        octets += place.size
        if len(bundle) >= min(FEW, 1 + (len(places) - number) // SHARE) or octets >= min(SMALL, left // SHARE):
            yield bundle
            bundle, left, octets = [], left - octets, 0
    if bundle:
        yield bundle


def _numbered(outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[tuple[int, Outcome, str]]]:
    """The captures that are judged, by number, each content once; and all with their numbers and states."""
    first: dict[str, Outcome] = {}
    rows: list[tuple[int, Outcome, str]] = []
    for each in outcomes:
        if each.gist is not None and each.content not in first:
            facts = replace(each.gist.facts, path=each.place.name)
            first[each.content] = replace(each, gist=replace(each.gist, facts=facts))
    readable = sorted(first.values(), key=_begin)
    numbers = {each.content: number for number, each in enumerate(readable)}
    for each in outcomes:
        if each.gist is None:
            rows.append((-1, each, "unreadable"))
        else:
            same = first[each.content].place != each.place
            rows.append((numbers[each.content], each, "duplicate" if same else "read"))
    return readable, sorted(rows, key=lambda row: (row[2] == "unreadable", row[0], row[1].place.path))


def _aligned(readable: Sequence[Outcome], read: Path, folder: Path) -> list[Outcome]:
    """The captures with their clocks made one, as far as they saw the same."""
    if len(readable) < 2:
        return list(readable)
    order = sorted(range(len(readable)), key=lambda index: (_begin(readable[index])[0], readable[index].place.path))
    offsets = offsets_of(len(readable), lambda index: marks_in(read, readable[index]), order, folder)
    first = readable[order[0]].place.name
    return [
        each if abs(ahead) < WORTH_IT else _corrected(each, ahead, first)
        for each, ahead in zip(readable, offsets, strict=True)
    ]


def _corrected(outcome: Outcome, ahead: int, reference: str) -> Outcome:
    assert outcome.gist is not None, "only what was read has a clock"  # noqa: S101
    trace = corrected(Trace(facts=outcome.gist.facts, sightings=[], connections=[]), ahead, reference)
    gist = replace(outcome.gist, facts=trace.facts, told_below=True)
    return replace(outcome, ahead=ahead, reference=reference, gist=gist)


def _begin(outcome: Outcome) -> tuple[int, str]:
    """Captures are numbered in the order of time, whatever they are called."""
    first = None if outcome.gist is None else outcome.gist.facts.first_time
    return first or 0, outcome.content


def _messages(outcome: Outcome) -> int:
    return 0 if outcome.gist is None else outcome.gist.messages


def _key(order: Order, words: Words, contents: list[str], rows: list[tuple[int, Outcome, str]]) -> str:
    """What the result depends on: with the same key it is the same."""
    until = [each.until for each in order.policy.silences if each.until is not None]
    told = (
        (
            FORMAT,
            SCHEMA,
            __version__,
            MESSAGES_A_SHARD,
            (SHARDS_A_BUCKET, BUCKETS),
            words.catalogue.language,
            order.knowledge,
            repr(order.settings),
        ),
        (sorted(order.select), sorted(order.ignore), repr(order.policy), order.today.isoformat() if until else ""),
        contents,
        [(number, outcome.place.name, outcome.reason, state) for number, outcome, state in rows],
    )
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()


def _judge(order: Order, run: Run, readable: Sequence[Outcome], crew: Crew, progress: Progress) -> Agreed:
    """All stages between reading and closing; gives what all shards were told."""
    shards = [(run, shard) for shard in range(run.shards)]
    buckets = [(run, bucket) for bucket in range(run.buckets)]
    beneath, naming = _surveyed(order, run, readable, crew, progress)
    if beneath.streams:
        _all(carrying.join, buckets, crew)
        _all(carrying.index, buckets, crew)
    agreed = agree(run, beneath, order.settings)
    keep_agreed(run, agreed)
    if _tied(run, agreed.outlook, crew, progress, naming=naming):
        progress.begin("moving", run.buckets)
        _all(move, buckets, crew, progress)
    if beneath.streams:
        progress.begin("carrying", run.shards)
        _all(carry, shards, crew, progress)
        _all(carrying.settle, buckets, crew)
    progress.begin("judging", run.shards)
    for calls, findings in crew.results(judge, shards):
        progress.step(calls=calls, findings=findings)
    progress.begin("telling", run.parts)
    _all(tell, [(run, part) for part in range(run.parts)], crew, progress)
    return agreed


def _all(
    task: Callable[..., object], given: Iterable[tuple[Any, ...]], crew: Crew, progress: Progress | None = None
) -> None:
    """Let a task be done for all that is given; each is a step, if there is a `progress` to tell."""
    for _ in crew.results(task, given):
        if progress is not None:
            progress.step()


def _surveyed(
    order: Order, run: Run, readable: Sequence[Outcome], crew: Crew, progress: Progress
) -> tuple[Beneath, bool]:
    """Divide and survey: gives what captures show besides their messages, and whether a leg may name another."""
    batches = list(_batches(readable))
    progress.begin("dividing", len(batches))
    found: list[Beneath] = []
    tasks = [(run, number, batch) for number, batch in enumerate(batches)]
    for _ in crew.results(scatter, tasks, lambda: found.append(beneath_of(run, readable))):
        progress.step()
    progress.begin("surveying", run.shards)
    naming = False
    surveys = [(run, shard, order.settings, found[0].devices) for shard in range(run.shards)]
    for named in crew.results(survey, surveys):
        naming = naming or named
        progress.step()
    return found[0], naming


def _tied(run: Run, outlook: Outlook, crew: Crew, progress: Progress, *, naming: bool) -> bool:
    """Find out which calls are legs of one; whether some have to move to another shard for that."""
    buckets = [(run, bucket) for bucket in range(run.buckets)]
    guessing = [kin.guess] if outlook.settings.guess_legs else []
    steps = [asking.put_up, *([kin.name] if naming else []), kin.tie, *guessing]
    progress.begin("tying", len(buckets) * len(steps) + 1)
    ties: list[bytes] = []
    for step in steps:
        for found in crew.results(step, buckets):
            ties.append(found)
            progress.step()
    moving = keep_homes(run, ties)
    if any(ties):
        _all(kin.share, [(run, number) for number in range(2 * run.buckets)], crew)
    if devices := nat.ties_in(run):
        keep_homes(run, devices, nat.DEVICES)
    if (run.folder / "behind").exists():
        _all(nat.route, [(run, shard) for shard in range(run.shards)], crew)
        _all(nat.find, [(*each, outlook.window) for each in buckets], crew)
    progress.step()
    return moving


def _batches(readable: Sequence[Outcome]) -> Iterator[list[tuple[int, str, int]]]:
    """Captures that are divided at a time: number, content, and how far the clock is ahead."""
    batch: list[tuple[int, str, int]] = []
    messages = 0
    for number, each in enumerate(readable):
        batch.append((number, each.content, each.ahead))
        messages += _messages(each)
        if len(batch) >= CAPTURES_A_BATCH or messages >= MESSAGES_A_BATCH:
            yield batch
            batch, messages = [], 0
    if batch:
        yield batch


def _forget(read: Path, contents: set[str]) -> None:
    """Clear what was read of captures that are gone."""
    for each in read.iterdir():
        if each.stem not in contents and _OURS.fullmatch(each.stem):
            each.unlink(missing_ok=True)


def _sweep(folder: Path, keep: set[str]) -> None:
    """Clear what earlier runs left."""
    for each in folder.iterdir() if folder.exists() else ():
        if each.name not in keep and _OURS.fullmatch(each.name):
            shutil.rmtree(each, ignore_errors=True)
