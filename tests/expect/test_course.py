"""Tests of `sipdiag.expect.course`: the messages of a conversation, each once."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from reporting import analysis_of, sample
from sipdiag.expect import Courses, Step
from sipdiag.expect.course import is_called


def steps_of(talk: Exchange) -> list[Step]:
    return Courses(talk.scene().correlation).steps(["call-1"])


def test_a_call_is_its_messages_in_order() -> None:
    """Requests by their method, responses by code and method."""
    talk = Exchange()
    talk.answered_call()
    assert [step.label for step in steps_of(talk)] == ["INVITE", "180 INVITE", "200 INVITE", "ACK"]


def test_what_comes_again_is_counted_with_the_first() -> None:
    """Retransmissions are repeats of a step, no steps."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2.0, 3.0)
    *_, last = steps_of(talk)
    assert (last.label, [each.frame for each in last.repeats]) == ("200 INVITE", [4, 5])


def test_a_message_is_one_step_however_many_hops_it_takes() -> None:
    """A proxy changes the branch, neither CSeq nor tags."""
    talk = Exchange()
    first = talk.request("INVITE", 0, destination=PROXY)
    talk.response(100, first, 0.01, to_tag="")
    second = talk.request("INVITE", 0.02, source=PROXY, branch="two")
    talk.response(100, second, 0.03, to_tag="")
    for code, at in ((180, 0.2), (200, 1.0)):
        talk.response(code, second, at)
        talk.response(code, first, at + 0.01)
    told = steps_of(talk)
    assert [step.label for step in told] == ["INVITE", "100 INVITE", "180 INVITE", "200 INVITE"]
    assert [step.sighting.source for step in told] == [CALLER, PROXY, CALLEE, CALLEE]


def test_a_second_attempt_is_a_step_of_its_own() -> None:
    """With credentials the CSeq number counts on."""
    labels = [
        step.label
        for call in analysis_of(sample("call-authenticated/call-authenticated")).correlation.calls
        for step in Courses(analysis_of(sample("call-authenticated/call-authenticated")).correlation).steps(
            call.call_ids
        )
    ]
    assert labels.count("INVITE") == 2


@pytest.mark.parametrize(
    ("label", "name", "called"),
    [
        ("INVITE", "INVITE", True),
        ("INVITE", "BYE", False),
        ("200 INVITE", "200 INVITE", True),
        ("200 INVITE", "200", True),
        ("200 INVITE", "2xx", True),
        ("183 INVITE", "18x INVITE", True),
        ("200 INVITE", "200 BYE", False),
        ("200 INVITE", "INVITE", False),
        ("INVITE", "xxx", False),
        ("486 INVITE", "4xx BYE", False),
    ],
)
def test_a_message_is_called_by_its_name(label: str, name: str, called: bool) -> None:  # noqa: FBT001
    """A code alone answers any method; x is any digit."""
    assert is_called(label, name) is called
