"""Where one run of an audit keeps what its stages leave, and which shard each Call-ID belongs to.

A shard is a part of the Call-IDs by hash. What ties calls of several shards together goes through buckets: a bucket is
what a few shards tell of some keys, again by hash, and small enough for one process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import numpy.typing as npt

from sipdiag.engine.files import part_in, whole

SHARDS_A_BUCKET = 16
CALLS = "calls"
"""What Call-IDs have homes by."""
Hashes = npt.NDArray[np.uint32]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Where one run of an audit keeps what its stages leave."""

    folder: Path
    """Of the stages."""
    data: Path
    """Of the result."""
    read: Path
    """Of the captures that were read, by content."""
    shards: int

    @property
    def buckets(self) -> int:
        """Into how many parts goes what is told across shards."""
        return -(-self.shards // SHARDS_A_BUCKET)

    def bucket_of(self, key: object) -> int:
        """The bucket that a key falls into."""
        return crc32(repr(key).encode("utf-8", "surrogateescape")) % self.buckets

    def shard_of(self, call_id: bytes) -> int:
        """The shard that a Call-ID falls into."""
        return crc32(call_id) % self.shards

    def home_of(self, call_id: bytes) -> int:
        """The shard in which its call is judged: that of the first leg, once it is known which legs are one call."""
        return self.home_by(CALLS, call_id) % self.shards

    def home_by(self, kind: str, name: bytes) -> int:
        """The number of what a name is tied to: it is the same for all that are tied to each other."""
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


def keep_homes(run: Run, ties: Iterable[bytes], kind: str = CALLS) -> bool:
    """Keep where all that is tied goes, given `ties` of two hashes each; whether a leg has to move to another shard.

    Two names with one hash go to one place, which does no harm: whether they belong together is asked there.
    """
    ends = np.frombuffer(b"".join(ties), np.uint32).reshape(-1, 2)
    hashes, places = np.unique(ends, return_inverse=True)
    first = _families(len(hashes), places.reshape(-1, 2))
    homes = hashes[first]
    with whole(run.folder / f"{kind}.npy") as partial, partial.open("wb") as file:
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
