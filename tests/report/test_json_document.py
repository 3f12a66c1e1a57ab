"""Tests of `sipdiag.report.json_document`: pieces that join to the bytes of the whole document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from captured import capture_of_payloads
from reporting import AAA, SAMPLES, analysis_of, analysis_of_bytes, sample, words
from sipdiag.report import json_document
from sipdiag.report.escape import shown_in_json
from sipdiag.report.rows import document_of

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.analysis import Analysis


def whole(analysis: Analysis) -> str:
    """The document made at once: indented, then with its lists of messages put in, a row a line."""
    document = document_of(analysis, words())
    bare = msgspec.json.format(msgspec.json.encode(replace(document, responses=[], requests=[])), indent=2).decode()
    for name in ("responses", "requests"):
        rows = [f"\n    {msgspec.json.encode(row).decode()}" for row in getattr(document, name)]
        if rows:
            bare = bare.replace(f'\n  "{name}": []', f'\n  "{name}": [{",".join(rows)}\n  ]')
    return shown_in_json(bare) + "\n"


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_pieces_are_the_document(capture: Path) -> None:
    """Byte for byte, whatever a capture holds."""
    analysis = analysis_of(capture)
    assert "".join(json_document.pieces(analysis, words())) == whole(analysis)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_how_many_rows_make_a_piece_does_not_matter(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the last piece is full, and where a list is empty."""
    monkeypatch.setattr(json_document, "ROWS", rows)
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    assert "".join(json_document.pieces(analysis, words())) == whole(analysis)


def test_line_ends_of_packets_are_no_layout() -> None:
    """A line end in a string is escaped, so that indenting the text leaves strings alone."""
    data = capture_of_payloads([b"SIP/2.0 486 a\\n\xe2\x80\xa8b\r\nCall-ID: x\n y\r\nCSeq: 1 INVITE\r\n\r\n"])
    analysis = analysis_of_bytes(data)
    assert "".join(json_document.pieces(analysis, words())) == whole(analysis)


def test_rows_are_made_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows are out before the last are made."""
    monkeypatch.setattr(json_document, "ROWS", 1)
    pieces = json_document.pieces(analysis_of(sample("ack-missing/ack-missing")), words())
    assert isinstance(pieces, Iterator)
    longest = max(pieces, key=len)
    assert longest.count('"request_frame"') <= 1
