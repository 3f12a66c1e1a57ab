"""What rules ask about other calls by a key of which there are many, on disk: who asks reads the answer to one key.

offer      the answers of a shard, by the buckets of their keys
put_up     a bucket → the answers of all shards together, each in a slot of its own
Answers    those of all buckets, as a mapping
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any
from zlib import crc32

from sipdiag.engine.files import part_in, put_parts
from sipdiag.engine.run import Run
from sipdiag.findings import Facts, merged

MANY = ("accepted", "lines", "owners", "renewed", "watched")
"""Pieces whose keys are as many as devices and accounts; those of the others are as many as hosts."""
SIZE, KEYS, FIRST = 0, 1, 2
"""The parts that say how many keys a bucket has, and which; the first of the slots, of which there are as many."""


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
        slots: dict[int, list[tuple[Hashable, Any]]] = {}
        for key, value in facts.items():
            slots.setdefault(_slot(run, key, len(facts)), []).append((key, value))
        if slots:
            put_parts(run.folder / "facts" / name / f"{bucket}", {SIZE: len(facts), KEYS: list(facts), **slots})
    return b""


def _slot(run: Run, key: Hashable, slots: int) -> int:
    return FIRST + crc32(repr(key).encode("utf-8", "surrogateescape")) // run.buckets % slots


class Answers(Mapping[Any, Any]):
    """One piece as all shards together tell it."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self._folder = run, run.folder / "facts" / name
        paths = ((bucket, self._folder / f"{bucket}") for bucket in range(run.buckets))
        self._slots = {bucket: part_in(path, SIZE) for bucket, path in paths if path.exists()}

    def __getitem__(self, key: Hashable) -> Any:  # noqa: ANN401  (each piece has values of its own)
        bucket = self._run.bucket_of(key)
        if bucket not in self._slots:
            raise KeyError(key)
        slot = _slot(self._run, key, self._slots[bucket])
        for known, value in part_in(self._folder / f"{bucket}", slot) or ():
            if known == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return (key for bucket in self._slots for key in part_in(self._folder / f"{bucket}", KEYS))

    def __len__(self) -> int:
        return sum(self._slots.values())


def answers_of(run: Run) -> dict[str, Facts]:
    """All such pieces."""
    return {name: Answers(run, name) for name in MANY}
