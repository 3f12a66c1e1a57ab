"""Tests of `sipdiag.report.json_lines`: one object a line, of which each says what it is."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from reporting import AAA, SAMPLES, analysis_of, check_golden, document, relative_analysis, sample, words
from sipdiag.report.json_lines import TYPES, pieces

if TYPE_CHECKING:
    from pathlib import Path


def lines_of(capture: Path) -> list[dict[str, Any]]:
    """What a reader has, line by line."""
    told = list(pieces(analysis_of(capture), words()))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in told)
    return [json.loads(line) for line in told]


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_lines_are_the_rows_of_the_document(capture: Path) -> None:
    """Each in its place, with `type` before it; nothing is left out, nothing is added."""
    whole = document(analysis_of(capture))
    lines = lines_of(capture)
    assert lines[0] == {"type": "document", "schema": whole["schema"], "version": whole["version"]}
    expected: list[dict[str, Any]] = []
    for part, type_ in TYPES.items():
        rows = whole[part]
        if part == "knowledge":
            rows = [{"name": key, **entry} for key, entry in rows.items()]
        expected += [{"type": type_, **row} for row in (rows if isinstance(rows, list) else [rows])]
    assert lines[1:] == expected


def test_every_part_has_its_type() -> None:
    """A part that is added to the document gets a name here."""
    whole = document(analysis_of(SAMPLES[0]))
    assert set(TYPES) == set(whole) - {"schema", "version"}
    assert max(Counter(TYPES.values()).values()) == 1


def test_no_row_has_a_type_of_its_own() -> None:
    """`type` says what a line is, nothing else."""
    whole = document(analysis_of(sample("ack-missing/ack-missing")))
    assert [key for key in ("responses", "requests", "calls", "findings") if "type" in whole[key][0]] == []


def test_the_lines_are_the_golden_ones() -> None:
    """A call whose ACK never came."""
    check_golden("ack-missing.jsonl", "".join(pieces(relative_analysis("ack-missing/ack-missing"), words())))
