"""The RTP streams of all captures and whose they are, in buckets: a shard reads those that its calls may have.

Collector  the streams of captures, by the buckets of their ways (from an endpoint, to an endpoint)
join       a bucket of ways → its streams, those that go on in the next capture joined
index      a bucket of endpoints → the streams that begin or end there, and when
tie        a shard → which streams may be of its calls
settle     a bucket of ways → what all shards together say of whose its streams are
own        a shard → what it tells of the streams of its calls
tabulate   a bucket of ways → the rows of its streams
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, count
from operator import itemgetter

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from sipdiag.calls import Settled, Ties, settled
from sipdiag.engine.files import object_in, part_in, put_object, put_parts
from sipdiag.engine.run import Run, in_buckets, put_slots, value_at
from sipdiag.findings import MediaWays, Passing, Scene, ways_together
from sipdiag.media import Stream
from sipdiag.report.document import StreamRow
from sipdiag.report.streams import stream_row
from sipdiag.trace import host, joined_streams

WAYS = ("destination", "return", "source")
"""What may tie a stream to a call, where several claim it."""
AT_A_TIME = 2000
"""Streams that are held until they are written."""
Order = tuple[int, int, int]
"""When a stream began, in which capture, which of it there: where it stands among all."""
Ref = tuple[int, int]
"""The bucket of a stream, and its place there."""
Refs = npt.NDArray[np.int64]
"""First and last time, bucket, place of some streams."""
Owned = dict[int, tuple[tuple[int, int, int], StreamRow]]
"""Number of a stream → since when the call goes on that it belongs to here, and what is told of it."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What all calls together say of one stream: see `Settled`."""

    tied: bool
    way: bool
    guessed: bool
    within: dict[str, int]


class Collector:
    """Takes the streams of captures, in their order."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._held: list[tuple[tuple[str, str], tuple[int, Stream]]] = []
        self._pieces = 0

    def add(self, capture: int, streams: Iterable[Stream]) -> None:
        """Add those of one capture."""
        for at, each in enumerate(streams):
            self._held.append(((each.source, each.destination), (at, replace(each, capture=capture))))
        if len(self._held) >= AT_A_TIME:
            self.finish()

    def finish(self) -> bool:
        """Write what is held; whether there was any stream at all."""
        if self._held:
            put_parts(self._run.folder / "streams" / f"{self._pieces}", in_buckets(self._run, self._held))
            self._held, self._pieces = [], self._pieces + 1
        return self._pieces > 0


def join(run: Run, bucket: int) -> None:
    """Join what belongs together of the streams of a bucket, and say where they begin and end."""
    done = run.folder / "passing" / f"{bucket}"
    if done.exists():
        return
    told = list(chain.from_iterable(run.told("streams", bucket)))
    places = {_name(stream): at for at, stream in told}
    streams = joined_streams([[stream for _, stream in told]])
    ordered = [((each.first_time, each.capture, places[_name(each)]), each) for each in streams]
    put_parts(run.folder / "joined-streams" / f"{bucket}", dict(enumerate(ordered)))
    ends: list[tuple[Hashable, tuple[Hashable, tuple[int, int, int, int]]]] = []
    for place, each in enumerate(streams):
        ref = each.first_time, each.last_time, bucket, place
        keys: list[Hashable] = [*dict.fromkeys((each.source, each.destination)), _hosts(each)]
        ends += [(key, (key, ref)) for key in (keys if each.is_convincing else keys[:-1])]
    put_parts(run.folder / "ends" / f"{bucket}", in_buckets(run, ends))
    passing: dict[tuple[str, str], tuple[Order, Passing]] = {}
    for order, each in ordered:
        if each.is_convincing:
            _pass(passing, (host(each.source), host(each.destination)), order, Passing(stream=each, count=1))
    put_object(done, passing)


def _name(stream: Stream) -> tuple[int, int, str, str, int]:
    return stream.capture, stream.first_frame, stream.source, stream.destination, stream.ssrc


def _hosts(stream: Stream) -> tuple[str, ...]:
    return tuple(sorted({host(stream.source), host(stream.destination)}))


def _pass(
    passing: dict[tuple[str, str], tuple[Order, Passing]], ends: tuple[str, str], order: Order, mine: Passing
) -> None:
    known = passing.get(ends)
    if known is not None:
        first = mine if order < known[0] else known[1]
        mine = Passing(stream=first.stream, count=mine.count + known[1].count)
        order = min(order, known[0])
    passing[ends] = order, mine


def media_ways_in(run: Run) -> MediaWays:
    """Between which hosts the streams of all buckets go."""
    passing: dict[tuple[str, str], tuple[Order, Passing]] = {}
    for bucket in range(run.buckets):
        for ends, (order, mine) in object_in(run.folder / "passing" / f"{bucket}").items():
            _pass(passing, ends, order, mine)
    ordered = sorted(passing.items(), key=lambda each: each[1][0])
    return ways_together({ends: mine for ends, (_, mine) in ordered})


def index(run: Run, bucket: int) -> None:
    """Put up which streams begin or end at the endpoints of a bucket, or go between hosts of it."""
    found: dict[Hashable, list[tuple[int, int, int, int]]] = {}
    for key, ref in chain.from_iterable(run.told("ends", bucket)):
        found.setdefault(key, []).append(ref)
    refs = {key: np.array(some, np.int64) for key, some in found.items()}
    put_slots(run, run.folder / "index" / f"{bucket}", refs)


def tie(run: Run, shard: int, scene: Scene) -> None:
    """Say which streams may be of the calls of a shard."""
    ends, hosts = scene.wanted_streams()
    refs: set[Ref] = set()
    for key, (begin, end) in chain(ends, ((tuple(sorted(pair)), span) for pair, span in hosts)):
        found: Refs | None = value_at(run, run.folder / "index", key)
        if found is not None:
            near = found[(found[:, 0] <= end) & (found[:, 1] >= begin)]
            refs.update(map(tuple, near[:, 2:].tolist()))
    streams = sorted((_stream_at(run, ref) for ref in refs), key=itemgetter(0))
    put_object(run.folder / "wanted" / f"{shard}", [ref for _, _, ref in streams])
    ties = replace(scene, streams=[stream for _, stream, _ in streams]).ties()
    put_parts(run.folder / "ties" / f"{shard}", _by_bucket(run, ties, [ref for _, _, ref in streams]))


def _stream_at(run: Run, ref: Ref) -> tuple[Order, Stream, Ref]:
    order, stream = part_in(run.folder / "joined-streams" / f"{ref[0]}", ref[1])
    return order, stream, ref


def _by_bucket(run: Run, ties: Ties, refs: Sequence[Ref]) -> dict[int, Ties]:
    """The ties of streams of each bucket, under their numbers there."""
    buckets = {bucket for bucket, _ in refs} | {run.bucket_of(way) for way in ties.ways}

    def of(bucket: int, numbers: Iterable[int]) -> frozenset[int]:
        return frozenset(refs[number][1] for number in numbers if refs[number][0] == bucket)

    return {
        bucket: Ties(
            by_end=of(bucket, ties.by_end),
            ways=frozenset(way for way in ties.ways if run.bucket_of(way) == bucket),
            back=of(bucket, ties.back),
            from_end=of(bucket, ties.from_end),
            guesses={refs[number][1]: some for number, some in ties.guesses.items() if refs[number][0] == bucket},
            distances={
                (by, refs[number][1]): some
                for (by, number), some in ties.distances.items()
                if refs[number][0] == bucket
            },
        )
        for bucket in buckets
    }


def settle(run: Run, bucket: int) -> None:
    """Say whose the streams of a bucket are."""
    streams = [stream for _, stream in _joined(run, bucket)]
    known = settled(run.told("ties", bucket), streams)
    words: dict[int, Word] = {}
    for number, stream in enumerate(streams):
        within = {by: known.within[by, number] for by in WAYS if (by, number) in known.within}
        way = (stream.source, stream.destination) in known.ways
        words[number] = Word(tied=number in known.tied, way=way, guessed=number in known.guessed, within=within)
    put_parts(run.folder / "words" / f"{bucket}", words)


def _joined(run: Run, bucket: int) -> Iterator[tuple[Order, Stream]]:
    path = run.folder / "joined-streams" / f"{bucket}"
    pieces = (part_in(path, number) for number in count()) if path.exists() else iter([None])
    return iter(lambda: next(pieces), None)


def streams_in(run: Run, shard: int) -> tuple[list[Stream], Settled, list[Ref]]:
    """The streams that calls of a shard may have, what all calls say of those, and what they are called elsewhere."""
    refs: list[Ref] = object_in(run.folder / "wanted" / f"{shard}")
    streams = [_stream_at(run, ref)[1] for ref in refs]
    words: list[Word] = [part_in(run.folder / "words" / f"{bucket}", place) for bucket, place in refs]
    told = list(zip(streams, words, strict=True))
    return (
        streams,
        Settled(
            tied=frozenset(number for number, word in enumerate(words) if word.tied),
            ways=frozenset((stream.source, stream.destination) for stream, word in told if word.way),
            guessed=frozenset(number for number, word in enumerate(words) if word.guessed),
            within={(by, number): near for number, word in enumerate(words) for by, near in word.within.items()},
        ),
        refs,
    )


def own(run: Run, shard: int, owned: Owned, refs: Sequence[Ref]) -> None:
    """Hand on what a shard tells of streams of its calls."""
    parts: dict[int, Owned] = {}
    for number, told in owned.items():
        bucket, place = refs[number]
        parts.setdefault(bucket, {})[place] = told
    put_parts(run.folder / "owned" / f"{shard}", parts)


def tabulate(run: Run, bucket: int) -> None:
    """Make the rows of the streams of a bucket; of several calls that have one the first has it."""
    owned: Owned = {}
    for mine in run.told("owned", bucket):
        for number, (begun, told) in mine.items():
            if number not in owned or begun < owned[number][0]:
                owned[number] = begun, told
    rows = [
        (order, owned[number][1] if number in owned else stream_row(stream, None))
        for number, (order, stream) in enumerate(_joined(run, bucket))
    ]
    run.keep_in_order("rows", bucket, sorted(rows, key=itemgetter(0)), run.buckets)


def rows_in(run: Run) -> Iterator[StreamRow]:
    """The rows of all streams, in the order in which they began."""
    return (told for _, told in run.in_order("rows", run.buckets))
