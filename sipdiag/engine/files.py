"""Files that are whole or not there at all: written beside their place and moved to it in one step.

What a stage leaves for the next is a pickle, read back only from a folder that this program made and by the same user;
what others are meant to read is Parquet and JSON.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sipdiag.errors import UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place to write to, which becomes `path` when all is written; nothing is left where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from writing to `folder` meanwhile; whoever is killed lets go of it.

    Raises `UsageError` when another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as lock:
        try:
            import fcntl  # noqa: PLC0415  (not everywhere)
        except ImportError:
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{folder}: another audit is at work there") from error
        yield


def tidy(folder: Path) -> None:
    """Clear what whoever was killed had only begun to write."""
    for each in folder.rglob(".*.part"):
        each.unlink(missing_ok=True)


def put_bytes(path: Path, data: bytes) -> None:
    """Write `path`, whole or not at all."""
    with whole(path) as partial:
        partial.write_bytes(data)


def put_object(path: Path, *values: object) -> None:
    """Write values for a later stage, one behind the other."""
    put_bytes(path, b"".join(pickle.dumps(each, protocol=5) for each in values))


def object_in(path: Path, place: int = 0) -> Any:  # noqa: ANN401  (whoever wrote it knows)
    """The value that an earlier stage wrote, or that which stands at a later place."""
    with path.open("rb") as file:
        for _ in range(place):
            pickle.load(file)  # noqa: S301  (of this program, in a folder of its own)
        return pickle.load(file)  # noqa: S301


def put_table(path: Path, table: pa.Table, *, compression: str = "snappy") -> None:
    """Write a table as Parquet."""
    with whole(path) as partial:
        pq.write_table(table, partial, compression=compression)


def table_in(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The table in a Parquet file, or some columns of it."""
    with pq.ParquetFile(path, memory_map=True) as file:  # `read_table` takes three times as long for a small one
        return file.read(columns, use_threads=False)
