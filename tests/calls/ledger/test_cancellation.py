"""Tests of `sipdiag.calls.ledger.cancellation`: what becomes of a call whose CANCEL came too late."""

from __future__ import annotations

from exchange import CALLER, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, cancellations


def duties(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(cancellations(scene.correlation.calls[0], scene.window))


def crossing(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    talk.request("CANCEL", 5)
    talk.response(200, invite, 5.01)
    talk.request("ACK", 5.1, branch="ack", to_tag="callee")


def test_a_bye_does_it() -> None:
    """Whoever sends it: the call is over."""
    talk = Exchange()
    crossing(talk)
    bye = talk.request("BYE", 5.2, cseq=2, branch="bye", to_tag="callee")
    (duty,) = duties(talk)
    assert (duty.kind, duty.outcome, duty.reason, duty.fulfilled_by) == ("cancel-bye", Outcome.DONE, "crossed", bye)
    assert duty.debtor == CALLER


def test_without_it_the_call_stands() -> None:
    """Nobody said more for 32 s."""
    talk = Exchange()
    crossing(talk)
    talk.until = 40
    (duty,) = duties(talk)
    assert duty.outcome is Outcome.UNDONE


def test_a_recording_that_ends_soon_leaves_it_open() -> None:
    """The BYE may have come a second later."""
    talk = Exchange()
    crossing(talk)
    (duty,) = duties(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, "capture-ended")


def test_of_several_hops_the_one_nearest_the_callee_counts() -> None:
    """There the 2xx was on the wire first."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    talk.request("CANCEL", 5, destination=PROXY, branch="near")
    talk.request("CANCEL", 5.01, source=PROXY, branch="far")
    answer = talk.response(200, far, 5.02)
    talk.response(200, near, 5.03)
    talk.request("ACK", 5.1, branch="ack", to_tag="callee")
    (duty,) = duties(talk)
    assert duty.trigger is answer


def test_a_surplus_answer_of_a_fork_is_no_crossing() -> None:
    """The proxy cancelled it; the caller talks to the other phone."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    desk = talk.request("INVITE", 0.01, source=PROXY, branch="desk")
    mobile = talk.request("INVITE", 0.02, source=PROXY, destination="203.0.113.21:5060", branch="mobile")
    talk.response(200, desk, 5, to_tag="desk")
    talk.response(200, near, 5.01, to_tag="desk")
    talk.request("CANCEL", 5.02, source=PROXY, destination="203.0.113.21:5060", branch="mobile")
    talk.response(200, mobile, 5.03, to_tag="mobile")
    assert duties(talk) == []


def test_a_bye_that_the_recorder_missed_leaves_it_open() -> None:
    """Its 200 shows that the call was hung up."""
    talk = Exchange()
    crossing(talk)
    bye = talk.request("BYE", 5.2, cseq=2, branch="bye", to_tag="callee")
    talk.response(200, bye, 5.3)
    talk.sightings.remove(bye)
    talk.until = 40
    (duty,) = duties(talk)
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, "unseen")
