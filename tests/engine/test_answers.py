"""Tests of `sipdiag.engine.answers`: SQL over an audit."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from engine.auditing import audited
from sipdiag.engine import answer, summary_of
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


def test_times_are_utc_wherever_one_asks(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere else; so are the hours that a question counts by, and the summary does."""
    here = {form: told(target, "SELECT min(time) AS t FROM calls", form) for form in ("text", "csv", "json")}
    assert here["text"] == "t\n2026-03-02T09:00:00.018000Z\n"
    assert json.loads(here["json"]) == {"t": "2026-03-02T09:00:00.018000Z"}
    hours = [each.time for each in summary_of(target).hours]
    monkeypatch.setenv("TZ", "Asia/Kolkata")  # half an hour beside the hours of UTC
    time.tzset()
    try:
        assert {form: told(target, "SELECT min(time) AS t FROM calls", form) for form in here} == here
        assert [each.time for each in summary_of(target).hours] == hours == ["2026-03-02T09:00:00Z"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_program_gets_every_column_and_no_character_that_a_terminal_heeds(target: Path) -> None:
    """Columns with one name have names of their own in JSON."""
    line = told(target, "SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a, chr(8238) AS b", "json")
    assert json.loads(line) == {"a": 1, "a_3": 2, "a_2": 3, "a_4": 4, "b": "\u202e"}
    assert line.isascii()


@pytest.mark.parametrize("question", ["", " ", ";", "-- nothing"])
def test_no_question_is_a_mistake(question: str, target: Path) -> None:
    """And told as one."""
    with pytest.raises(UsageError, match="no question"):
        told(target, question, "text")


def test_a_question_sees_no_variable_of_this_program(target: Path) -> None:
    """Only tables."""
    with pytest.raises(UsageError, match="store does not exist"):
        told(target, "SELECT * FROM store", "text")
