"""Tests of `sipdiag.findings.heard`: how a finding on media names sides, messages and packets."""

from __future__ import annotations

from sipdiag.findings import Confidence, Severity, found_heard, hearing_evidence, names_of, saves_packets
from streaming import HERE, THERE, Talk


def test_sides_are_named_by_from_and_to() -> None:
    """Who is to be heard, then who is to hear."""
    (call,) = Talk().begin().exchange.scene().correlation.calls
    assert names_of(call, "caller") == ("sip:+12025550100@example.com", "sip:+12025550199@example.com")
    assert names_of(call, "callee") == ("sip:+12025550199@example.com", "sip:+12025550100@example.com")


def test_evidence_says_from_where_to_where() -> None:
    """The addresses of the session descriptions, and the frame of the hearer's."""
    scene = Talk().begin().say(HERE, THERE, 1.1, 6).end(8).scene()
    (call,) = scene.correlation.calls
    hearing = next(each for each in scene.hearings(call) if each.sender == "callee")
    told = hearing_evidence(call, hearing)
    assert (told["expected_from"], told["expected_to"], told["told_frame"]) == (
        "203.0.113.20:6000",
        "192.0.2.10:4000",
        1,
    )


def test_frames_are_those_of_one_capture() -> None:
    """Messages and packets of the capture of the first, in order; of nothing conclusive only a note."""
    scene = Talk().begin().say(HERE, THERE, 1.1, 6).end(8).scene()
    (call,) = scene.correlation.calls
    assert call.answer is not None
    finding = found_heard(
        "media-late",
        "late",
        Severity.WARNING,
        Confidence.INCONCLUSIVE,
        call=call,
        told=[call.answer],
        streams=[(scene.streams[0], 1_005)],
        evidence={},
    )
    assert (finding.frames, finding.severity, finding.call_id) == ([2, 1_005], Severity.NOTE, "call-1")


def test_who_saves_packets() -> None:
    """Comfort noise, or several talkspurts; a stream without a pause sends all the time."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).say(THERE, HERE, 1.1, 3, ssrc=8, marked=(0, 40, 90)).end(8)
    (call,) = (scene := talk.scene()).correlation.calls
    saving = {each.sender: saves_packets(each.arriving[0].stream) for each in scene.hearings(call)}
    assert saving == {"caller": False, "callee": True}
