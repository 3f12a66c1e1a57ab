"""Tests of `sipdiag.calls.ledger.confirmation`: every way the PRACK of a reliable response can go, told apart."""

from __future__ import annotations

from exchange import CALLEE, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, confirmations
from sipdiag.trace import Sighting

RELIABLE = "Require: 100rel\r\nRSeq: {}\r\n"


def duties(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(confirmations(scene.correlation.calls[0], scene.window))


def invite(talk: Exchange) -> Sighting:
    return talk.request("INVITE", 0, fields="Supported: timer, 100rel\r\n")


def prack(talk: Exchange, at: float, rack: str, *, to_tag: str = "callee") -> Sighting:
    return talk.request("PRACK", at, cseq=2, branch=f"p{at}", to_tag=to_tag, fields=f"RAck: {rack}\r\n")


def test_a_prack_in_time_is_done() -> None:
    """The common case."""
    talk = Exchange()
    response = talk.response(183, invite(talk), 1, fields=RELIABLE.format(7))
    sent = prack(talk, 1.1, "7 1 INVITE")
    (duty,) = duties(talk)
    assert (duty.kind, duty.outcome, duty.trigger, duty.fulfilled_by) == ("prack", Outcome.DONE, response, sent)


def test_a_prack_after_a_repeat_is_late() -> None:
    """The callee asked again before it came."""
    talk = Exchange()
    talk.again(talk.response(183, invite(talk), 1, fields=RELIABLE.format(7)), 1.5)
    prack(talk, 1.6, "7 1 INVITE")
    (duty,) = duties(talk)
    assert duty.outcome is Outcome.LATE


def test_each_reliable_response_has_a_duty_of_its_own() -> None:
    """By To tag and RSeq (RFC 3262, section 7.1): a fork, and a second response of one phone."""
    talk = Exchange()
    asked = invite(talk)
    talk.response(183, asked, 1, fields=RELIABLE.format(7))
    prack(talk, 1.1, "7 1 INVITE")
    talk.response(180, asked, 1.2, fields=RELIABLE.format(8))
    prack(talk, 1.3, "8 1 INVITE")
    talk.response(183, asked, 1.4, fields=RELIABLE.format(7), to_tag="mobile")
    prack(talk, 1.5, "7 1 INVITE", to_tag="mobile")
    assert [duty.outcome for duty in duties(talk)] == [Outcome.DONE] * 3


def test_a_response_without_100rel_lays_no_duty() -> None:
    """Section 4: only Require makes it reliable; and 100 never is."""
    talk = Exchange()
    asked = invite(talk)
    talk.response(100, asked, 0.1, fields=RELIABLE.format(1))
    talk.response(183, asked, 1, fields="RSeq: 7\r\n")
    talk.response(180, asked, 2)
    assert duties(talk) == []


def test_a_copy_with_another_date_is_a_repeat() -> None:
    """The number tells a response, not its bytes."""
    talk = Exchange()
    asked = invite(talk)
    talk.response(183, asked, 1, fields=f"{RELIABLE.format(7)}Date: one\r\n")
    talk.response(183, asked, 1.5, fields=f"{RELIABLE.format(7)}Date: two\r\n")
    (duty,) = duties(talk)
    assert len(duty.repeats) == 1


def test_a_callee_that_asks_no_more_has_its_prack() -> None:
    """The recorder missed it: no error."""
    talk = Exchange()
    talk.response(183, invite(talk), 1, fields=RELIABLE.format(7))
    talk.until = 20
    (duty,) = duties(talk)
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "unseen")


def test_a_final_response_settles_it() -> None:
    """Section 3: the callee then asks no more."""
    talk = Exchange()
    asked = invite(talk)
    talk.response(183, asked, 1, fields=RELIABLE.format(7))
    talk.response(486, asked, 1.4)
    (duty,) = duties(talk)
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "settled")


def test_a_full_ladder_through_a_proxy_names_who_swallowed_it() -> None:
    """Seen on the first hop, never on the second."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", fields="Supported: 100rel\r\n")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far", fields="Supported: 100rel\r\n")
    there = talk.response(183, far, 1, fields=RELIABLE.format(7))
    here = talk.response(183, near, 1.01, fields=RELIABLE.format(7))
    for at in (1.5, 2.5, 4.5, 8.5, 16.5, 32.5):
        talk.again(there, at)
        talk.again(here, at + 0.01)
    talk.request("PRACK", 1.1, destination=PROXY, cseq=2, branch="p", to_tag="callee", fields="RAck: 7 1 INVITE\r\n")
    (duty,) = duties(talk)
    assert (duty.outcome, duty.reason, duty.trigger.source) == (Outcome.UNDONE, "swallowed", CALLEE)
