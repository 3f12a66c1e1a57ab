"""Tests of `sipdiag.expect.verdict`: what fails a check."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from captured import capture_of_payloads
from reporting import analysis_of, analysis_of_bytes, sample
from sipdiag.expect import Accepted, Compared, Mismatch, verdict_of
from sipdiag.findings import Severity

BAD, BUSY = sample("ack-missing/ack-missing"), sample("call-busy/call-busy")


@pytest.mark.parametrize(
    ("fail_on", "fails"), [(None, False), (Severity.ERROR, False), (Severity.WARNING, False), (Severity.NOTE, True)]
)
def test_a_note_fails_only_where_notes_do(fail_on: Severity | None, fails: bool) -> None:  # noqa: FBT001
    """`--fail-on` is the least severity that fails."""
    verdict = replace(verdict_of(analysis_of(BUSY)), fail_on=fail_on)
    assert bool(verdict.failing) is fails
    assert verdict.passed is not fails


def test_nothing_fails_where_nobody_asked() -> None:
    """`analyze --format sarif` only tells."""
    assert verdict_of(analysis_of(BAD)).passed


def test_what_is_accepted_does_not_fail() -> None:
    """And is not new."""
    verdict = replace(verdict_of(analysis_of(BAD)), fail_on=Severity.ERROR)
    assert not verdict.passed
    (judged,) = verdict.judged
    accepted = Accepted(fingerprint=judged.fingerprint, rule="ack-missing", reason="known")
    verdict = replace(verdict, judged=[replace(judged, acceptance=accepted)])
    assert verdict.passed
    assert verdict.new == []


def test_a_mismatch_fails_whatever_the_severity() -> None:
    """What was written down as expected has no severity."""
    mismatch = Mismatch(key="code", expected=200, seen=486)
    compared = [Compared(kind="call", subject="a"), Compared(kind="call", subject="b", mismatches=[mismatch])]
    verdict = replace(verdict_of(analysis_of(BUSY)), compared=compared)
    assert verdict.mismatches == [mismatch]
    assert not verdict.passed


def test_a_capture_without_sip_was_not_checked() -> None:
    """That it passed means nothing."""
    assert verdict_of(analysis_of_bytes(capture_of_payloads([b"\x80\x00" + bytes(170)]))).without_sip
    assert not verdict_of(analysis_of(BUSY)).without_sip
