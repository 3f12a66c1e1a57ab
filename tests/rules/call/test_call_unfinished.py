"""`call-unfinished`: an INVITE that was taken up and never ended."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Confidence, Finding, Severity
from sipdiag.rules.call import call_unfinished


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in call_unfinished.check(call, scene)]


def ringing(until: float, *codes: int) -> Exchange:
    """An INVITE with provisional responses, in a capture that goes on `until`."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    for at, code in enumerate(codes, 1):
        talk.response(code, invite, at / 10)
    talk.until = until
    return talk


def test_ringing_that_never_ends_is_a_warning() -> None:
    """Three minutes without a word after a 180: timer C (section 16.6)."""
    (found,) = findings(ringing(200, 100, 180))
    assert (found.variant, found.severity, found.confidence) == ("ringing", Severity.WARNING, Confidence.LIKELY)
    assert found.evidence["code"] == 180


def test_a_hundred_alone_is_told_apart() -> None:
    """A server that only took the INVITE has not even found the callee."""
    (found,) = findings(ringing(200, 100))
    assert found.variant == "trying"


def test_a_capture_that_ends_while_it_rings_cannot_tell() -> None:
    """Ringing takes time: a short capture shows nothing wrong."""
    (found,) = findings(ringing(60, 100, 180))
    assert (found.variant, found.severity) == ("capture-ended", Severity.NOTE)
    assert findings(ringing(0.25, 100, 180)) == []


def test_an_invite_without_any_response_is_left_to_another_rule() -> None:
    """`request-unanswered` tells of it."""
    assert findings(ringing(200)) == []


def test_a_failure_that_the_proxy_keeps_is_named() -> None:
    """The only branch ended with 486, and the caller was never told (section 16.7)."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(100, invite, 0.1)
    branch = talk.request("INVITE", 0.2, source=PROXY, branch="two")
    talk.response(486, branch, 3)
    talk.until = 50
    (found,) = findings(talk)
    assert (found.variant, found.evidence["last_server"]) == ("failure-withheld", CALLEE)


def test_a_cancel_without_its_487_is_a_note() -> None:
    """Section 9.2 wants a 487; without it the call is over all the same."""
    talk = ringing(60, 100, 180)
    cancel = talk.request("CANCEL", 5, source=CALLER)
    talk.response(200, cancel, 5.1)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("cancel-unfinished", Severity.NOTE)


def test_an_ack_shows_that_the_recorder_missed_the_answer() -> None:
    """Nobody acknowledges what did not come."""
    talk = ringing(200, 100, 180)
    talk.request("ACK", 5, branch="ack", to_tag="callee")
    assert findings(talk) == []


def test_an_answered_call_is_finished() -> None:
    """Its INVITE has its final response."""
    talk = Exchange()
    talk.answered_call()
    talk.until = 900
    assert findings(talk) == []
