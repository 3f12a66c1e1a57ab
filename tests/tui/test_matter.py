"""Tests of `sipdiag.tui.matter`: what the browser shows, before it is on a screen."""

from __future__ import annotations

import re

import pytest

from captured import capture_of_payloads
from reporting import analysis_of, analysis_of_bytes, sample, words
from sipdiag.tui.matter import Matter
from tests.report.test_terminal import HOSTILE


def matter(name: str, language: str = "en") -> Matter:
    """One sample, ready to be looked at."""
    return Matter(analysis_of(sample(name)), words(language))


def test_every_conversation_is_a_row() -> None:
    """Calls with number and state, others with the method that began them."""
    (row,) = matter("ack-missing/ack-missing").rows
    parties = ("sip:alice@example.com", "sip:bob@example.net")
    assert row.cells == ("1", "09:00:00.018", "answered", "200", "ack-missing", *parties)
    registration = matter("registration-failed/registration-failed").rows[0]
    assert registration.cells[:1] == ("",)
    assert registration.cells[2] == "REGISTER"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 1),
        ("alice", 1),
        ("ALICE bob", 1),
        ("ack-missing", 1),
        ("442e", 1),
        ("198.51.100.20", 1),
        ("180", 1),
        ("carol", 0),
    ],
)
def test_a_filter_finds_by_what_is_known(text: str, found: int) -> None:
    """Names, rules, Call-IDs, addresses, codes; every word has to fit."""
    assert len(matter("ack-missing/ack-missing").found(text, findings_only=False)) == found


def test_only_what_has_findings() -> None:
    """A healthy call is left out."""
    assert matter("ack-missing/ack-missing").found("", findings_only=True)
    assert matter("call-answered/call-answered").found("", findings_only=True) == []


@pytest.mark.parametrize("width", [40, 80, 160])
def test_every_arrow_has_its_lines(width: int) -> None:
    """Its repeats with it; also where the lanes do not fit."""
    for name in ("ack-missing/ack-missing", "call-through-b2bua/call-through-b2bua"):
        work = matter(name)
        for row in work.rows:
            sheet = work.sheet(row)
            lanes, told = work.arrows(sheet, width)
            assert len(told) == len(sheet.ladder.arrows)
            assert all(f"{arrow.frame} " in text for arrow, text in zip(sheet.ladder.arrows, told, strict=True))
            assert (lanes == "") == (len("\n".join(told).splitlines()) == len(told) and "│" not in told[0])


def test_a_message_is_whole_and_its_secrets_are_masked() -> None:
    """Every header field, the body, and no digest."""
    work = matter("call-authenticated/call-authenticated")
    told = [work.message(arrow.capture, arrow.frame) or "" for arrow in work.sheet(work.rows[0]).ladder.arrows]
    assert any("Authorization: Digest" in each for each in told)
    for each in told:
        assert not re.search(r'response="[0-9a-f]{32}"', each)
        assert "Via: " in each
    assert work.message(0, 10_000) is None


def test_nothing_that_a_packet_says_steers_the_terminal() -> None:
    """Rows, ladders, messages, findings."""
    work = Matter(analysis_of_bytes(capture_of_payloads([HOSTILE])), words())
    told = []
    for row in work.rows:
        sheet = work.sheet(row)
        told += [*row.cells, row.sought, sheet.title, *sheet.lines, *work.arrows(sheet, 80)[1]]
        told += [work.message(arrow.capture, arrow.frame) or "" for arrow in sheet.ladder.arrows]
        told += [work.finding(each) for each in row.findings]
    assert told
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800-\udfff]", "".join(told))


def test_a_finding_is_told_with_its_remedy() -> None:
    """In the language of the report."""
    work = matter("ack-missing/ack-missing", "pt")
    told = work.finding(work.rows[0].findings[0])
    assert told.startswith("ERRO ack-missing (certo): ")
    assert "\nCorreção: " in told
