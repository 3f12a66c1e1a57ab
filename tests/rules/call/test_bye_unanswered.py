"""`bye-unanswered`: a BYE without a final response (RFC 3261, section 15.1)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.findings import Confidence, Finding, Severity
from sipdiag.rules.call import bye_unanswered
from sipdiag.rules.transaction import request_unanswered


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in bye_unanswered.check(call, scene)]


def hung_up() -> Exchange:
    """An answered call, and the caller's BYE after twenty seconds."""
    talk = Exchange()
    talk.answered_call()
    talk.request("BYE", 20, cseq=2, branch="bye", to_tag="callee")
    return talk


def test_a_full_ladder_is_certain() -> None:
    """Timer F: the client asked until it gave up (section 17.1.2.2)."""
    talk = hung_up()
    talk.again(talk.sightings[-1], *ladder(20))
    (found,) = findings(talk)
    assert (found.variant, found.severity, found.confidence) == ("timed-out", Severity.ERROR, Confidence.CERTAIN)
    assert found.evidence["sender"] == "caller"


def test_the_rule_on_requests_leaves_the_bye_to_this_one() -> None:
    """One cause, one finding."""
    talk = hung_up()
    talk.again(talk.sightings[-1], *ladder(20))
    scene = talk.scene()
    assert [f for each in scene.correlation.transactions for f in request_unanswered.check(each, scene)] == []


def test_an_answered_bye_is_silent() -> None:
    """Lost packets that were said again are healed."""
    talk = hung_up()
    bye = talk.sightings[-1]
    talk.again(bye, 20.5, 21.5)
    talk.response(200, bye, 21.6)
    assert findings(talk) == []


def test_two_hops_give_one_finding_at_the_last() -> None:
    """The proxy repeats too; it is the hop behind it that is silent."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 20, cseq=2, branch="bye", to_tag="callee", destination=PROXY)
    talk.again(bye, *ladder(20))
    onward = talk.request("BYE", 20.01, cseq=2, branch="on", to_tag="callee", source=PROXY)
    talk.again(onward, *ladder(20.01))
    (found,) = findings(talk)
    assert (found.evidence["client"], found.evidence["server"], found.evidence["hops"]) == (PROXY, CALLEE, 2)


def test_an_answer_that_the_proxy_does_not_pass_back_is_named() -> None:
    """The further hop was answered, and the sender still asks."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 20, cseq=2, branch="bye", to_tag="callee", destination=PROXY)
    onward = talk.request("BYE", 20.01, cseq=2, branch="on", to_tag="callee", source=PROXY)
    answer = talk.response(200, onward, 20.1)
    talk.again(bye, *ladder(20))
    (found,) = findings(talk)
    assert (found.variant, found.evidence["answer_frame"]) == ("answer-lost", answer.frame)
    assert (found.evidence["client"], found.evidence["server"]) == (CALLER, PROXY)


def test_both_hanging_up_at_once_is_a_note() -> None:
    """The other side's BYE was answered: both know that the call is over."""
    talk = hung_up()
    bye = talk.sightings[-1]
    other = talk.request(
        "BYE", 20.1, branch="other", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    talk.response(200, other, 20.2)
    talk.again(bye, *ladder(20))
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("crossed", Severity.NOTE)


def test_a_capture_that_ends_cannot_tell() -> None:
    """One second after the BYE nobody knows."""
    talk = hung_up()
    talk.until = 21
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("capture-ended", Severity.NOTE)


def test_one_bye_over_udp_that_is_not_repeated_proves_nothing() -> None:
    """A client that does not ask again has been answered past the recorder."""
    talk = hung_up()
    talk.until = 60
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("silent", Severity.NOTE)
