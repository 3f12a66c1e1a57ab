"""Tests of `sipdiag.report.texts`: a document of rows that are text already is the document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipdiag.analysis import analyze
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words, csv_table, json_document, json_lines
from sipdiag.report.rows import parts_of
from sipdiag.report.texts import Texts

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_rows_and_their_texts_make_the_same_document(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every format that has rows, however many are encoded at once."""
    monkeypatch.setattr(json_document, "ROWS", 3)
    analysis, words = analyze([str(path)]), Words(Catalogue("en"))
    for form in (json_document, json_lines):
        parts = (
            (name, Texts(form.texts(part, name)) if isinstance(part, Iterator) else part)
            for name, part in parts_of(analysis, words)
        )
        assert "".join(form.assembled(parts)) == "".join(form.pieces(analysis, words))
    for table in csv_table.TABLES:
        parts = (
            (name, Texts(csv_table.texts(part, name)) if name == table else part)
            for name, part in parts_of(analysis, words)
        )
        assert "".join(csv_table.assembled(parts, table)) == "".join(csv_table.pieces(analysis, words, table))
