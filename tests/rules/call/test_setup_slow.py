"""`setup-slow`: the caller heard nothing for long (RFC 6076, section 4.3)."""

from __future__ import annotations

from exchange import CALLEE, PROXY, Exchange, ladder
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import setup_slow


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in setup_slow.check(call, scene)]


def test_late_ringing_is_a_warning_at_the_hop_that_took_the_time() -> None:
    """The last hop at which most of the time had still to pass is to blame, not each hop."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(100, invite, 0.1)
    branch = talk.request("INVITE", 0.2, source=PROXY, branch="two")
    ringing = talk.response(180, branch, 14)
    talk.response(180, invite, 14.1, source=PROXY)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("slow", Severity.WARNING)
    assert (found.evidence["server"], found.evidence["delay_s"]) == (CALLEE, 14.1)
    assert ringing.source == CALLEE


def test_a_long_ringing_is_no_slow_setup() -> None:
    """People take their time to answer."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(180, invite, 5)
    talk.response(200, invite, 60)
    assert findings(talk) == []


def test_lost_copies_of_the_invite_are_named() -> None:
    """The caller asked again and again until one copy got through."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.again(invite, *ladder(0, 12))
    talk.response(180, invite, 12)
    (found,) = findings(talk)
    assert found.variant == "lost"
    assert found.evidence["repeats"] == len(ladder(0, 12))


def test_a_server_that_tells_only_of_the_answer_is_a_note() -> None:
    """It may have rung all the time."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(100, invite, 0.1)
    talk.response(200, invite, 20)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("no-ringing", Severity.NOTE)


def test_a_caller_who_gave_up_in_silence_is_a_warning() -> None:
    """No ringing for twenty seconds, then CANCEL."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(100, invite, 0.1)
    cancel = talk.request("CANCEL", 20)
    talk.response(200, cancel, 20.1)
    talk.response(487, invite, 20.2)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("given-up", Severity.WARNING)


def test_time_spent_on_a_password_is_a_note() -> None:
    """Between the challenge and the credentials it is the client that takes its time."""
    talk = Exchange()
    first = talk.request("INVITE", 0)
    talk.response(407, first, 0.1)
    second = talk.request("INVITE", 15, cseq=2, branch="two")
    talk.response(180, second, 15.2)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("client", Severity.NOTE)


def test_a_late_failure_is_left_to_the_rule_on_failures() -> None:
    """`call-failed` says after how long."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(503, invite, 20)
    assert findings(talk) == []
