"""Answers of the store to questions in SQL, as text, CSV and JSON; what packets said is escaped in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sipdiag.engine.store import store_in
from sipdiag.errors import UsageError
from sipdiag.report.escape import shown, shown_in_json

AT_A_TIME = 1000
"""Rows that are fetched from the store at once; the first so many decide how wide columns are in text."""
WIDEST = 60
"""Characters of a cell in text."""


def answer(target: Path, question: str, form: str) -> Iterator[str]:
    """Pieces of the answer; raises `UsageError` when the question is wrong."""
    import duckdb  # noqa: PLC0415  (only who asks needs it)

    with store_in(target) as store:
        try:
            if not store.extract_statements(question):
                raise UsageError("--sql: no question is asked")
            asked = store.execute(question)
            names = [str(each[0]) for each in asked.description or ()]
            rows = iter(lambda: asked.fetchmany(AT_A_TIME), [])
            yield from _FORMS[form](names, rows)
        except duckdb.Error as error:
            raise UsageError(f"--sql: {' '.join(str(error).split())}") from error


def _text(names: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    """Columns as wide as the first rows ask for."""
    widths: list[int] = []
    for chunk in chunks:
        cells = [[_cell(value) for value in row] for row in chunk]
        if not widths:
            widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
            yield _line(names, widths)
        yield from (_line(row, widths) for row in cells)
    if not widths:
        yield _line(names, [len(name) for name in names])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n"


def _cell(value: object) -> str:
    text = shown(_told(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _csv(names: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    for chunk in chunks:
        writer.writerows([[_plain(value) for value in row] for row in chunk])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = shown(_told(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@" and text else text


def _told(value: object) -> str:
    """A value as text: times as everywhere in UTC."""
    if value is None:
        return ""
    return str(value) if not isinstance(value, datetime) else value.isoformat().replace("+00:00", "Z")


def _json(names: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    """One object a row, a line each; of columns with one name each has one of its own."""
    keys: list[str] = []
    for name in names:
        alike = (name, *(f"{name}_{number}" for number in range(2, len(names) + 1)))
        keys.append(next(each for each in alike if each not in keys and (each == name or each not in names)))
    for chunk in chunks:
        for row in chunk:
            yield shown_in_json(msgspec.json.encode(dict(zip(keys, row, strict=True)), enc_hook=str).decode()) + "\n"


_FORMS = {"text": _text, "csv": _csv, "json": _json}
