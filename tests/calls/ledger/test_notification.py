"""Tests of `sipdiag.calls.ledger.notification`: the NOTIFY that an accepted SUBSCRIBE or REFER promises."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Duty, Outcome, notifications_due
from subscriber import Watch


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(notifications_due(scene.correlation.transactions, scene.window))


@pytest.mark.parametrize("code", [202, 200])
def test_each_acceptance_promises_one(code: int) -> None:
    """The first and each refresh, and the one that ends it."""
    watch = Watch()
    watch.subscribes(0, code)
    watch.notifies(0.2)
    watch.subscribes(300, code)
    watch.notifies(300.2)
    watch.subscribes(500, code, expires=0)
    watch.talk.until = 600
    assert [duty.outcome for duty in entries(watch.talk)] == [Outcome.DONE, Outcome.DONE, Outcome.UNDONE]


@pytest.mark.parametrize(("code", "fields"), [(204, ""), (403, "")])
def test_nothing_is_promised(code: int, fields: str) -> None:
    """204 says that nothing changed (RFC 5839), and a refusal is none."""
    talk = Exchange()
    request = talk.request("SUBSCRIBE", 0, fields=f"Event: presence\r\n{fields}")
    talk.response(code, request, 0.1)
    assert entries(talk) == []


def test_a_refer_may_ask_for_quiet() -> None:
    """`Refer-Sub: false` (RFC 4488)."""
    talk = Exchange()
    talk.response(202, talk.request("REFER", 0), 0.1, fields="Refer-Sub: false\r\n")
    assert entries(talk) == []


def test_the_debtor_is_who_accepted_not_the_proxy() -> None:
    """The 2xx is taken where it was nearest to the notifier."""
    talk = Exchange()
    near = talk.request("SUBSCRIBE", 0, destination=PROXY, branch="near", fields="Event: presence\r\n")
    far = talk.request("SUBSCRIBE", 0.01, source=PROXY, branch="far", fields="Event: presence\r\n")
    accepted = talk.response(200, far, 0.1, fields=f"Contact: <sip:{CALLEE}>\r\n")
    talk.response(200, near, 0.11, fields=f"Contact: <sip:{CALLEE}>\r\n")
    talk.until = 60
    (duty,) = entries(talk)
    assert (duty.trigger, duty.debtor, duty.outcome) == (accepted, CALLEE, Outcome.UNDONE)


def test_who_hangs_up_does_not_wait_for_the_outcome() -> None:
    """A blind transfer."""
    talk = Exchange()
    talk.answered_call()
    talk.response(202, talk.request("REFER", 10, cseq=2, branch="refer", to_tag="callee"), 10.1)
    bye = talk.request("BYE", 10.2, cseq=3, branch="bye", to_tag="callee")
    talk.until = 60
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason, duty.followed_by) == (Outcome.UNKNOWN, "hung-up", bye)


def test_a_direction_that_was_not_recorded_tells_nothing() -> None:
    """Only what the caller got is in the capture."""
    talk = Exchange()
    talk.response(202, talk.request("REFER", 0), 0.1)
    talk.until = 60
    scene = talk.scene()
    deaf = scene.window.__class__(stretches=scene.window.stretches, directions=frozenset({("a", "b")}))
    (duty,) = notifications_due(scene.correlation.transactions, deaf)
    assert (duty.outcome, duty.reason, duty.target) == (Outcome.UNKNOWN, "one-sided", CALLER)
