"""Tests of `sipdiag.report.ladder_sheet`: what is said around a ladder that is drawn by itself."""

from __future__ import annotations

from reporting import analysis_of, sample, words
from sipdiag.report.ladder_sheet import Sheet, sheets_of


def sheets(name: str, language: str = "en") -> list[Sheet]:
    """The sheets of one sample."""
    return sheets_of(analysis_of(sample(name)), words(language))


def test_a_call_has_its_sheet() -> None:
    """Parties, outcome, time and Call-ID; the findings about it, numbered as on its arrows."""
    (sheet,) = sheets("ack-missing/ack-missing")
    assert sheet.title == "Call 1: sip:alice@example.com → sip:bob@example.net"
    assert sheet.lines == ["answered (200) · 32.0 s · 2026-03-02 09:00:00.018 UTC", "Call-ID 442e227af5@192.0.2.10"]
    assert [(mark.number, mark.severity, mark.rule, mark.confidence) for mark in sheet.marks] == [
        (1, "error", "ack-missing", "certain")
    ]
    assert {number for arrow in sheet.ladder.arrows for number in arrow.findings} == {1}


def test_the_sheet_speaks_the_language_of_the_report() -> None:
    """Its labels and its findings."""
    (sheet,) = sheets("ack-missing/ack-missing", "pt")
    assert sheet.title.startswith("Chamada 1: ")
    assert sheet.lines[0].startswith("atendida (200)")
    assert sheet.marks[0].confidence == "certo"
    assert "repetiu" in sheet.marks[0].message


def test_what_is_no_call_has_a_sheet_too() -> None:
    """A registration and a subscription: messages of one Call-ID."""
    (sheet, *_) = sheets("registration-failed/registration-failed")
    assert next(arrow.label for arrow in sheet.ladder.arrows) == "REGISTER"
    assert not sheet.title.startswith("Call")
    assert "Call-ID" in sheet.lines[1]


def test_a_finding_marks_its_own_call_only() -> None:
    """Of several calls each has its own numbers, from 1."""
    for sheet in sheets("condition-ignored/condition-ignored") + sheets("ack-late/ack-late"):
        assert [mark.number for mark in sheet.marks] == list(range(1, len(sheet.marks) + 1))
        named = {number for arrow in sheet.ladder.arrows for number in arrow.findings}
        assert named <= {mark.number for mark in sheet.marks}


def test_the_legs_of_a_call_are_one_sheet() -> None:
    """With every Call-ID in it."""
    found = [sheet for sheet in sheets("call-through-b2bua/call-through-b2bua") if len(sheet.lines) > 2]
    assert found
    assert len(found[0].ladder.lanes) >= 3
