"""Tests of `sipdiag.calls.ledger.answer`: where the answer to an offer is due, and where it is amiss."""

from __future__ import annotations

from described import VOICE, sdp, with_body
from exchange import CALLEE, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, answers, exchanges_of

SDP = sdp(VOICE)


def entries(talk: Exchange) -> list[Duty]:
    (call,) = talk.scene().correlation.calls
    return list(answers(exchanges_of(call), call))


def test_through_a_proxy_the_hop_that_lost_it_is_told() -> None:
    """One entry for all hops: the one at which the answer is amiss, not the one at which it is there."""
    talk = Exchange()
    near = with_body(talk, talk.request("INVITE", 0, destination=PROXY, branch="near"), SDP)
    far = with_body(talk, talk.request("INVITE", 0.01, source=PROXY, branch="far"), SDP)
    with_body(talk, talk.response(200, far, 1), SDP)
    lost = talk.response(200, near, 1.01)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, duty.followed_by) == (Outcome.UNDONE, "offer-in-request", lost)


def test_a_refusal_settles_the_offer() -> None:
    """RFC 3261, section 14.1: the session stays as it was."""
    talk = Exchange()
    talk.response(488, with_body(talk, talk.request("INVITE", 0), SDP), 1)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "refused")


def test_each_dialog_of_a_fork_has_an_answer_of_its_own() -> None:
    """Two callees, two answers: one may be there, and one missing."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0), SDP)
    with_body(talk, talk.response(200, invite, 1, to_tag="one"), SDP)
    talk.response(200, invite, 1.1, to_tag="two")
    assert [duty.outcome for duty in entries(talk)] == [Outcome.DONE, Outcome.UNDONE]
    assert {duty.debtor for duty in entries(talk)} == {CALLEE}


def test_a_prack_for_a_response_that_was_missed_leaves_it_open() -> None:
    """The answer may stand in that response."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0, fields="Supported: 100rel\r\n"), SDP)
    talk.request("PRACK", 1, cseq=2, branch="prack", to_tag="callee", fields="RAck: 7 1 INVITE\r\n")
    talk.response(200, invite, 2)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, "offer-in-request")


def test_an_answer_in_a_reliable_response_that_one_hop_misses_is_there() -> None:
    """The 183 was seen behind the proxy, and not before it."""
    talk = Exchange()
    near = with_body(talk, talk.request("INVITE", 0, destination=PROXY, branch="near"), SDP)
    far = with_body(talk, talk.request("INVITE", 0.01, source=PROXY, branch="far"), SDP)
    with_body(talk, talk.response(183, far, 0.5, fields="Require: 100rel\r\nRSeq: 1\r\n"), SDP)
    talk.response(200, far, 1)
    talk.response(200, near, 1.01)
    (duty,) = entries(talk)
    assert duty.outcome is Outcome.DONE


def test_a_prack_may_answer_a_response_that_was_missed() -> None:
    """What it holds is taken for an offer only where something answers it."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, fields="Supported: 100rel\r\n")
    fields = "RAck: 7 1 INVITE\r\n"
    prack = with_body(talk, talk.request("PRACK", 1, cseq=2, branch="prack", to_tag="callee", fields=fields), SDP)
    accepted = talk.response(200, prack, 1.1)
    talk.response(200, invite, 2)
    assert entries(talk) == []
    with_body(talk, accepted, SDP)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.exchange is not None) == (Outcome.DONE, True)
