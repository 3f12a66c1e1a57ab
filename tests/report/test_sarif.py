"""Tests of `sipdiag.report.sarif`: held to the schema that OASIS publishes."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from checked import verdict
from hostile import UNSAFE, bytes_that_are_no_text, hostile_analysis
from reporting import ROOT, SAMPLES, analysis_of, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.expect import Accepted, Baseline, Verdict, verdict_of
from sipdiag.findings import Policy, Silence
from sipdiag.report.sarif import pieces, uri_of
from sipdiag.rules import RULES

SCHEMA = ROOT.parent / "shared" / "reference" / "sarif-schema-2.1.0.json"
GOLDEN = Path(__file__).parent / "golden" / "check.sarif"
BAD = sample("ack-missing/ack-missing")


@cache
def schema() -> Draft4Validator:
    """The official schema; the test is skipped where it is not."""
    if not SCHEMA.exists():
        pytest.skip("the SARIF schema of ../shared is not here")
    return Draft4Validator(json.loads(SCHEMA.read_text()))


def sarif(judged: Verdict, language: str = "en") -> dict[str, Any]:
    """The log as a reader has it."""
    told: dict[str, Any] = json.loads("".join(pieces(judged.analysis, words(language), judged)))
    return told


def results(judged: Verdict) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = sarif(judged)["runs"][0]["results"]
    return told


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_log_is_valid(capture: Path) -> None:
    """Of every sample; the rules, which are the same in each, are held by the tests below."""
    log = sarif(verdict_of(analysis_of(capture)))
    del log["runs"][0]["tool"]["driver"]["rules"]
    schema().validate(log)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("analysis", [hostile_analysis(), bytes_that_are_no_text()], ids=["attacks", "bytes"])
def test_hostile_text_leaves_it_valid_and_harmless(analysis: Analysis, language: str) -> None:
    """No control, no bidi override, nothing that is not text."""
    judged = verdict(analysis, expect={"capture": {"exact": True}}, unreadable=("\x1b\udcff.pcap",))
    schema().validate(sarif(judged, language))
    text = "".join(pieces(analysis, words(language), judged))
    assert not UNSAFE.search(text)
    text.encode("utf-8")
    for result in sarif(judged, language)["runs"][0]["results"]:
        assert not UNSAFE.search(result["message"]["text"])


def test_the_log_is_the_golden_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing ACK, a refusal that is accepted, an expectation that is not met; without the long help texts."""
    monkeypatch.chdir(ROOT)
    analysis = analyze(["samples/ack-missing/ack-missing.pcap", "samples/call-failed/call-failed.pcap"])
    baseline = Baseline(finding=[Accepted(fingerprint="0512d448ef2996c4", rule="call-failed", reason="known")])
    log = sarif(verdict(analysis, baseline=baseline, expect={"capture": {"calls": 1}}))
    del log["runs"][0]["tool"]["driver"]["rules"]
    for result in log["runs"][0]["results"]:
        del result["ruleIndex"]
    told = json.dumps(log, indent=2) + "\n"
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        GOLDEN.write_text(told)
    assert told == GOLDEN.read_text()


def test_each_rule_has_its_help() -> None:
    """Every rule in force, with what it means and how to fix it, as Markdown and as text."""
    log = sarif(verdict(analysis_of(BAD)))
    schema().validate(log)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [*RULES.names, "expectation-not-met"]
    for rule in rules:
        assert rule["help"]["text"].strip()
        assert rule["help"]["markdown"].strip()
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert "## How to fix" in rules[0]["help"]["markdown"]
    assert "`" not in rules[0]["help"]["text"]


def test_a_result_names_frames_capture_and_rule() -> None:
    """In the message and in the properties."""
    (result,) = results(verdict(analysis_of(BAD)))
    rules = sarif(verdict(analysis_of(BAD)))["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "ack-missing"
    assert result["level"] == "error"
    assert "frames 4, 5" in result["message"]["text"]
    assert result["properties"]["frames"][:2] == [4, 5]
    assert result["properties"]["confidence"] == "certain"
    assert result["rank"] == 100
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == uri_of(str(BAD))
    assert place["index"] == 0


def test_findings_alike_are_told_apart_for_github() -> None:
    """One fingerprint of ours, with a number behind it where the service wants one each."""
    told = results(verdict(hostile_analysis(), fail_on=None))
    hashes = [each["partialFingerprints"]["primaryLocationLineHash"] for each in told]
    assert len(set(hashes)) == len(hashes) > 1


def test_what_is_accepted_is_suppressed_with_its_reason() -> None:
    """By the baseline, or by a silence of the settings."""
    (judged,) = verdict(analysis_of(BAD)).judged
    entry = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known")
    (result,) = results(verdict(analysis_of(BAD), baseline=Baseline(finding=[entry])))
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "known"}]
    assert result["baselineState"] == "unchanged"
    silence = Silence(rule="ack-missing", peer="198.51.100.20", reason="door phone")
    (result,) = results(verdict(analysis_of(BAD), policy=Policy(silences=[silence])))
    assert result["suppressions"][0]["justification"] == "door phone"
    assert "baselineState" not in result
    (result,) = results(verdict(analysis_of(BAD), baseline=Baseline()))
    assert result["baselineState"] == "new"


def test_what_could_not_be_read_is_a_notification() -> None:
    """And the run was no success."""
    (invocation,) = sarif(verdict(analysis_of(BAD), unreadable=("x.pcap",)))["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert "no such file" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_answered_calls_without_any_media_are_a_notification() -> None:
    """Of level note, once, beside results that stay the same; not where the answered calls have media."""
    (invocation,) = sarif(verdict(analysis_of(BAD)))["runs"][0]["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"]
    assert (told["level"], told["message"]["text"].partition(";")[0]) == (
        "note", "Note: no RTP of any call is in the capture",
    )  # fmt: skip
    (invocation,) = sarif(verdict(analysis_of(sample("call-with-media/call-with-media"))))["runs"][0]["invocations"]
    assert invocation["toolExecutionNotifications"] == []


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/trace.pcap", "a%20b/trace.pcap"),
        ("/tmp/x.pcap", "file:///tmp/x.pcap"),  # noqa: S108  (only a name)
        ("-", "-"),
        ("\udcff%.pcap", "%FF%25.pcap"),
        ("s3://bucket/a b.pcap", "s3://bucket/a%20b.pcap"),
        ("a:b.pcap", "a%3Ab.pcap"),
    ],
)
def test_a_path_is_a_uri(path: str, uri: str) -> None:
    """Relative ones stay relative: services look for them in the repository."""
    assert uri_of(path) == uri
