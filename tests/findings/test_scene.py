"""Tests of `sipdiag.findings.scene`."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from registrar import Registrar
from sipdiag.calls import Outcome
from subscriber import Watch


def test_the_duties_of_a_call_are_worked_out_once() -> None:
    """Several rules read the same ledger."""
    talk = Exchange()
    talk.answered_call()
    scene = talk.scene()
    (call,) = scene.correlation.calls
    assert [duty.outcome for duty in scene.duties(call, "ack-2xx")] == [Outcome.DONE]
    assert scene.duties(call, "ack-2xx") is scene.duties(call, "ack-2xx")


def test_scenes_do_not_share_their_ledgers() -> None:
    """Calls are numbered in each analysis anew."""
    first, second = Exchange(), Exchange()
    first.answered_call()
    second.answered_call(ack=False)
    scenes = [talk.scene() for talk in (first, second)]
    outcomes = [scene.duties(scene.correlation.calls[0], "ack-2xx")[0].outcome for scene in scenes]
    assert outcomes == [Outcome.DONE, Outcome.UNKNOWN]


def test_who_was_last_heard_by_whom() -> None:
    """By host, whatever the ports; 0 for who never spoke to the other."""
    talk = Exchange()
    talk.response(200, talk.request("OPTIONS", 0), 1)
    last = talk.request("OPTIONS", 5, source="192.0.2.10:49152", branch="two", call_id="two")
    scene = talk.scene()
    assert scene.last_heard(CALLER, CALLEE) == last.time
    assert scene.last_heard(CALLEE, CALLER) == last.time - 4 * 1_000_000_000
    assert scene.last_heard(CALLER, PROXY) == 0


def test_acceptances_are_found_across_call_ids() -> None:
    """A client that starts anew takes a new Call-ID; another client counts for the address only."""
    registrar = Registrar()
    first = registrar.says(200, 0)
    registrar.call_id = "register-2"
    second = registrar.says(200, 10)
    registrar.call_id, registrar.client = "register-3", CALLEE
    other = registrar.says(200, 20)
    scene = registrar.talk.scene()
    registration = scene.correlation.registrations[0]
    assert scene.accepted(registration) == [first, second]
    assert scene.accepted_anywhere(registration.aor) == [first, second, other]
    assert (scene.lines_of(CALLER), scene.lines_of(PROXY)) == (1, 0)


def test_accepted_subscriptions_are_found_by_event_and_subscriber() -> None:
    """Under whatever Call-ID."""
    watch = Watch()
    accepted = watch.subscribes(0)
    scene = watch.talk.scene()
    assert scene.accepted_subscriptions("presence", CALLER) == [accepted]
    assert scene.accepted_subscriptions("dialog", CALLER) == []


def test_a_duty_is_found_by_the_message_that_lays_it() -> None:
    """And another message of the Call-ID, or another kind, finds nothing."""
    talk = Exchange()
    request = talk.request("REGISTER", 0)
    refusal = talk.response(401, request, 0.1, fields='WWW-Authenticate: Digest realm="a", nonce="n"\r\n')
    scene = talk.scene()
    duty = scene.duty_laid_by(refusal, "credentials")
    assert duty is not None
    assert duty.trigger is refusal
    assert scene.duty_laid_by(request, "credentials") is None
    assert scene.duty_laid_by(refusal, "interval") is None
