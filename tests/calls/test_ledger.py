"""Tests of `sipdiag.calls.ledger`."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.calls import Outcome, duties_of


def test_every_kind_of_duty_stands_in_one_ledger() -> None:
    """ACK of a 2xx and of a failure, PRACK, and the BYE after a CANCEL that came too late."""
    talk = Exchange()
    refused = talk.request("INVITE", 0)
    talk.response(407, refused, 0.1, to_tag="proxy")
    talk.request("ACK", 0.2, to_tag="proxy")
    invite = talk.request("INVITE", 0.3, cseq=2, branch="two", fields="Supported: 100rel\r\n")
    talk.response(183, invite, 1, fields="Require: 100rel\r\nRSeq: 7\r\n")
    talk.request("PRACK", 1.1, cseq=3, branch="prack", to_tag="callee", fields="RAck: 7 2 INVITE\r\n")
    talk.request("CANCEL", 5, cseq=2, branch="two")
    talk.response(200, invite, 5.01)
    talk.request("ACK", 5.1, cseq=2, branch="ack", to_tag="callee")
    talk.request("BYE", 5.2, cseq=4, branch="bye", to_tag="callee")
    scene = talk.scene()
    (call,) = scene.correlation.calls
    told = {duty.kind: duty.outcome for duty in duties_of(call, scene.window)}
    assert told == dict.fromkeys(("ack-2xx", "ack-failure", "prack", "cancel-bye"), Outcome.DONE)
    assert [duty.kind for duty in scene.duties(call)] == list(
        dict.fromkeys(duty.kind for duty in duties_of(call, scene.window))
    )
