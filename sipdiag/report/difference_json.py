"""What changed between two recordings, as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sipdiag import __version__
from sipdiag.difference import Change, Difference, Pair
from sipdiag.report.differences import DifferenceWords
from sipdiag.report.escape import kept, shown_in_json
from sipdiag.report.words import Words

SCHEMA = "sipdiag-diff/1"


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One change."""

    kind: str
    """`outcome code ended_by codecs media mos host message start-line header sdp timing retransmissions finding`."""
    message: str
    """In words."""
    name: str
    of: str
    before: str
    """Empty: it was not there."""
    after: str
    frame_before: int | None
    frame_after: int | None


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation."""

    kind: str
    subject: str
    seen: str
    """`both before after`."""
    frame: int | None
    changes: list[ChangeRow]


class DifferenceDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The result of `sipdiag diff --format json`."""

    schema: str
    version: str
    before: str
    after: str
    same: bool
    conversations: list[PairRow]


def pieces(difference: Difference, words: Words) -> Iterator[str]:
    """The document, indented for people too, with a line end behind it."""
    told = DifferenceWords(difference, words)
    document = DifferenceDocument(
        schema=SCHEMA,
        version=__version__,
        before=kept(difference.before),
        after=kept(difference.after),
        same=difference.same,
        conversations=[_pair(each, told) for each in difference.pairs],
    )
    yield shown_in_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def difference_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    schema = msgspec.json.schema(DifferenceDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}


def _pair(pair: Pair, told: DifferenceWords) -> PairRow:
    return PairRow(
        kind=pair.kind,
        subject=kept(pair.subject),
        seen=pair.seen,
        frame=pair.frame,
        changes=[_change(each, told) for each in pair.changes],
    )


def _change(change: Change, told: DifferenceWords) -> ChangeRow:
    return ChangeRow(
        kind=change.kind,
        message=told.change(change),
        name=kept(change.name),
        of=kept(change.of),
        before=kept(change.before),
        after=kept(change.after),
        frame_before=change.frame_before,
        frame_after=change.frame_after,
    )
