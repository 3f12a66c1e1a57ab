"""Tests of `sipdiag.report.check_text`, and with it of the words of a check."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import ROOT, SAMPLES, analysis_of, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.expect import Accepted, Baseline, Verdict
from sipdiag.findings import Severity
from sipdiag.report.check_text import MOST_LISTED, print_check

GOLDEN = Path(__file__).parent / "golden"
MAIN = [path for path in SAMPLES if path.stem == path.parent.name]
BAD = sample("ack-missing/ack-missing")


def text(judged: Verdict, *, language: str = "en", width: int = 80, quiet: bool = False) -> str:
    """The report as a build log gets it."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
    print_check(judged, words(language), console, quiet=quiet)
    return stream.getvalue()


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_report_is_the_golden_one(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed, what is accepted, what is out of date, what was not as expected."""
    monkeypatch.chdir(ROOT)
    analysis = analyze(["samples/ack-missing/ack-missing.pcap", "samples/call-failed/call-failed.pcap"])
    baseline = Baseline(
        finding=[
            Accepted(fingerprint="0512d448ef2996c4", rule="call-failed", reason="known", until=date(2026, 12, 31)),
            Accepted(fingerprint="0123456789abcdef", rule="ack-late", reason="old", until=date(2026, 1, 31)),
            Accepted(fingerprint="0123456789abcdef", rule="ack-late", reason="gone", message="Late."),
        ]
    )
    expect = {
        "capture": {"calls": {"min": 3}, "exact": True},
        "call": [{"name": "basic", "to": "bob*", "ended_by": "caller", "setup_s": {"max": 2}, "messages": ["ACK"]}],
    }
    told = text(verdict(analysis, baseline=baseline, expect=expect, unreadable=("x.pcap",)), language=language)
    path = GOLDEN / f"check.{language}.txt"
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("capture", MAIN, ids=lambda path: path.stem)
def test_every_line_fits(capture: Path, language: str) -> None:
    """80 columns, and no blanks at the end."""
    told = text(verdict(analysis_of(capture), expect={"capture": {"calls": 99}}), language=language).split("\n")
    assert [line for line in told if len(line) > 80 or line != line.rstrip()] == []


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_no_line_is_a_command_of_a_runner(analysis: Analysis, width: int) -> None:
    """Wherever a line breaks; and nothing steers a terminal."""
    told = text(verdict(analysis, expect={"capture": {"exact": True}}), width=width)
    assert not UNSAFE.search(told)
    assert not [line for line in told.splitlines() if line.strip().startswith("::") or "##[" in line]


def test_a_log_has_an_end() -> None:
    """A hundred mismatches, and how many more."""
    expect = {"call": [{"from": f"{number}"} for number in range(MOST_LISTED + 7)]}
    told = text(verdict(analysis_of(BAD), expect=expect), width=200)
    assert told.count("not in the recording") == MOST_LISTED
    assert "and 7 more" in told


def test_quiet_is_what_fails() -> None:
    """And the result."""
    busy = verdict(analysis_of(sample("call-busy/call-busy")))
    assert "call-failed" in text(busy)
    assert "call-failed" not in text(busy, quiet=True)
    assert "ack-missing" in text(verdict(analysis_of(BAD)), quiet=True)


def test_the_last_line_is_the_result() -> None:
    """Passed or failed, and in figures why."""
    assert (
        text(verdict(analysis_of(BAD)), width=200)
        .splitlines()[-1]
        .startswith("Failed: findings that fail the check (--fail-on error): 1 of 1;")
    )
    passed = text(verdict(analysis_of(BAD), fail_on=None), width=200).splitlines()[-1]
    assert passed.startswith("Passed: findings that fail the check (--fail-on never): 0 of 1;")
    assert "Failed" in text(verdict(analysis_of(BAD), fail_on=None, unreadable=("x.pcap",)))
    assert Severity.ERROR.value in text(verdict(analysis_of(BAD)))
