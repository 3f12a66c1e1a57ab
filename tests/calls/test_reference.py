"""Tests of `sipdiag.calls.reference`."""

from __future__ import annotations

from exchange import PROXY, Exchange
from sipdiag.calls import correlate, meant_by
from sipdiag.trace import Sighting


def meant(talk: Exchange, request: Sighting) -> Sighting | None:
    return meant_by(request, correlate(talk.sightings).transactions_of("call-1"))


def test_the_ack_of_a_2xx_means_the_answer_of_its_dialog() -> None:
    """RFC 3261, section 13.2.2.4: of two forked answers the one with its To tag."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(200, invite, 1, to_tag="desk")
    mobile = talk.response(200, invite, 1.1, to_tag="mobile")
    ack = talk.request("ACK", 1.2, branch="ack", to_tag="mobile")
    assert meant(talk, ack) is mobile


def test_the_ack_of_a_failure_means_the_failure_on_its_branch() -> None:
    """RFC 3261, section 17.1.1.3: hop by hop, so the response of that hop."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far")
    far_busy = talk.response(486, far, 1)
    talk.response(486, near, 1.1)
    ack = talk.request("ACK", 1.2, source=PROXY, branch="far", to_tag="callee")
    assert meant(talk, ack) is far_busy


def test_a_prack_means_the_provisional_response_that_its_rack_names() -> None:
    """RFC 3262, section 7.2: RSeq, CSeq number and method."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(183, invite, 0.1, fields="Require: 100rel\r\nRSeq: 41\r\n")
    second = talk.response(180, invite, 0.5, fields="Require: 100rel\r\nRSeq: 42\r\n")
    prack = talk.request("PRACK", 0.6, branch="p", cseq=2, to_tag="callee", fields="RAck: 42 1 INVITE\r\n")
    assert meant(talk, prack) is second


def test_a_prack_with_a_broken_rack_means_nothing() -> None:
    """Whatever stands there, nobody guesses."""
    talk = Exchange()
    talk.response(183, talk.request("INVITE", 0), 0.1, fields="RSeq: 41\r\n")
    prack = talk.request("PRACK", 0.6, branch="p", cseq=2, to_tag="callee", fields="RAck: 41 INVITE\r\n")
    assert meant(talk, prack) is None


def test_a_cancel_means_the_invite_on_its_branch() -> None:
    """RFC 3261, section 9.1."""
    talk = Exchange()
    talk.request("INVITE", 0, branch="desk")
    invite = talk.request("INVITE", 0.1, branch="mobile", destination="203.0.113.21:5060")
    cancel = talk.request("CANCEL", 1, branch="mobile", destination="203.0.113.21:5060")
    assert meant(talk, cancel) is invite


def test_other_requests_mean_themselves() -> None:
    """A BYE is about the dialog, not about a message; a response means nothing here."""
    talk = Exchange()
    answer = talk.answered_call()
    bye = talk.request("BYE", 9, branch="bye", cseq=2, to_tag="callee")
    assert meant(talk, bye) is None
    assert meant(talk, answer) is None
