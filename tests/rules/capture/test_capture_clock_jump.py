"""Tests of `sipdiag.rules.capture.capture_clock_jump`."""

from __future__ import annotations

from below import found_in, trace_of
from exchange import SECOND, START, Exchange
from sipdiag.findings import Settings
from sipdiag.rules.capture.capture_clock_jump import MANY, NAME
from sipdiag.trace import ClockStep
from verdict import told


def steps(*seconds: float) -> list[ClockStep]:
    return [ClockStep(frame=7 + at, time=START, back=round(back * SECOND)) for at, back in enumerate(seconds)]


def talked() -> Exchange:
    talk = Exchange()
    talk.answered_call()
    return talk


def test_a_clock_that_was_set_back() -> None:
    """The largest step is named, and how many there were."""
    (finding,) = found_in(talked(), trace_of(clock_steps=steps(2, 40)), NAME)
    assert told(finding) == ("backwards", "note", "certain")
    assert finding.frames == [7, 8]
    assert finding.evidence == {
        "path": "trace.pcap", "steps": 2, "first_frame": 7, "largest_frame": 8, "largest_s": 40.0,
    }  # fmt: skip


def test_many_steps_are_disorder() -> None:
    """Nobody sets a clock ten times: packets of several clocks were joined."""
    (finding,) = found_in(talked(), trace_of(clock_steps=steps(*[3] * MANY)), NAME)
    assert told(finding) == ("disordered", "note", "certain")


def test_packets_of_several_queues_overtake_each_other() -> None:
    """Less than the limit is no jump of the clock, and the limit is a setting."""
    trace = trace_of(clock_steps=steps(0.4))
    assert found_in(talked(), trace, NAME) == []
    assert found_in(talked(), trace, NAME, Settings(clock_jump_s=0.3))
