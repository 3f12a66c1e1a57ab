"""`reinvite-rejected`: a change of the session that was refused (RFC 3261, section 14.1)."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import reinvite_rejected


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in reinvite_rejected.check(call, scene)]


def changed(*codes: int) -> Exchange:
    """An answered call with a re-INVITE for each of `codes`."""
    talk = Exchange()
    talk.answered_call()
    for number, code in enumerate(codes, 1):
        change = talk.request("INVITE", 10 * number, cseq=1 + number, branch=f"re{number}", to_tag="callee")
        talk.response(code, change, 10 * number + 0.1)
    talk.until = 60
    return talk


def test_a_refusal_is_a_warning() -> None:
    """The call goes on as it was."""
    (found,) = findings(changed(488))
    assert (found.variant, found.severity, found.evidence["code"]) == ("refused", Severity.WARNING, 488)


def test_a_dialog_that_is_gone_is_an_error() -> None:
    """481 and 408 end the call (section 12.2.1.2)."""
    assert [findings(changed(code))[0].variant for code in (481, 408)] == ["dialog-gone", "dialog-gone"]


def test_a_refusal_that_a_later_try_heals_is_a_note() -> None:
    """The change was made in the end."""
    (found,) = findings(changed(500, 200))
    assert (found.variant, found.severity) == ("recovered", Severity.NOTE)


def test_glare_and_followed_challenges_are_silent() -> None:
    """491 has a rule of its own; 407 and 422 ask for another try, which came."""
    assert findings(changed(491)) == []
    assert findings(changed(407, 200)) == []
    assert findings(changed(422, 200)) == []


def test_a_challenge_that_was_not_followed_is_a_warning() -> None:
    """The change was given up."""
    (found,) = findings(changed(407))
    assert found.variant == "challenged"


def test_a_cancelled_change_is_silent() -> None:
    """Its sender wanted it no more."""
    talk = changed(487)
    talk.request("CANCEL", 10.05, cseq=2, branch="re1", to_tag="callee")
    assert findings(talk) == []


def test_an_accepted_change_is_silent() -> None:
    """200."""
    assert findings(changed(200, 200)) == []
