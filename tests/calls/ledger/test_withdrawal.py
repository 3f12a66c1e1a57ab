"""Tests of `sipdiag.calls.ledger.withdrawal`: what a CANCEL asks of who gets it."""

from __future__ import annotations

import pytest

from exchange import PROXY, Exchange
from sipdiag.calls import Duty, Outcome, withdrawals


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(withdrawals(scene.correlation.transactions, scene.window))


def test_each_hop_answers_for_itself() -> None:
    """CANCEL goes hop by hop (RFC 3261, section 9.1): four entries for two of them."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    for invite, at, ends in ((near, 5, {"destination": PROXY}), (far, 5.01, {"source": PROXY})):
        cancel = talk.request("CANCEL", at, branch="near" if invite is near else "far", **ends)
        talk.response(200, cancel, at + 0.02)
    talk.response(487, far, 5.1)
    talk.response(487, near, 5.11)
    assert [(duty.kind, duty.outcome) for duty in entries(talk)] == [
        ("cancel-final", Outcome.DONE),
        ("cancel-invite", Outcome.DONE),
    ] * 2


def test_without_its_invite_nobody_knows_what_it_ended() -> None:
    """The capture began later."""
    talk = Exchange()
    talk.response(200, talk.request("CANCEL", 5), 5.1)
    assert [(duty.outcome, duty.reason) for duty in entries(talk)] == [(Outcome.DONE, ""), (Outcome.UNKNOWN, "unseen")]


def test_an_invite_that_ended_settles_a_cancel_without_answer() -> None:
    """That is what it was for."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.request("CANCEL", 5)
    talk.response(487, invite, 5.1)
    talk.until = 60
    assert [(duty.outcome, duty.reason) for duty in entries(talk)] == [(Outcome.DONE, "settled"), (Outcome.DONE, "")]


@pytest.mark.parametrize(("code", "reason"), [(0, "unheard"), (481, "not-accepted")])
def test_a_cancel_that_took_no_effect_ends_nothing(code: int, reason: str) -> None:
    """It did not arrive, or not where the INVITE is known."""
    talk = Exchange()
    talk.response(180, talk.request("INVITE", 0), 0.5)
    cancel = talk.request("CANCEL", 5)
    if code:
        talk.response(code, cancel, 5.1)
    talk.until = 60
    duty = entries(talk)[1]
    assert (duty.outcome, duty.reason) == (Outcome.UNKNOWN, reason)
