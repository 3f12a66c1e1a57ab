"""Tests of `sipdiag.findings.place`: numbers and times of what lies below SIP."""

from __future__ import annotations

from below import scene_of, trace_of
from exchange import START, Exchange
from sipdiag.findings import moment_of, number_of


def test_a_frame_without_sip_has_the_time_of_the_message_before_it() -> None:
    """Only sightings bear times; before the first there is the beginning of the capture."""
    talk = Exchange()
    talk.answered_call()
    trace = trace_of(talk)
    assert moment_of(trace, 3) == moment_of(trace, 3) == talk.sightings[2].time
    assert moment_of(trace, 99) == talk.sightings[-1].time
    assert moment_of(trace_of(), 9) == START


def test_a_capture_is_known_by_its_messages_or_by_its_place() -> None:
    """A capture without SIP is found among the others."""
    talk = Exchange()
    talk.answered_call()
    trace = trace_of()
    scene = scene_of(talk, trace)
    scene.traces.insert(0, trace_of(talk))
    assert [number_of(each, scene) for each in scene.traces] == [0, 1]
