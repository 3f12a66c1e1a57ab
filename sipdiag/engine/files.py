"""Files that are whole or not there at all: written beside their place and moved to it in one step, for nobody else.

What a stage leaves for the next is a pickle, read back only from a folder that this program made and by the same user;
what others are meant to read is Parquet and JSON.
"""

from __future__ import annotations

import os
import pickle
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sipdiag.errors import UsageError
from sipdiag.report import written
from sipdiag.report.written import PRIVATE

JOURNAL, LOCK = "journal.jsonl", ".lock"
FOLDERS = ("data", "latest", "work")
OWN = frozenset({*FOLDERS, JOURNAL, LOCK, "audit.duckdb", "summary.html", "summary.json"})
"""What an audit writes to its folder."""
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
ROWS_A_GROUP = 1024
MARK, WORD = b"P", 8
"""What a file of parts begins with, so that no part stands at 0; bytes of a place."""


@contextmanager
def becoming(path: Path, *, public: bool = False) -> Iterator[Path]:
    """A place to write to, which becomes `path` when all is written; the folder is made where there is none.

    It is private unless it is `public`: an audit holds messages, credentials and all.
    """
    if public:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        private_folder(path.parent)
    with written.becoming(path, public=public) as partial:
        yield partial


def private_folder(folder: Path) -> None:
    """Make `folder`, and what leads to it, for nobody else to read; one that is there stays as it is."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def appended(path: Path) -> BinaryIO:
    """A file to write on to, which nobody else can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_LINK, PRIVATE), "ab")


def is_begun(folder: Path) -> bool:
    """Whether an audit has ever written to `folder`."""
    return any((folder / name).exists() for name in (JOURNAL, LOCK))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from writing to `folder` meanwhile; whoever is killed lets go of it.

    Raises `UsageError` when another process has it, or something in it has a name that an audit needs.
    """
    if not is_begun(folder):
        strange = next((name for name in sorted(OWN) if os.path.lexists(folder / name)), None)
        if strange is not None:
            raise UsageError(f"{folder}: holds {strange}, which is of no audit: name another folder")
    private_folder(folder)
    with appended(folder / LOCK) as lock:
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
    """Clear what whoever was killed had only begun to write; in the folder itself only what an audit writes there."""
    for name in OWN:
        for each in [*folder.glob(f".{name}.*part*"), *(folder / name).rglob(".*.part")]:
            each.unlink(missing_ok=True)


def put_bytes(path: Path, data: bytes) -> None:
    """Write `path`, whole or not at all."""
    with becoming(path) as partial:
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


def put_parts(path: Path, parts: Mapping[int, object]) -> None:
    """Write values for several readers, by number, in one file of which each reads its own; where there are any."""
    if not parts:
        return
    places = [0] * (max(parts) + 2)
    with becoming(path) as partial, partial.open("wb") as file:
        file.write(MARK)
        for number, value in parts.items():
            places[number] = file.tell()
            pickle.dump(value, file, protocol=5)
        places[-1] = file.tell()
        file.write(array("Q", places).tobytes())


def part_in(path: Path, number: int) -> Any:  # noqa: ANN401  (the same)
    """The value of one number; None where there is none. No more is read than that."""
    with path.open("rb") as file:
        end = file.seek(-WORD, os.SEEK_END)
        begin = int.from_bytes(file.read(WORD), sys.byteorder)
        if begin + WORD * number >= end:
            return None
        file.seek(begin + WORD * number)
        place = int.from_bytes(file.read(WORD), sys.byteorder)
        if not place:
            return None
        file.seek(place)
        return pickle.load(file)  # noqa: S301


def put_table(path: Path, table: pa.Table, *, compression: str = "snappy") -> None:
    """Write a table as Parquet."""
    with becoming(path) as partial:
        pq.write_table(table, partial, compression=compression)


def table_in(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The table in a Parquet file, or some columns of it."""
    with pq.ParquetFile(path, memory_map=True) as file:  # `read_table` takes three times as long for a small one
        return file.read(columns, use_threads=False)


def put_rows(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    """Write a table as Parquet row by row, a few of them in memory at a time."""
    with becoming(path) as partial, pq.ParquetWriter(partial, schema) as writer:
        rows = iter(rows)
        while group := list(islice(rows, ROWS_A_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def packed(table: pa.Table) -> bytes:
    """A table as bytes, to be one part of a file."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> pa.Table:
    """The table in such bytes."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()
