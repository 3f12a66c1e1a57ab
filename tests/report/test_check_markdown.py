"""Tests of `sipdiag.report.check_markdown`: a summary in which packets are text."""

from __future__ import annotations

import re

import pytest

from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import analysis_of, sample, words
from sipdiag.analysis import Analysis
from sipdiag.expect import Accepted, Baseline, Verdict
from sipdiag.report.check_markdown import MOST_ROWS, pieces

BAD = sample("ack-missing/ack-missing")


def summary(judged: Verdict, language: str = "en") -> str:
    return "".join(pieces(judged.analysis, words(language), judged))


def test_the_summary_says_what_failed() -> None:
    """The result first, then what was not as expected, then the findings."""
    told = summary(verdict(analysis_of(BAD), expect={"call": [{"ended_by": "caller"}]}))
    assert told.startswith("## sipdiag check: Failed\n")
    assert told.index("### Expectations not met") < told.index("### Findings")
    assert "**error** `ack-missing` (certain): `Callee" in told
    assert "ended by: expected caller, seen callee (frame 15)`" in told


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_what_packets_said_stands_in_code_spans(analysis: Analysis, language: str) -> None:
    """Outside of them is nothing of theirs."""
    told = summary(verdict(analysis, expect={"capture": {"exact": True}}, unreadable=("`<b>.pcap",)), language)
    assert not UNSAFE.search(told)
    outside = re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", told)
    assert not re.search(r"[<>\[\]\\@]", outside)


def test_what_is_accepted_has_its_reason() -> None:
    """In place of what to do."""
    (judged,) = verdict(analysis_of(BAD)).judged
    entry = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known")
    told = summary(verdict(analysis_of(BAD), baseline=Baseline(finding=[entry])))
    assert "`accepted: known`" in told
    assert "Passed" in told


def test_a_summary_has_an_end() -> None:
    """Services limit what they show."""
    expect = {"call": [{"from": f"{number}"} for number in range(MOST_ROWS * 2)]}
    told = summary(verdict(analysis_of(BAD), expect=expect))
    assert len(told.splitlines()) < MOST_ROWS * 1.5
