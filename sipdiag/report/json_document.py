"""The JSON document, written piece by piece: what was written need not be held any more (RFC 8259).

It is indented by two, but for the rows of messages: of these each is a line, as in a table, which many are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.report.escape import shown_in_json
from sipdiag.report.rows import parts_of
from sipdiag.report.texts import Texts
from sipdiag.report.words import Words

MESSAGES = frozenset({"responses", "requests"})
"""The lists whose rows take one line each."""
ROWS = 1_000
"""Rows that are encoded at once: enough that calling the encoder costs nothing, too few to matter in memory."""


def pieces(analysis: Analysis, words: Words) -> Iterator[str]:
    """The document, indented so that people can read it too, with a line end behind it."""
    yield from assembled(parts_of(analysis, words))


def assembled(parts: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """The document made of its parts; lists come as iterators, of rows or of rows that are text already."""
    yield "{"
    before = "\n"
    for name, part in parts:
        yield f'{before}  "{name}": '
        before = ",\n"
        if isinstance(part, Texts):
            yield from _listed(part)
        else:
            yield from _rows(part, name) if isinstance(part, Iterator) else [_text(part)]
    yield "\n}\n"


def _rows(rows: Iterator[Any], part: str) -> Iterator[str]:
    """A list, some rows at a time."""
    if part in MESSAGES:
        yield from _listed(texts(rows, part))
        return
    before = "["
    while some := list(islice(rows, ROWS)):
        yield before + _text(some)[1 : -len("\n  ]")]
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def texts(rows: Iterable[Any], part: str) -> Iterator[str]:
    """Each row of the list that is this `part`, as it stands in the document."""
    if part in MESSAGES:
        encode = msgspec.json.Encoder().encode
        for row in rows:
            yield _BEFORE + shown_in_json(encode(row).decode())
        return
    rows = iter(rows)
    while some := list(islice(rows, ROWS)):
        # Within a row everything stands deeper, and text holds no line ends: so begins the next row and nothing else.
        first, *others = _text(some)[1 : -len("\n  ]")].split(_BEGIN)[1:]
        for text in (first, *others[:-1]) if others else ():
            yield _BEGIN + text.removesuffix(",")
        yield _BEGIN + (others[-1] if others else first)


_BEFORE = "\n    "
"""The line end and the indent before a row."""
_BEGIN = f"{_BEFORE}{{"
"""How a row begins that takes several lines."""


def _listed(rows: Iterator[str]) -> Iterator[str]:
    """A list of rows that are text."""
    before = "["
    while some := list(islice(rows, ROWS)):
        yield before + ",".join(some)
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _text(value: object) -> str:
    """`value` as it stands one level deep: line ends in strings are escaped, so each that is there is layout."""
    indented = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return shown_in_json(indented.replace("\n", "\n  "))
