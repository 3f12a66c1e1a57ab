"""Where one run of an audit keeps what its stages leave, and which shard each Call-ID belongs to.

A shard is a part of the Call-IDs by hash. What ties calls of several shards together goes through buckets: a bucket is
what a few shards tell of some keys, again by hash, and small enough for one process.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from itertools import chain, count
from operator import itemgetter
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import numpy.typing as npt

from sipdiag.engine.files import becoming, part_in, put_parts

SHARDS_A_BUCKET = 16
"""Shards that share a bucket, at most."""
BUCKETS = 8
"""There are at least so many buckets where there are as many shards: enough for several processes at once."""
SHARDS_A_PART = 4
"""Shards that share a part of what is gathered of hosts and of what many calls show."""
AT_A_TIME = 8192
"""Items in memory while what all shards or buckets keep in order is merged; at least one of each."""
SIZE, KEYS, FIRST = 0, 1, 2
"""Parts of a file of slots: how many keys it has, which these are, and the first slot; there is a slot for each key."""
CALLS = "calls"
"""The kind of ties that says in which shard the call of a Call-ID is judged: see `Run.home_by`."""
Hashes = npt.NDArray[np.uint32]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Where one run of an audit keeps what its stages leave."""

    folder: Path
    """Where stages leave what later stages need."""
    data: Path
    """Where the result goes."""
    read: Path
    """Where the captures lie that were read, each under the name of its content."""
    shards: int
    together: int = msgspec.field(default_factory=lambda: SHARDS_A_BUCKET)
    """How many shards share a bucket."""

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return -(-self.shards // self.together)

    @property
    def parts(self) -> int:
        """Into how many parts goes what shards gather of hosts and of what many calls show."""
        return -(-self.shards // SHARDS_A_PART)

    def shards_in(self, bucket: int) -> range:
        """The shards of one bucket."""
        return range(bucket * self.together, min((bucket + 1) * self.together, self.shards))

    def bucket_of(self, key: object) -> int:
        """The bucket that a key falls into."""
        return crc32(repr(key).encode("utf-8", "surrogateescape")) % self.buckets

    def shard_of(self, call_id: bytes) -> int:
        """The shard that a Call-ID falls into."""
        return crc32(call_id) % self.shards

    def home_of(self, call_id: bytes) -> int:
        """The shard in which a Call-ID's call is judged: that of its first leg, once it is known what its legs are."""
        return self.home_by(CALLS, call_id) % self.shards

    def home_by(self, kind: str, name: bytes) -> int:
        """The number of the group that ties of this `kind` put a name in: all that are tied together have the same."""
        number = crc32(name)
        hashes, homes = _homes(self.folder / f"{kind}.npy")
        at = int(np.searchsorted(hashes, number))
        return int(homes[at]) if at < len(hashes) and hashes[at] == number else number

    def told(self, name: str, number: int) -> Iterator[Any]:
        """What all that wrote to the folder `name` told this bucket or shard, in their order."""
        for path in sorted((self.folder / name).glob("[0-9]*"), key=lambda each: int(each.name)):
            part = part_in(path, number)
            if part is not None:
                yield part

    def keep_in_order(self, name: str, number: int, told: Sequence[tuple[Any, ...]], tellers: int) -> None:
        """Keep what one of so many `tellers` tells, ascending, in pieces that are read one by one."""
        size = max(1, AT_A_TIME // tellers)
        pieces = {piece: told[piece * size : (piece + 1) * size] for piece in range(-(-len(told) // size))}
        put_parts(self.folder / name / f"{number}", pieces or {0: []})

    def in_order(self, name: str, tellers: int) -> Iterator[tuple[Any, ...]]:
        """What all tellers kept, ascending by the first item of each tuple; a few tuples of each teller in memory."""
        return merge(*(self._pieces(name, number) for number in range(tellers)), key=itemgetter(0))

    def _pieces(self, name: str, number: int) -> Iterator[tuple[Any, ...]]:
        path = self.folder / name / f"{number}"
        pieces = (part_in(path, piece) for piece in count())
        return chain.from_iterable(iter(lambda: next(pieces), None))


def bucketed(shards: int) -> int:
    """How many shards share a bucket where there are so many."""
    return max(1, min(SHARDS_A_BUCKET, shards // BUCKETS))


def put_slots(run: Run, path: Path, values: Mapping[Hashable, Any]) -> None:
    """Keep the values of some keys of a bucket, so that each can be read by itself; where there are any."""
    slots: dict[int, Any] = {}
    for key, value in values.items():
        slots.setdefault(_slot(run, key, len(values)), []).append((key, value))
    if slots:
        put_parts(path, {SIZE: len(values), KEYS: list(values), **slots})


def value_at(run: Run, folder: Path, key: Hashable) -> Any:  # noqa: ANN401  (whoever wrote it knows)
    """The value of a key in the file of its bucket in `folder`; None where there is none."""
    path = folder / f"{run.bucket_of(key)}"
    if not path.exists():
        return None
    known = part_in(path, _slot(run, key, part_in(path, SIZE))) or ()
    return next((value for name, value in known if name == key), None)


def keys_in(path: Path) -> list[Hashable]:
    """The keys of a bucket."""
    return part_in(path, KEYS) if path.exists() else []


def size_of(path: Path) -> int:
    """How many keys a bucket has."""
    return part_in(path, SIZE) if path.exists() else 0


def _slot(run: Run, key: Hashable, slots: int) -> int:
    return FIRST + crc32(repr(key).encode("utf-8", "surrogateescape")) // run.buckets % slots


def keep_homes(run: Run, ties: Iterable[bytes], kind: str = CALLS) -> bool:
    """Keep where all that is tied goes, given `ties` of two hashes each; whether a leg has to move to another shard.

    Two names with one hash go to one place, which does no harm: whether they belong together is asked there.
    """
    ends = np.frombuffer(b"".join(ties), np.uint32).reshape(-1, 2)
    hashes, places = np.unique(ends, return_inverse=True)
    first = _families(len(hashes), places.reshape(-1, 2))
    homes = hashes[first]
    with becoming(run.folder / f"{kind}.npy") as partial, partial.open("wb") as file:
        np.save(file, np.stack((hashes, homes)))
    return bool(np.any(hashes % run.shards != homes % run.shards))


def tie_of(one: str, other: str) -> bytes:
    """The hashes of two names that belong together."""
    return np.array([crc32(each.encode("utf-8", "surrogateescape")) for each in (one, other)], np.uint32).tobytes()


def _families(count: int, ties: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """For each of so many the first that it hangs together with."""
    first = np.arange(count)
    while True:
        before = first.copy()
        nearer = np.minimum(first[ties[:, 0]], first[ties[:, 1]])
        for side in (0, 1):
            np.minimum.at(first, before[ties[:, side]], nearer)
            np.minimum.at(first, ties[:, side], nearer)
        first = first[first]
        if np.array_equal(first, before):
            return first


@lru_cache(maxsize=2)
def _homes(path: Path) -> tuple[Hashes, Hashes]:
    """The names with a home of their own, by hash, and those homes: mapped, not read."""
    if not path.exists():
        return np.empty(0, np.uint32), np.empty(0, np.uint32)
    hashes, homes = np.load(path, mmap_mode="r")
    return hashes, homes


def in_buckets(run: Run, keyed: Iterable[tuple[object, Any]]) -> dict[int, list[Any]]:
    """Values by the buckets of their keys."""
    parts: dict[int, list[Any]] = {}
    for key, value in keyed:
        parts.setdefault(run.bucket_of(key), []).append(value)
    return parts


def flattened(parts: Iterable[Sequence[Any]]) -> list[Any]:
    """The values of several parts."""
    return [each for part in parts for each in part]
