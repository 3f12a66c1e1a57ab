"""Tests of `sipdiag.calls.call`."""

from __future__ import annotations

from exchange import PROXY, Exchange
from sipdiag.calls import Call, CallState, correlate


def only_call(talk: Exchange) -> Call:
    (call,) = correlate(sorted(talk.sightings, key=lambda each: each.time)).calls
    return call


def test_an_answered_call_knows_its_answer_its_ack_and_who_ended_it() -> None:
    """INVITE, 200, ACK, BYE from the callee's side."""
    talk = Exchange()
    answer = talk.answered_call()
    bye = talk.request("BYE", 9, branch="bye", from_tag="callee", to_tag="caller", cseq=7)
    talk.response(200, bye, 9.1)
    call = only_call(talk)
    assert (call.state, call.answer, call.ended_by) == (CallState.ANSWERED, answer, "callee")
    assert call.ack is not None


def test_a_challenge_and_its_answer_are_one_call() -> None:
    """RFC 3261, section 22.2: 407, ACK, INVITE with credentials: two attempts, one call, no failure."""
    talk = Exchange()
    first = talk.request("INVITE", 0, branch="a")
    talk.response(407, first, 0.1)
    talk.request("ACK", 0.2, branch="a", to_tag="callee")
    second = talk.request("INVITE", 0.3, branch="b", cseq=2)
    answer = talk.response(200, second, 1)
    call = only_call(talk)
    assert (call.state, call.final, len(call.attempts)) == (CallState.ANSWERED, answer, 2)


def test_a_client_that_keeps_the_tag_of_the_challenge_makes_no_reinvite() -> None:
    """Only the To tag of a 2xx makes a dialog; the tag of a 407 does not."""
    talk = Exchange()
    first = talk.request("INVITE", 0, branch="a")
    talk.response(407, first, 0.1, to_tag="challenge")
    second = talk.request("INVITE", 0.3, branch="b", cseq=2, to_tag="challenge")
    talk.response(486, second, 1)
    call = only_call(talk)
    assert (len(call.attempts), call.reinvites, call.state) == (2, [], CallState.FAILED)


def test_an_invite_inside_the_dialog_is_a_reinvite_from_either_side() -> None:
    """RFC 3261, section 14: it carries the To tag of the dialog, or comes from the callee with tags swapped."""
    talk = Exchange()
    talk.answered_call()
    talk.request("INVITE", 5, branch="hold", cseq=2, to_tag="callee")
    talk.request("INVITE", 6, branch="callee", cseq=1, from_tag="callee", to_tag="caller")
    call = only_call(talk)
    assert (len(call.attempts), len(call.reinvites)) == (1, 2)


def test_a_call_that_its_caller_gave_up_is_cancelled() -> None:
    """CANCEL, 487: nobody failed."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    cancel = talk.request("CANCEL", 3)
    talk.response(200, cancel, 3.1)
    talk.response(487, invite, 3.2)
    call = only_call(talk)
    assert (call.state, call.ended_by) == (CallState.CANCELLED, "caller")


def test_a_cancel_to_one_branch_of_a_fork_cancels_no_call() -> None:
    """The proxy cancels the branches that lost; the call is answered."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    desk = talk.request("INVITE", 0.01, source=PROXY, branch="desk")
    mobile = talk.request("INVITE", 0.02, source=PROXY, destination="203.0.113.21:5060", branch="mobile")
    talk.response(200, desk, 2)
    answer = talk.response(200, near, 2.01)
    talk.request("CANCEL", 2.02, source=PROXY, destination="203.0.113.21:5060", branch="mobile")
    talk.response(487, mobile, 2.1)
    call = only_call(talk)
    assert (call.state, call.answer) == (CallState.ANSWERED, answer)
    assert len(call.attempts[0].hops) == 3


def test_a_branch_that_failed_behind_a_proxy_ends_nothing() -> None:
    """While the caller still hears 180, the 486 of one branch is not the call's."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    desk = talk.request("INVITE", 0.01, source=PROXY, branch="desk")
    talk.response(486, desk, 1)
    talk.response(180, near, 1.1)
    call = only_call(talk)
    assert (call.state, call.final) == (CallState.UNFINISHED, None)


def test_a_call_that_began_before_the_capture_is_still_a_call() -> None:
    """A BYE alone shows that there was one."""
    talk = Exchange()
    bye = talk.request("BYE", 0, to_tag="callee", cseq=9)
    talk.response(200, bye, 0.1)
    call = only_call(talk)
    assert (call.state, call.invite) == (CallState.ANSWERED, None)


def test_the_ack_of_another_transaction_is_not_taken() -> None:
    """The ACK of a 2xx has its INVITE's CSeq number (RFC 3261, section 13.2.2.4)."""
    talk = Exchange()
    talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", to_tag="callee", cseq=2)
    assert only_call(talk).ack is None
