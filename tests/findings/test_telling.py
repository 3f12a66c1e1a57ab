"""Tests of `sipdiag.findings.telling`."""

from __future__ import annotations

import msgspec
import pytest

from exchange import Exchange
from sipdiag.findings import Confidence, Severity, found, found_below, frames_of, seconds


def test_a_finding_begins_with_the_first_sighting_and_names_the_frames_of_all() -> None:
    """Time, capture and Call-ID are those of the first; frames keep the given order, each once."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, call_id="call-7")
    ringing, answer = talk.response(180, invite, 1), talk.response(200, invite, 2)
    finding = found(
        "x-rule", "way", Severity.WARNING, Confidence.LIKELY, [answer, invite, answer, ringing], {"repeats": 2}
    )
    assert (finding.time, finding.capture, finding.call_id) == (answer.time, 0, "call-7")
    assert finding.frames == [3, 1, 2]
    assert (finding.rule, finding.variant, finding.evidence) == ("x-rule", "way", {"repeats": 2})


def test_a_frame_of_another_capture_is_not_told_as_one_of_this() -> None:
    """A finding names one capture: frame 4 of the next one is no frame 4 of this one."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    rotated = msgspec.structs.replace(talk.response(200, invite, 1), capture=1, frame=4)
    finding = found("x", "way", Severity.ERROR, Confidence.CERTAIN, [invite, rotated], {})
    assert (finding.capture, finding.frames) == (0, [1])


@pytest.mark.parametrize(("given", "key"), [("", "rule/x"), ("status/403", "status/403")])
def test_the_rule_s_own_entry_explains_it_unless_another_does(given: str, key: str) -> None:
    """`call-failed` names the entry of the code."""
    sighting = Exchange().request("INVITE", 0)
    finding = found("x", "way", Severity.ERROR, Confidence.CERTAIN, [sighting], {}, knowledge=given)
    assert finding.knowledge == key


@pytest.mark.parametrize("severity", list(Severity))
def test_what_nobody_can_conclude_is_a_note(severity: Severity) -> None:
    """It asks for a better capture, not for a repair."""
    sighting = Exchange().request("INVITE", 0)
    finding = found("x", "way", severity, Confidence.INCONCLUSIVE, [sighting], {})
    assert finding.severity is Severity.NOTE
    for sure in (Confidence.LIKELY, Confidence.CERTAIN):
        assert found("x", "way", severity, sure, [sighting], {}).severity is severity


@pytest.mark.parametrize(
    ("nanoseconds", "told"), [(0, 0.0), (1_499_999, 0.001), (1_500_001, 0.002), (31_500_000_000, 31.5)]
)
def test_seconds_are_told_to_the_millisecond(nanoseconds: int, told: float) -> None:
    """What lies below is the recorder's noise."""
    assert seconds(nanoseconds) == told


def test_a_finding_of_no_call_has_no_call_id() -> None:
    """A capture, a connection or a host: capture, time and frames are given; inconclusive is a note here too."""
    parts = {"capture": 1, "time": 9, "frames": [4, 3, 4], "evidence": {"packets": 2}}
    finding = found_below("x-rule", "way", Severity.ERROR, Confidence.CERTAIN, **parts)
    assert (finding.severity, finding.call_id, finding.knowledge) == (Severity.ERROR, None, "rule/x-rule")
    assert (finding.capture, finding.time, finding.frames) == (1, 9, [4, 3])
    assert found_below("x", "way", Severity.ERROR, Confidence.INCONCLUSIVE, **parts).severity is Severity.NOTE
    assert found_below("x", "way", Severity.ERROR, Confidence.LIKELY, **parts, call_id="a").call_id == "a"


def test_frames_are_those_of_one_capture() -> None:
    """That of the first sighting, each frame once."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    rotated = msgspec.structs.replace(talk.response(200, invite, 1), capture=1)
    assert frames_of([invite, rotated, invite]) == [1]
