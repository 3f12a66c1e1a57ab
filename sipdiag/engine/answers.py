"""Answers of the store to questions in SQL, as text, CSV and JSON; what packets said is escaped in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sipdiag.engine.store import store_in
from sipdiag.errors import UsageError
from sipdiag.report.escape import shown

AT_A_TIME = 1000
WIDEST = 60
"""Characters of a cell in text."""


def answer(target: Path, question: str, form: str) -> Iterator[str]:
    """Pieces of the answer; raises `UsageError` when the question is wrong."""
    import duckdb  # noqa: PLC0415  (only who asks needs it)

    with store_in(target) as store:
        try:
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
    text = "" if value is None else shown(str(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _csv(names: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    for chunk in chunks:
        writer.writerows([["" if value is None else _plain(value) for value in row] for row in chunk])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = shown(str(value))
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@" and text else text


def _json(names: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    """One object a row, a line each."""
    for chunk in chunks:
        for row in chunk:
            yield msgspec.json.encode(dict(zip(names, row, strict=True)), enc_hook=str).decode() + "\n"


_FORMS = {"text": _text, "csv": _csv, "json": _json}
FORMS = tuple(_FORMS)
