"""Tests of `sipdiag.report.difference_text`, and with it of the words of a difference."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import ROOT, analysis_of, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.difference import difference_between
from sipdiag.report.difference_text import print_difference

GOLDEN = Path(__file__).parent / "golden"


def text(before: Analysis, after: Analysis, *, language: str = "en", width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
    print_difference(difference_between(before, after), words(language), console)
    return stream.getvalue()


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_report_is_the_golden_one(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that was answered, and the same call busy."""
    monkeypatch.chdir(ROOT)
    names = ("call-answered", "call-busy")
    told = text(*(analyze([f"samples/{name}/{name}.pcap"]) for name in names), language=language)
    path = GOLDEN / f"diff.{language}.txt"
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()
    assert [line for line in told.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_hostile_text_is_harmless(analysis: Analysis, language: str) -> None:
    """To terminals and to runners, in either recording."""
    good = analysis_of(sample("call-answered/call-answered"))
    for pair in ((analysis, good), (good, analysis)):
        told = text(*pair, language=language)
        assert not UNSAFE.search(told)
        assert not [line for line in told.splitlines() if line.strip().startswith("::") or "##[" in line]


def test_what_is_the_same_is_said_in_one_line() -> None:
    """And how much was compared."""
    good = analysis_of(sample("call-answered/call-answered"))
    assert text(good, good).splitlines()[-1] == "Nothing changed: conversations compared: 1."
