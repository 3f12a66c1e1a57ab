"""What rules ask about other calls by a key of which there are many, on disk: who asks reads the answer to one key.

offer      the answers of a shard, by the buckets of their keys
put_up     a bucket → the answers of all shards together, each in a slot of its own
Answers    those of all buckets, as a mapping
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from sipdiag.engine.files import put_parts
from sipdiag.engine.run import Run, keys_in, put_slots, size_of, value_at
from sipdiag.findings import Facts, merged

MANY = ("accepted", "lines", "owners", "renewed", "watched")
"""Pieces whose keys are as many as devices and accounts; those of the others are as many as hosts."""


def offer(run: Run, shard: int, facts: Mapping[str, Facts]) -> dict[str, Facts]:
    """Hand out what a shard answers; gives what stays."""
    parts: dict[int, dict[str, dict[Hashable, Any]]] = {}
    for name in MANY:
        for key, value in facts[name].items():
            parts.setdefault(run.bucket_of(key), {}).setdefault(name, {})[key] = value
    put_parts(run.folder / "answers" / f"{shard}", parts)
    return {name: {} if name in MANY else told for name, told in facts.items()}


def put_up(run: Run, bucket: int) -> bytes:
    """Put up the answers of a bucket; that ties nothing."""
    told = list(run.told("answers", bucket))
    for name in MANY:
        facts = merged(name, [part[name] for part in told if name in part])
        put_slots(run, run.folder / "facts" / name / f"{bucket}", facts)
    return b""


class Answers(Mapping[Any, Any]):
    """One piece as all shards together tell it."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self._folder = run, run.folder / "facts" / name

    def __getitem__(self, key: Hashable) -> Any:  # noqa: ANN401  (each piece has values of its own)
        found = value_at(self._run, self._folder, key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Any]:
        return (key for bucket in range(self._run.buckets) for key in keys_in(self._folder / f"{bucket}"))

    def __len__(self) -> int:
        return sum(size_of(self._folder / f"{bucket}") for bucket in range(self._run.buckets))


def answers_of(run: Run) -> dict[str, Facts]:
    """All such pieces."""
    return {name: Answers(run, name) for name in MANY}
