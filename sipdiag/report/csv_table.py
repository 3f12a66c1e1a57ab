"""CSV (RFC 4180): one table a file, with the columns of the JSON document's rows.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; lists are told with blanks between.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.report import document as doc
from sipdiag.report.escape import shown
from sipdiag.report.rows import parts_of
from sipdiag.report.texts import Texts
from sipdiag.report.words import Words

TABLES: dict[str, type[doc.Row]] = {
    "calls": doc.CallRow,
    "responses": doc.ResponseRow,
    "requests": doc.RequestRow,
    "registrations": doc.RegistrationRow,
    "subscriptions": doc.SubscriptionRow,
    "streams": doc.StreamRow,
    "findings": doc.FindingRow,
    "peers": doc.PeerRow,
}
"""Name → what its rows are; the first is the default."""
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a formula begins with, in the spreadsheets in use."""


def pieces(analysis: Analysis, words: Words, table: str = "calls") -> Iterator[str]:
    """The table, a line at a time; the first line names the columns."""
    return assembled(parts_of(analysis, words), table)


def assembled(parts: Iterable[tuple[str, Any]], table: str) -> Iterator[str]:
    """The table from a document given part by part; its rows, or lines already."""
    yield from _written([_columns(table)])
    part = next(part for name, part in parts if name == table)
    yield from part if isinstance(part, Texts) else texts(part, table)


def texts(rows: Iterable[Any], part: str) -> Iterator[str]:
    """The lines of the rows of a table."""
    fields = _columns(part)
    told = (msgspec.to_builtins(row) for row in rows)
    return _written([_cell(row[field]) for field in fields] for row in told)


def _columns(table: str) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(TABLES[table])]


def _written(lines: Iterable[list[str]]) -> Iterator[str]:
    line = StringIO(newline="")
    writer = csv.writer(line)
    for cells in lines:
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cell(value: Any) -> str:  # noqa: ANN401  (whatever JSON has)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _harmless(shown(value))
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return _harmless(" ".join(shown(str(each)) for each in value))
    return shown(msgspec.json.encode(value).decode()) if value else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip()[:1] in FORMULA and text.strip() else text
