"""Tests of `sipdiag.calls.ledger.receipt`: the answer to a NOTIFY."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, receipts


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(receipts(scene.correlation.transactions, scene.window))


def test_through_a_proxy_the_last_hop_counts() -> None:
    """Who is silent is the subscriber, not the proxy; one entry for both hops."""
    talk = Exchange()
    talk.request("OPTIONS", 0, source=CALLER, destination=PROXY)
    near = talk.request("NOTIFY", 0, source=CALLEE, destination=PROXY, branch="near")
    far = talk.request("NOTIFY", 0.01, source=PROXY, destination=CALLER, branch="far")
    talk.again(far, 0.5, 1.5, 3.5)
    talk.response(408, near, 8)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, duty.debtor, duty.trigger) == (Outcome.UNDONE, "repeated", CALLER, near)


def test_a_provisional_response_is_none_yet() -> None:
    """Nobody knows what came of it."""
    talk = Exchange()
    trying = talk.response(100, talk.request("NOTIFY", 0), 0.1)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, duty.followed_by) == (Outcome.UNKNOWN, "provisional", trying)
