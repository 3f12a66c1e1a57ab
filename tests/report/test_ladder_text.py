"""Tests of `sipdiag.report.ladder_text`: a ladder with its head and its legend, as wide as asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from captured import capture_of_payloads
from reporting import SAMPLES, analysis_of, analysis_of_bytes, check_golden, relative_analysis, sample, words
from sipdiag.report.ladder_sheet import sheets_of
from sipdiag.report.ladder_text import pieces
from tests.report.test_terminal import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.analysis import Analysis


def text(analysis: Analysis, language: str = "en", width: int = 80, *, ascii_only: bool = False) -> str:
    told = pieces(sheets_of(analysis, words(language)), words(language), width=width, ascii_only=ascii_only)
    return "".join(told)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_ladder_is_the_golden_one(language: str) -> None:
    """Head, arrows, legend."""
    check_golden(f"ack-missing.ladder.{language}.txt", text(relative_analysis("ack-missing/ack-missing"), language))


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("capture", SAMPLES[::5], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_width_is_kept(capture: Path, width: int) -> None:
    """No line is wider, whatever the ladder."""
    lines = text(analysis_of(capture), "pt", width).splitlines()
    assert [line for line in lines if len(line) > width] == []


def test_ascii_where_nothing_else_can_be_shown() -> None:
    """Bars and dashes of the arrows; words stay what they are."""
    arrows = list(text(analysis_of(sample("ack-missing/ack-missing")), ascii_only=True).splitlines())[4:11]
    assert all(line.isascii() for line in arrows)


def test_nothing_that_a_packet_says_steers_the_terminal() -> None:
    """Neither in the head nor on an arrow."""
    told = text(analysis_of_bytes(capture_of_payloads([HOSTILE])))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800-\udfff]", told)
    assert r"\x1b" in told
