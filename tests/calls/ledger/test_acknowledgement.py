"""Tests of `sipdiag.calls.ledger.acknowledgement`: every way the ACK of a 2xx can go, told apart."""

from __future__ import annotations

import pytest

from exchange import CALLEE, PROXY, Exchange, ladder
from sipdiag.calls import Duty, Outcome, acknowledgements


def only_duty(talk: Exchange) -> Duty:
    scene = talk.scene()
    (duty,) = acknowledgements(scene.correlation.calls[0], scene.window)
    return duty


def test_an_ack_in_time_is_done() -> None:
    """The common case."""
    talk = Exchange()
    talk.answered_call()
    assert only_duty(talk).outcome is Outcome.DONE


def test_an_ack_after_a_repeat_is_late() -> None:
    """The callee asked again before it came."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2.0)
    ack = talk.request("ACK", 2.1, branch="ack", to_tag="callee")
    duty = only_duty(talk)
    assert (duty.outcome, duty.fulfilled_by) == (Outcome.LATE, ack)


def test_a_full_ladder_proves_that_no_ack_came() -> None:
    """RFC 3261, section 13.3.1.4: the callee repeats for 64*T1, then gives up."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, *ladder(1.5))
    bye = talk.request(
        "BYE", 33.6, branch="bye", source=CALLEE, destination="192.0.2.10:5060", from_tag="callee", to_tag="caller"
    )
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason, duty.timed_out) == (Outcome.UNDONE, "timed-out", True)
    assert duty.followed_by is bye
    assert len(duty.repeats) == 10


def test_a_capture_that_ends_at_once_can_tell_nothing() -> None:
    """The caller had no time to answer."""
    talk = Exchange()
    talk.answered_call(ack=False)
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, "capture-ended")


def test_repeats_and_time_without_an_ack_make_it_undone() -> None:
    """The callee asked again, seconds passed, nothing came: likely, not proven."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2.0, 3.0, 5.0)
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason, duty.timed_out) == (Outcome.UNDONE, "repeated", False)


@pytest.mark.parametrize("method", ["BYE", "INVITE", "UPDATE", "INFO"])
def test_a_request_in_the_dialog_proves_an_ack_that_the_recorder_missed(method: str) -> None:
    """The callee never asked again and the dialog went on: the ACK came."""
    talk = Exchange()
    talk.answered_call(ack=False)
    talk.request(method, 60, branch="later", cseq=2, to_tag="callee")
    scene = talk.scene()
    duty = next(iter(acknowledgements(scene.correlation.calls[0], scene.window)))
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "unseen")


def test_a_callee_that_speaks_in_the_dialog_has_its_ack() -> None:
    """RFC 3261, section 15: before the ACK a callee may not even send BYE."""
    talk = Exchange()
    talk.answered_call(ack=False)
    talk.request(
        "BYE", 10, branch="x", source=CALLEE, destination="192.0.2.10:5060", from_tag="callee", to_tag="caller"
    )
    assert only_duty(talk).outcome is Outcome.DONE


def test_the_bye_of_a_caller_proves_nothing_while_the_callee_still_asks() -> None:
    """The ladder was running when the caller hung up: no ACK had arrived."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, 2.0, 3.0, 5.0)
    talk.request("BYE", 6, branch="bye", cseq=2, to_tag="callee")
    assert only_duty(talk).outcome is Outcome.UNDONE


@pytest.mark.parametrize(("cseq", "to_tag", "reason"), [(2, "callee", "wrong-cseq"), (1, "nobody", "wrong-tag")])
def test_an_ack_that_does_not_fit_is_wrong(cseq: int, to_tag: str, reason: str) -> None:
    """RFC 3261, section 13.2.2.4: CSeq number and tags are those of the 2xx."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    ack = talk.request("ACK", 1.6, branch="ack", cseq=cseq, to_tag=to_tag)
    talk.again(answer, *ladder(1.5))
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason, duty.fulfilled_by) == (Outcome.WRONG, reason, ack)


def test_an_ack_swallowed_between_two_hops_is_found_there() -> None:
    """It was seen on its way to the proxy and never behind it, where the 200 was repeated to the end."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    answer = talk.response(200, far, 1)
    talk.response(200, near, 1.01)
    ack = talk.request("ACK", 1.1, destination=PROXY, branch="ack", to_tag="callee")
    talk.again(answer, *ladder(1))
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason, duty.fulfilled_by) == (Outcome.UNDONE, "swallowed", ack)


def test_an_ack_sent_to_another_place_is_told_from_one_that_never_left() -> None:
    """It left for an address from which the 200 did not come, and the 200 was repeated to the end."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", to_tag="callee", destination="10.0.0.5:5060")
    talk.again(answer, *ladder(1.5))
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNDONE, "sent-elsewhere")


def test_one_direction_only_can_tell_nothing() -> None:
    """The capture holds no packet from the caller's side at all."""
    talk = Exchange()
    talk.answered_call(ack=False)
    talk.sightings = [each for each in talk.sightings if each.source == CALLEE]
    talk.until = 20
    duty = only_duty(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, "one-sided")


def test_each_forked_answer_needs_its_own_ack() -> None:
    """RFC 3261, section 13.2.2.4: one for every 2xx, by To tag."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(200, invite, 1, to_tag="desk")
    other = talk.response(200, invite, 1.1, to_tag="mobile")
    talk.request("ACK", 1.2, branch="ack", to_tag="desk")
    talk.again(other, *ladder(1.1))
    scene = talk.scene()
    duties = list(acknowledgements(scene.correlation.calls[0], scene.window))
    assert [duty.outcome for duty in duties] == [Outcome.DONE, Outcome.UNDONE]


def test_the_target_is_the_last_record_route_or_the_contact() -> None:
    """RFC 3261, section 12.1.2: the caller's route set is Record-Route in reverse order."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    routes = "Record-Route: <sip:inner.example.com;lr>, <sip:outer.example.com;lr>\r\n"
    talk.response(200, invite, 1, fields=routes + "Contact: <sip:callee@203.0.113.20>\r\n")
    assert only_duty(talk).target == "sip:outer.example.com;lr"


def test_over_udp_a_server_that_stays_quiet_has_the_ack_of_its_failure() -> None:
    """RFC 3261, section 17.2.1: it would repeat the response after T1 (timer G)."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(486, invite, 1)
    talk.until = 30
    assert only_duty(talk).outcome is Outcome.DONE


def test_a_failure_repeated_to_the_end_was_never_acknowledged() -> None:
    """RFC 3261, section 17.2.1: timer H."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.again(talk.response(486, invite, 1), *ladder(1))
    duty = only_duty(talk)
    assert (duty.kind, duty.outcome, duty.reason) == ("ack-failure", Outcome.UNDONE, "timed-out")


def test_a_mid_hop_that_changes_tags_makes_no_false_alarm() -> None:
    """A session border controller may show another To tag on each side; each hop is judged by its own."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far", from_tag="sbc")
    talk.response(200, far, 1, to_tag="inner")
    talk.response(200, near, 1.01, to_tag="outer")
    talk.request("ACK", 1.1, destination=PROXY, branch="ack1", to_tag="outer")
    talk.request("ACK", 1.11, source=PROXY, branch="ack2", from_tag="sbc", to_tag="inner")
    talk.until = 60
    scene = talk.scene()
    duties = acknowledgements(scene.correlation.calls[0], scene.window)
    assert {duty.outcome for duty in duties} == {Outcome.DONE}
