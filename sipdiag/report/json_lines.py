"""JSON Lines, for pipes: one object a line, and `type` says what it is.

The rows are those of the JSON document; `document` comes first, the entries that the others name come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.report.escape import shown_in_json
from sipdiag.report.rows import parts_of
from sipdiag.report.texts import Texts
from sipdiag.report.words import Words

TYPES = {
    "captures": "capture",
    "summary": "summary",
    "peers": "peer",
    "responses": "response",
    "requests": "request",
    "calls": "call",
    "registrations": "registration",
    "subscriptions": "subscription",
    "streams": "stream",
    "findings": "finding",
    "knowledge": "entry",
}
"""Part of the document → what a line made of it says in `type`."""


def pieces(analysis: Analysis, words: Words) -> Iterator[str]:
    """The lines; each can be written as soon as it is made."""
    yield from assembled(parts_of(analysis, words))


def assembled(parts: Iterator[tuple[str, Any]]) -> Iterator[str]:
    """The lines of a document, given part by part; of lists the rows, or lines already."""
    schema, version = next(parts), next(parts)
    yield _line("document", msgspec.json.encode(dict((schema, version))))
    for name, part in parts:
        yield from part if isinstance(part, Texts) else texts(_rows(part), name)


def texts(rows: Iterable[Any], part: str) -> Iterator[str]:
    """The lines of the rows of a part."""
    for row in rows:
        yield _line(TYPES[part], msgspec.json.encode(row))


def _rows(part: Any) -> Iterable[Any]:  # noqa: ANN401  (a part may be an object, a list, or entries by their names)
    if isinstance(part, dict):
        return ({"name": key, **msgspec.structs.asdict(entry)} for key, entry in part.items())
    return (part,) if isinstance(part, msgspec.Struct) else part


def _line(type_: str, encoded: bytes) -> str:
    return shown_in_json(f'{{"type":"{type_}",{encoded[1:].decode()}\n')
