"""Tests of `sipdiag.engine.answers`: SQL over an audit."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from engine.auditing import audited
from sipdiag.engine import answer
from sipdiag.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An audit of one sample."""
    audited([str(ROOT / "samples" / "ack-missing" / "ack-missing.pcap")], tmp_path)
    return tmp_path


def told(target: Path, question: str, form: str) -> str:
    return "".join(answer(target, question, form))


def test_one_answer_in_three_forms(target: Path) -> None:
    """Columns for people, CSV for sheets, a JSON object a line for programs."""
    question = "SELECT rule, severity FROM findings"
    assert told(target, question, "text").splitlines() == ["rule         severity", "ack-missing  error"]
    assert list(csv.DictReader(io.StringIO(told(target, question, "csv")))) == [
        {"rule": "ack-missing", "severity": "error"}
    ]
    assert json.loads(told(target, question, "json")) == {"rule": "ack-missing", "severity": "error"}


def test_an_answer_without_rows_has_its_names(target: Path) -> None:
    """So that nobody takes it for an error."""
    assert told(target, "SELECT rule FROM findings WHERE false", "text") == "rule\n"
    assert told(target, "SELECT rule FROM findings WHERE false", "csv") == "rule\r\n"


@pytest.mark.parametrize("form", ["text", "csv"])
def test_what_packets_said_steers_no_terminal(target: Path, form: str) -> None:
    """Escapes are shown, and no cell is a formula."""
    text = told(target, "SELECT chr(27) || '[2J' AS a, '=1+1' AS b", form)
    assert "\x1b" not in text
    assert form == "text" or "'=1+1" in text


def test_a_wrong_question_is_one_line(target: Path) -> None:
    """With what DuckDB says of it."""
    with pytest.raises(UsageError, match="no_such") as caught:
        told(target, "SELECT * FROM no_such", "text")
    assert "\n" not in str(caught.value)
