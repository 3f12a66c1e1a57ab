"""Tests of `sipdiag.calls.attempt`."""

from __future__ import annotations

from time import process_time

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Call, CallState, correlate, failure_of


def only_call(talk: Exchange) -> Call:
    (call,) = correlate(sorted(talk.sightings, key=lambda each: each.time)).calls
    return call


def test_the_far_side_of_a_b2bua_that_keeps_the_call_id_is_another_hop() -> None:
    """With tags and numbers of its own: what the caller got is what ended the call, and who said no is found behind."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    first = talk.request("INVITE", 0.1, source=PROXY, destination="203.0.113.1:5060", branch="first", from_tag="own-1")
    talk.response(503, first, 0.2, to_tag="carrier-1")
    second = talk.request("INVITE", 0.3, source=PROXY, branch="second", from_tag="own-2", cseq=100)
    talk.response(404, second, 0.5, to_tag="carrier-2")
    refusal = talk.response(480, near, 0.6, to_tag="pbx")
    call = only_call(talk)
    assert [len(attempt.hops) for attempt in call.attempts] == [3]
    assert (call.state, call.final) == (CallState.FAILED, refusal)
    failure = failure_of(call)
    assert failure is not None
    assert [step.code for step in failure.steps] == [404, 480]


def test_a_client_that_goes_to_its_next_server_makes_a_new_attempt() -> None:
    """It was refused, and nothing was open at it."""
    talk = Exchange()
    talk.response(503, talk.request("INVITE", 0, destination=PROXY, branch="a"), 0.1)
    talk.response(200, talk.request("INVITE", 0.2, branch="b", cseq=2), 1)
    assert [len(attempt.hops) for attempt in only_call(talk).attempts] == [1, 1]


def test_a_change_by_the_callee_is_known_by_its_tags() -> None:
    """Even where the 2xx that made the dialog is missing, or only the answer to the change is there."""
    talk = Exchange()
    talk.request("INVITE", 0)
    talk.request("ACK", 1, branch="ack", to_tag="callee")
    back = {"source": CALLEE, "destination": CALLER, "from_tag": "callee", "to_tag": "caller"}
    change = talk.request("INVITE", 5, branch="change", **back)
    talk.response(488, change, 5.1)
    call = only_call(talk)
    assert (len(call.attempts), len(call.reinvites), call.state) == (1, 1, CallState.UNFINISHED)
    talk.sightings.remove(change)
    assert len(only_call(talk).reinvites) == 1


def test_a_change_by_the_caller_is_known_by_its_ack() -> None:
    """The ACK of the 2xx that the recorder missed names the dialog."""
    talk = Exchange()
    talk.request("INVITE", 0)
    talk.request("ACK", 1, branch="ack", to_tag="callee")
    talk.response(200, talk.request("INVITE", 5, branch="change", to_tag="callee", cseq=2), 5.1)
    assert len(only_call(talk).reinvites) == 1


def test_an_invite_that_was_refused_inside_a_dialog_begun_before_is_no_failed_call() -> None:
    """The BYE that follows in the same dialog shows that it was there; without that it may be either."""
    talk = Exchange()
    change = talk.request("INVITE", 0, branch="change", to_tag="callee", cseq=8)
    refusal = talk.response(488, change, 0.1)
    talk.sightings.remove(change)
    assert only_call(talk).state is CallState.FAILED
    talk.response(200, talk.request("BYE", 9, branch="bye", to_tag=refusal.message.to_tag, cseq=9), 9.1)
    assert (len(only_call(talk).reinvites), only_call(talk).state) == (1, CallState.ANSWERED)


def test_one_call_id_for_everything_takes_no_more_than_its_share() -> None:
    """A flood with one Call-ID: ten times as many INVITEs take about ten times as long."""

    def seconds(count: int) -> float:
        talk = Exchange()
        for number in range(count):
            talk.request("INVITE", number * 40, branch=f"{number}", from_tag=f"{number}", cseq=number)
        begun = process_time()
        correlate(talk.sightings)
        return process_time() - begun

    assert any(seconds(5_000) < 60 * max(seconds(500), 0.005) for _ in range(3))


@pytest.mark.parametrize("missed", [None, 0, 3])
def test_the_next_server_of_the_same_target_decides(missed: int | None) -> None:
    """After a 503 the same INVITE goes to the next address under another branch (RFC 3263, section 4.3)."""
    talk = Exchange()
    first = talk.request("INVITE", 0, branch="a")
    talk.response(503, first, 0.1, to_tag="full")
    talk.request("ACK", 0.2, branch="a", to_tag="full")
    second = talk.request("INVITE", 0.3, branch="b", destination=PROXY)
    answer = talk.response(200, second, 1)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee", destination=PROXY)
    if missed is not None:
        del talk.sightings[missed]
    (call,) = talk.scene().correlation.calls
    assert (call.state, call.answer) == (CallState.ANSWERED, answer)


def test_what_a_proxy_tries_behind_the_caller_decides_nothing() -> None:
    """The caller got the failure; that a branch went on ringing is the proxy's affair."""
    talk = Exchange()
    near = talk.request("INVITE", 0, branch="near", destination=PROXY)
    failed = talk.response(408, near, 1, to_tag="proxy")
    far = talk.request("INVITE", 1.1, branch="far", source=PROXY)
    talk.response(200, far, 2)
    (call,) = talk.scene().correlation.calls
    assert (call.state, call.final) == (CallState.FAILED, failed)


@pytest.mark.parametrize(("answered", "state"), [(True, CallState.ANSWERED), (False, CallState.UNFINISHED)])
def test_behind_a_proxy_that_forks_one_branch_decides_nothing(*, answered: bool, state: CallState) -> None:
    """The recorder sees what the proxy sends on only: one target refuses while the other rings."""
    talk = Exchange()
    near = talk.request("INVITE", 0, branch="near", source=PROXY)
    other = talk.request("INVITE", 0.01, branch="other", source=PROXY, destination="203.0.113.21:5060")
    talk.response(404, near, 0.1, to_tag="near")
    talk.response(180, other, 0.2)
    if answered:
        talk.response(200, other, 2)
    (call,) = talk.scene().correlation.calls
    assert call.state is state
