"""Tests of `sipdiag.calls.ledger.demand`: what a challenge or a registrar asks for, and what came."""

from __future__ import annotations

import pytest

from duties import CHALLENGE, CREDENTIALS
from exchange import CALLER, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, demands
from sipdiag.trace import Sighting


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(demands(scene.correlation.transactions, scene.window))


def challenged(talk: Exchange, method: str = "REGISTER", *, at: float = 0, fields: str = "") -> Sighting:
    request = talk.request(method, at, cseq=round(at) + 1, branch=f"b{at}", fields=fields)
    return talk.response(401, request, at + 0.1, fields=CHALLENGE)


def test_a_proxy_that_passes_a_request_on_owes_nothing() -> None:
    """One entry, at the hop of the one that asked."""
    talk = Exchange()
    near = talk.request("REGISTER", 0, destination=PROXY, branch="near")
    far = talk.request("REGISTER", 0.01, source=PROXY, branch="far")
    talk.response(401, far, 0.1, fields=CHALLENGE)
    refusal = talk.response(401, near, 0.11, fields=CHALLENGE)
    (duty,) = entries(talk)
    assert (duty.trigger, duty.debtor) == (refusal, CALLER)


def test_who_never_got_the_challenge_repeats_its_request() -> None:
    """Over UDP such a client goes on at T1 and doubled intervals."""
    talk = Exchange()
    request = talk.request("REGISTER", 0)
    talk.response(401, request, 0.1, fields=CHALLENGE)
    talk.again(request, 0.6, 1.6, 3.6)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, len(duty.repeats)) == (Outcome.UNDONE, "not-received", 3)


def test_what_is_accepted_without_was_not_needed() -> None:
    """The server knows the address by now."""
    talk = Exchange()
    challenged(talk)
    accepted = talk.response(200, talk.request("REGISTER", 1, cseq=2, branch="b2"), 1.1)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, duty.fulfilled_by) == (Outcome.DONE, "not-needed", accepted)


def test_a_try_that_the_recorder_missed_counts() -> None:
    """Its response is there."""
    talk = Exchange()
    challenged(talk)
    again = talk.request("REGISTER", 1, cseq=2, branch="b2", fields=CREDENTIALS)
    talk.response(200, again, 1.1)
    talk.sightings.remove(again)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "unseen")


def test_a_challenge_to_a_request_that_the_recorder_missed_asks_too() -> None:
    """The refusal lays the duty."""
    talk = Exchange()
    challenged(talk)
    del talk.sightings[0]
    sent = talk.request("REGISTER", 1, cseq=2, branch="b2", fields=CREDENTIALS)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.fulfilled_by) == (Outcome.DONE, sent)


@pytest.mark.parametrize(
    ("asks", "states"), [("Expires: 60\r\n", ""), ("Expires: 900\r\n", "Min-Expires: 600\r\n"), ("", "")]
)
def test_a_423_that_states_nothing_that_was_broken_asks_for_nothing(asks: str, states: str) -> None:
    """Without Min-Expires, or with one that was kept, nobody knows what would do."""
    talk = Exchange()
    talk.response(423, talk.request("REGISTER", 0, fields=asks), 0.1, fields=states)
    assert entries(talk) == []


def test_many_that_never_send_credentials_cost_no_more_each() -> None:
    """A Call-ID may see thousands of challenges: later requests are looked at up to a limit."""
    talk = Exchange()
    for number in range(600):
        challenged(talk, at=number)
    found = entries(talk)
    assert len(found) == 600
    assert {duty.outcome for duty in found[:-1]} == {Outcome.WRONG}
    assert max(len(duty.repeats) for duty in found) < 100
