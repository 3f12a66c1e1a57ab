"""Tests of `sipdiag.report.csv_table`: RFC 4180, read by Python's reader, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from captured import capture_of_payloads
from reporting import (
    SAMPLES,
    analysis_of,
    analysis_of_bytes,
    check_golden,
    document,
    relative_analysis,
    sample,
    words,
)
from sipdiag.cli import writing
from sipdiag.report.csv_table import FORMULA, TABLES, pieces

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.analysis import Analysis


def text(analysis: Analysis, table: str) -> str:
    return "".join(pieces(analysis, words(), table))


def read(analysis: Analysis, table: str) -> list[dict[str, str]]:
    """What a foreign reader has, strictly by the RFC."""
    return list(csv.DictReader(StringIO(text(analysis, table), newline=""), strict=True))


@pytest.mark.parametrize("table", TABLES)
def test_the_table_is_the_golden_one(table: str) -> None:
    """A missing ACK; its registrations and the like are headings only."""
    check_golden(f"ack-missing.{table}.csv", text(relative_analysis("ack-missing/ack-missing"), table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("capture", SAMPLES[::4], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_rows_are_those_of_the_document(capture: Path, table: str) -> None:
    """The same columns in the same order, the same values: lists with blanks between, what has parts as JSON."""
    analysis = analysis_of(capture)
    rows: list[dict[str, Any]] = document(analysis)[table]
    told = read(analysis, table)
    assert len(told) == len(rows)
    for row, cells in zip(rows, told, strict=True):
        assert list(row) == list(cells)
        for name, value in row.items():
            cell = cells[name].removeprefix("'")
            if isinstance(value, str) and value.isprintable():
                assert cell == value
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                assert json.loads(cell) == value
            elif isinstance(value, list):
                assert cell == " ".join(map(str, value))
            elif value is None:
                assert cell == ""
            elif isinstance(value, int | float):
                assert float(cell) == value


def test_lines_end_as_the_rfc_says() -> None:
    """With CR and LF, the last one too (section 2)."""
    told = text(analysis_of(sample("ack-missing/ack-missing")), "responses")
    assert told.endswith("\r\n")
    assert (
        told.count("\r\n")
        == told.count("\n")
        == len(read(analysis_of(sample("ack-missing/ack-missing")), "responses")) + 1
    )


@pytest.mark.parametrize(
    "attack", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1+1", "＝1+1", '=HYPERLINK("http://x","y")', "\t=1", "\u00a0=1"]
)
def test_a_packet_cannot_write_a_formula(attack: str) -> None:
    """No cell of text begins like one; an apostrophe makes it text in every spreadsheet."""
    payload = (
        "SIP/2.0 486 {a}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\n"
        "From: <{a}>;tag=1\r\nTo: <{a}>;tag=2\r\nCall-ID: {a}\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    analysis = analysis_of_bytes(capture_of_payloads([payload.replace("{a}", attack).encode()]))
    for table in TABLES:
        for row in read(analysis, table):
            assert [cell for cell in row.values() if cell.lstrip()[:1] in FORMULA and cell.strip()] == []
    assert any(cell.startswith("'") for row in read(analysis, "responses") for cell in row.values())


def test_what_a_packet_says_stays_in_its_cell() -> None:
    """Quotes, commas and line ends; controls are shown as escapes."""
    payload = b'SIP/2.0 486 a",b\x1b[2J\x00;c\r\nCall-ID: "x,\r\n y"\r\nCSeq: 1 INVITE\r\n\r\n'
    (row,) = read(analysis_of_bytes(capture_of_payloads([payload])), "responses")
    assert row["reason"] == 'a",b\\x1b[2J\\x00;c'
    assert row["call_id"] == '"x, y"'


def test_the_command_line_offers_every_table() -> None:
    """`--table` is checked before this module is imported."""
    assert tuple(TABLES) == writing.TABLES
