"""`bye-rejected`: a BYE that got another final response than 2xx (RFC 3261, section 15.1)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import bye_rejected


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in bye_rejected.check(call, scene)]


def refused(code: int, *, to_tag: str = "callee") -> Exchange:
    """An answered call whose BYE gets `code`."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 20, cseq=2, branch="bye", to_tag=to_tag)
    talk.response(code, bye, 20.1)
    return talk


def test_a_forgotten_dialog_is_a_warning() -> None:
    """481: the other side knows no such call."""
    (found,) = findings(refused(481))
    assert (found.variant, found.severity) == ("unknown-dialog", Severity.WARNING)


def test_tags_that_no_dialog_has_are_an_error() -> None:
    """The other side is still in the call that the BYE should have ended."""
    (found,) = findings(refused(481, to_tag="stranger"))
    assert (found.variant, found.severity) == ("wrong-tags", Severity.ERROR)


def test_both_hanging_up_is_silent() -> None:
    """Each side's dialog ended with its own BYE."""
    talk = refused(481)
    other = talk.request(
        "BYE", 20.05, branch="other", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    talk.response(481, other, 20.2)
    assert findings(talk) == []


def test_a_challenge_without_another_try_is_an_error() -> None:
    """The server keeps the call up (section 22.2)."""
    talk = refused(407)
    assert findings(talk) == []
    talk.until = 60
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("challenged", Severity.ERROR)


def test_a_challenge_that_was_answered_is_silent() -> None:
    """The next BYE carries credentials."""
    talk = refused(407)
    again = talk.request("BYE", 20.2, cseq=3, branch="again", to_tag="callee")
    talk.response(200, again, 20.3)
    assert findings(talk) == []


def test_a_refusal_that_a_second_bye_heals_is_a_note() -> None:
    """The call ended."""
    talk = refused(500)
    again = talk.request("BYE", 21, cseq=3, branch="again", to_tag="callee")
    talk.response(200, again, 21.1)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("recovered", Severity.NOTE)


def test_a_timeout_and_other_refusals_are_told_apart() -> None:
    """408 says that a proxy heard nothing."""
    assert [findings(refused(code))[0].variant for code in (408, 403)] == ["timeout", "refused"]


def test_an_answer_that_the_proxy_did_not_hear_is_named() -> None:
    """The other side accepts each copy of the BYE, and the proxy, which does not hear it, says 408."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 20, cseq=2, branch="bye", to_tag="callee", destination=PROXY)
    onward = talk.request("BYE", 20.01, cseq=2, branch="on", to_tag="callee", source=PROXY)
    answer = talk.response(200, onward, 20.02)
    talk.again(onward, 20.51)
    talk.again(answer, 20.52)
    talk.response(408, bye, 52)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("answer-unheard", Severity.WARNING)
    assert (found.evidence["server"], found.evidence["answer_frame"]) == (PROXY, answer.frame)


def test_a_bye_said_once_more_after_it_was_accepted_is_silent() -> None:
    """The dialog is gone because of the first."""
    talk = refused(200)
    again = talk.request("BYE", 21, cseq=3, branch="again", to_tag="callee")
    talk.response(481, again, 21.1)
    assert findings(talk) == []


def test_an_accepted_bye_is_silent() -> None:
    """200."""
    assert findings(refused(200)) == []


def test_a_next_try_of_which_only_the_response_was_recorded_is_one() -> None:
    """A 200 with a higher CSeq shows that the BYE with credentials was sent."""
    talk = refused(407)
    again = talk.request("BYE", 20.2, cseq=3, branch="again", to_tag="callee")
    talk.response(200, again, 20.3)
    talk.sightings.remove(again)
    talk.until = 60
    assert findings(talk) == []


def test_the_other_hanging_up_shows_in_the_response_alone() -> None:
    """The recorder missed its BYE."""
    talk = refused(481)
    other = talk.request(
        "BYE", 20.05, branch="other", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    talk.response(481, other, 20.2)
    talk.sightings.remove(other)
    assert findings(talk) == []
