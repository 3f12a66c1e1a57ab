"""Tests of `sipdiag.report.github`: read as the runner of GitHub Actions reads commands."""

from __future__ import annotations

import re

import pytest

from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import analysis_of, sample, words
from sipdiag.analysis import Analysis
from sipdiag.expect import Accepted, Baseline, Verdict
from sipdiag.findings import Severity
from sipdiag.report.github import pieces

BAD = sample("ack-missing/ack-missing")
Command = tuple[str, dict[str, str], str]


def lines(judged: Verdict, language: str = "en") -> list[str]:
    return "".join(pieces(judged.analysis, words(language), judged)).splitlines()


def commands(judged: Verdict, language: str = "en") -> list[Command]:
    """Level, properties and text of each command, unescaped as actions/runner does it."""
    found = []
    for line in lines(judged, language):
        if not line.strip().startswith("::"):
            continue
        head, text = line.strip()[2:].split("::", 1)
        level, _, listed = head.partition(" ")
        properties = dict(each.split("=", 1) for each in listed.split(",") if each)
        found.append((level, {name: _property(value) for name, value in properties.items()}, _data(text)))
    return found


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _property(text: str) -> str:
    return _data(text.replace("%3A", ":").replace("%2C", ","))


def test_a_finding_is_an_annotation() -> None:
    """With its capture, its rule, its frames and what to do."""
    ((level, properties, text),) = commands(verdict(analysis_of(BAD)))
    assert level == "error"
    assert properties == {"file": str(BAD), "title": "ack-missing (certain)"}
    assert "frames 4, 5" in text
    assert "\nFix: " in text
    assert lines(verdict(analysis_of(BAD)))[-1].startswith(
        "Failed: findings that fail the check (--fail-on error): 1 of 1;"
    )


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_no_text_of_a_packet_becomes_a_command(analysis: Analysis, language: str) -> None:
    """Nor a property, nor an end of a line."""
    judged = verdict(analysis, expect={"capture": {"exact": True}}, unreadable=("a,title=b::c%0A.pcap",))
    told = commands(judged, language)
    assert {level for level, _, _ in told} <= {"error", "warning", "notice"}
    assert {name for _, properties, _ in told for name in properties} == {"file", "title"}
    assert {properties["file"] for _, properties, _ in told} == {"-", "a,title=b::c%0A.pcap"}
    assert len(told) == len(judged.new) + len(judged.mismatches) + 1
    assert len(lines(judged, language)) == len(told) + 1
    assert not UNSAFE.search("".join(lines(judged, language)))
    for _, _, text in told:
        assert not re.search("(?m)^::", text)


def test_notes_are_notices() -> None:
    """GitHub's word for what is only worth knowing."""
    assert commands(verdict(analysis_of(sample("call-busy/call-busy"))))[0][0] == "notice"


def test_what_is_accepted_is_not_annotated() -> None:
    """It is counted at the end."""
    (judged,) = verdict(analysis_of(BAD)).judged
    entry = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known")
    told = verdict(analysis_of(BAD), baseline=Baseline(finding=[entry]), fail_on=Severity.NOTE)
    assert commands(told) == []
    assert lines(told)[-1].startswith("Passed: findings that fail the check (--fail-on note): 0 of 0; accepted: 1;")
