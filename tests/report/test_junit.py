"""Tests of `sipdiag.report.junit`: read back by junitparser and by the parser of the standard library."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from captured import capture_of_payloads
from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import ROOT, SAMPLES, analysis_of, analysis_of_bytes, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.expect import Accepted, Baseline, Verdict
from sipdiag.findings import Severity
from sipdiag.report import junit
from sipdiag.rules import RULES

GOLDEN = Path(__file__).parent / "golden"
BAD = sample("ack-missing/ack-missing")


def xml(judged: Verdict, language: str = "en") -> str:
    return "".join(junit.pieces(judged.analysis, words(language), judged))


def read(judged: Verdict, language: str = "en") -> JUnitXml:
    return JUnitXml.fromstring(xml(judged, language).encode())


def test_a_suite_is_a_capture_and_a_case_a_call_and_a_rule() -> None:
    """The rule that found something fails for its call; every other passed."""
    (suite,) = read(verdict(analysis_of(BAD)))
    assert suite.name == str(BAD)
    failed = [case for case in suite if not case.is_passed]
    assert [(case.name, case.classname.partition(":")[0]) for case in failed] == [("ack-missing", "Call 1")]
    (failure,) = failed[0].result
    assert isinstance(failure, Failure)
    assert "frames 4, 5" in failure.message
    assert "Fix: " in failure.text
    assert {case.name for case in suite if case.classname.startswith("Call 1")} >= {"call-failed", "bye-unanswered"}
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (len(list(suite)), 1, 0, 0)


def test_every_rule_has_its_case() -> None:
    """In a call, a registration, a subscription or the capture: what was looked for is seen in the report."""
    names = ("call-busy", "registration-failed", "subscription-failed")
    analysis = analyze([str(sample(f"{name}/{name}")) for name in names])
    assert {case.name for suite in read(verdict(analysis)) for case in suite} >= set(RULES.names)


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_figures_are_those_of_the_cases(capture: Path) -> None:
    """Of every sample: what stands in the heads is what is there, and no case comes twice."""
    told = read(verdict(analysis_of(capture), fail_on=Severity.NOTE))
    stated = (told.tests, told.failures, told.errors, told.skipped)
    told.update_statistics()
    assert stated == (told.tests, told.failures, told.errors, told.skipped)
    for suite in told:
        names = [(case.classname, case.name) for case in suite]
        assert len(set(names)) == len(names)
    findings = {each.rule for each in analysis_of(capture).findings}
    assert {case.name for suite in told for case in suite if not case.is_passed} >= findings


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_hostile_text_is_text(analysis: Analysis, language: str) -> None:
    """No element, entity or declaration comes out of a packet, and no character that XML does not know."""
    told = xml(verdict(analysis, expect={"capture": {"exact": True}}, unreadable=("\x1b<\udcff>.pcap",)), language)
    root = ET.fromstring(told)  # noqa: S314  (our own document)
    known = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}
    assert {each.tag for each in root.iter()} <= known
    assert "<!" not in told
    assert not UNSAFE.search(told)
    assert "\ufffe" not in told


def test_what_fails_nothing_is_a_remark() -> None:
    """A note below `--fail-on` is told, and the case passes."""
    analysis = analysis_of(sample("call-busy/call-busy"))
    (case,) = [each for suite in read(verdict(analysis)) for each in suite if each.name == "call-failed"]
    assert case.is_passed
    assert "486" in (case.system_out or "")


def test_what_is_accepted_is_skipped_with_its_reason() -> None:
    """Not failed, and not passed."""
    (judged,) = verdict(analysis_of(BAD)).judged
    entry = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known <here>")
    (suite,) = read(verdict(analysis_of(BAD), baseline=Baseline(finding=[entry])))
    (case,) = [each for each in suite if each.name == "ack-missing"]
    (skipped,) = case.result
    assert isinstance(skipped, Skipped)
    assert "known <here>" in skipped.message
    assert (suite.failures, suite.skipped) == (0, 1)


def test_an_expectation_is_a_case() -> None:
    """Met or not."""
    expect = {"call": [{"name": "basic", "outcome": "answered"}, {"name": "other", "from": "mallory"}]}
    (suite,) = read(verdict(analysis_of(sample("call-answered/call-answered")), expect=expect))
    told = {case.name: case.is_passed for case in suite if "--expect" in case.classname}
    assert told == {"Capture": True, "Call basic": True, "Call other": False}


def test_what_could_not_be_read_is_an_error() -> None:
    """In a suite of its own."""
    bad = read(verdict(analysis_of(BAD), unreadable=("x.pcap",)))
    errors = [result for suite in bad for case in suite for result in case.result if isinstance(result, Error)]
    assert len(errors) == bad.errors == 1


def test_nothing_checked_is_an_error_too() -> None:
    """Where no capture holds SIP; one of several that holds only media is none."""
    silent = analysis_of_bytes(capture_of_payloads([b"\x80\x00" + bytes(170)]))
    (suite,) = read(verdict(silent))
    assert suite.errors == 1
    assert read(verdict(analysis_of(BAD))).errors == 0


def test_several_findings_of_a_rule_are_one_failure() -> None:
    """Readers take the first of a case only."""
    told = read(verdict(hostile_analysis(), fail_on=Severity.NOTE))
    assert all(len(case.result) <= 1 for suite in told for case in suite)


def test_very_many_calls_have_one_case_for_all_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No build server reads a million cases."""
    monkeypatch.setattr(junit, "MOST_CASES", 3)
    (suite,) = read(verdict(analysis_of(BAD)))
    assert len(list(suite)) < len(RULES.names)
    assert [case.name for case in suite if not case.is_passed] == ["ack-missing"]


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_report_is_the_golden_one(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing ACK and an expectation that is not met; without the cases that passed, one a rule."""
    monkeypatch.chdir(ROOT)
    analysis = analyze(["samples/ack-missing/ack-missing.pcap"])
    whole = xml(verdict(analysis, expect={"call": [{"to": "bob*", "ended_by": "caller"}]}), language)
    told = re.sub(r' tests="\d+"', "", re.sub(r"    <testcase [^>]*/>\n", "", whole))
    path = GOLDEN / f"check.{language}.xml"
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()
