"""Tests of `sipdiag.rules.transaction.ack_late`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.rules.transaction.ack_late import MANY_REPEATS, NAME
from verdict import findings_of, only_finding_of, told


@pytest.mark.parametrize(
    ("repeats", "severity"), [(1, "note"), (MANY_REPEATS - 1, "note"), (MANY_REPEATS, "warning"), (6, "warning")]
)
def test_an_ack_after_many_repeats_is_a_warning(repeats: int, severity: str) -> None:
    """One or two repeats are what a lost packet costs; more than three seconds of silence is heard by people."""
    talk = Exchange()
    times = ladder(1.5)[:repeats]
    talk.again(talk.answered_call(ack=False), *times)
    talk.request("ACK", times[-1] + 0.05, branch="ack", to_tag="callee")
    assert told(only_finding_of(talk, NAME)) == ("late", severity, "certain")


def test_only_the_repeats_before_the_ack_are_evidence() -> None:
    """One that crossed the ACK on its way says nothing about its lateness."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    before = talk.again(answer, 2, 3)
    ack = talk.request("ACK", 4.9, branch="ack", to_tag="callee")
    talk.again(answer, 5)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [answer.frame, before[0].frame, before[1].frame, ack.frame]
    assert finding.knowledge == "rule/ack-late"
    assert finding.evidence == {
        "answer_frame": answer.frame,
        "ack_frame": ack.frame,
        "repeats": 2,
        "late_by_s": 3.4,
        "callee": CALLEE,
        "caller": CALLER,
    }


def test_an_ack_in_time_is_silent() -> None:
    """Also when a copy of the 200 was under way already."""
    talk = Exchange()
    answer = talk.answered_call()
    talk.again(answer, 2)
    assert findings_of(talk, NAME) == []


def test_a_200_recorded_twice_is_no_repeat() -> None:
    """Two frames with one IP identification within microseconds are one packet."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    answer = talk.response(200, invite, 1, ip_id=7)
    talk.again(answer, 1.00003, ip_id=7)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")
    assert findings_of(talk, NAME) == []


def test_an_ack_that_never_came_is_not_late() -> None:
    """That is `ack-missing`."""
    talk = Exchange()
    talk.again(talk.answered_call(ack=False), *ladder(1.5))
    assert findings_of(talk, NAME) == []


def test_the_late_ack_of_a_failure_is_silent() -> None:
    """Nobody waits for it: the call had failed."""
    talk = Exchange()
    talk.again(talk.response(486, talk.request("INVITE", 0), 1), 1.5, 2.5, 4.5, 8.5)
    talk.request("ACK", 9, to_tag="callee")
    assert findings_of(talk, NAME) == []
