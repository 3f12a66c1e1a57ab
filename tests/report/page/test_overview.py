"""Tests of `sipdiag.report.page.overview`: what stands at the head of the page."""

from __future__ import annotations

from captured import capture_of_payloads
from reporting import AAA, SAMPLES, analysis_of, analysis_of_bytes, sample, words
from sipdiag.report.page import overview
from sipdiag.report.page.messages import Shower
from sipdiag.report.rows import summary_of


def test_the_verdict_is_that_of_the_worst_finding() -> None:
    """With its sentence, and how many findings there are of each severity."""
    verdict = overview.verdict_of(analysis_of(sample("ack-missing/ack-missing")), words(), Shower(words()))
    assert (verdict["severity"], verdict["counts"]) == ("error", "1 error")
    assert "no ACK reached it" in verdict["text"]


def test_a_healthy_capture_is_called_healthy() -> None:
    """And one without SIP is not."""
    shower = Shower(words())
    healthy = overview.verdict_of(analysis_of(sample("call-answered/call-answered")), words(), shower)
    empty = overview.verdict_of(analysis_of_bytes(capture_of_payloads([b"\x80" + bytes(171)])), words(), shower)
    assert (healthy["severity"], empty["severity"]) == ("healthy", "warning")


def test_figures_are_those_of_the_summary() -> None:
    """Of the reference capture: what is there, and nothing that is zero."""
    figures = {each["name"]: each["value"] for each in overview.figures_of(analysis_of(AAA), words())}
    summary = summary_of(analysis_of(AAA))
    assert figures["Calls"] == str(summary.calls)
    assert figures["failed"] == str(summary.failed)
    assert "unfinished" in figures or not summary.unfinished


def test_responses_add_up() -> None:
    """Of every sample: as many of each code as the summary counts."""
    for path in SAMPLES:
        analysis = analysis_of(path)
        counted: dict[str, int] = {}
        for each in overview.responses_of(analysis, words()):
            counted[str(each["code"])] = counted.get(str(each["code"]), 0) + each["count"]
        assert counted == summary_of(analysis).responses_by_code


def test_damage_is_told_with_its_capture() -> None:
    """What kind, and in which frame."""
    (told,) = overview.captures_of(analysis_of(sample("capture-damaged/capture-damaged")), words(), Shower(words()))
    assert told["defects"]
    assert any("UTC" in each for each in told["facts"])
