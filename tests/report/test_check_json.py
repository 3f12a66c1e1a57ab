"""Tests of `sipdiag.report.check_json`: held to the schema that it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import SAMPLES, analysis_of, sample, words
from sipdiag.analysis import Analysis
from sipdiag.expect import Accepted, Baseline, Verdict
from sipdiag.findings import Severity
from sipdiag.report.check_json import check_schema, pieces

MAIN = [path for path in SAMPLES if path.stem == path.parent.name]
BAD = sample("ack-missing/ack-missing")
VALIDATOR = Draft202012Validator(check_schema())


def document(judged: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = json.loads("".join(pieces(judged.analysis, words(), judged)))
    VALIDATOR.validate(told)
    return told


@pytest.mark.parametrize("capture", MAIN, ids=lambda path: path.stem)
def test_every_sample_is_valid(capture: Path) -> None:
    """And tells every finding with its fingerprint."""
    told = document(verdict(analysis_of(capture)))
    assert len(told["findings"]) == len(analysis_of(capture).findings)


@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_hostile_text_is_escaped(analysis: Analysis) -> None:
    """As JSON escapes it."""
    judged = verdict(analysis, expect={"capture": {"exact": True}}, unreadable=("\x1b\udcff.pcap",))
    document(judged)
    assert not UNSAFE.search("".join(pieces(analysis, words(), judged)))


def test_the_result_and_its_reasons() -> None:
    """Whether it passed, what failed, what is accepted and why, what was not as expected and where."""
    (judged,) = verdict(analysis_of(BAD)).judged
    told = document(verdict(analysis_of(BAD), expect={"call": [{"ended_by": "caller"}]}))
    assert (told["passed"], told["fail_on"]) == (False, "error")
    assert (told["findings"][0]["fails"], told["findings"][0]["fingerprint"]) == (True, judged.fingerprint)
    (mismatch,) = told["expectations"][1]["mismatches"]
    assert (mismatch["key"], mismatch["expected"], mismatch["seen"], mismatch["frame"]) == (
        "ended_by",
        "caller",
        "callee",
        15,
    )
    entry = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known")
    told = document(verdict(analysis_of(BAD), baseline=Baseline(finding=[entry]), fail_on=Severity.NOTE))
    assert told["passed"]
    assert told["findings"][0]["accepted"] == {"by": "baseline", "reason": "known", "until": None}
