"""Tests of `sipdiag.rules.call.cause_mistranslated`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, PROXY, Exchange
from sipdiag.rules.call.cause_mistranslated import NAME
from verdict import Told, findings_of, only_finding_of, told

XCID = "X-CID: near\r\n"


def reason(cause: int) -> str:
    return f"Reason: Q.850;cause={cause}\r\n" if cause else ""


def translated(talk: Exchange, code: int, made: int, *, said: int = 0, given: int = 0, link: str = XCID) -> None:
    """The callee says `code`, and the B2BUA makes `made` of it."""
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", call_id="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far", call_id="far", fields=link)
    talk.response(code, far, 1, fields=reason(said), reason="No")
    talk.response(made, near, 1.1, fields=reason(given), reason="Other")


@pytest.mark.parametrize(
    ("code", "made", "said", "given", "verdict"),
    [
        (486, 503, 0, 0, ("code-changed", "warning", "certain")),
        (404, 500, 0, 0, ("code-changed", "warning", "certain")),
        (503, 486, 0, 0, ("code-changed", "warning", "certain")),
        (600, 404, 17, 17, ("code-changed", "warning", "certain")),
        (503, 503, 34, 17, ("cause-changed", "warning", "certain")),
        (503, 503, 38, 21, ("cause-changed", "note", "certain")),
        (503, 503, 17, 17, ("contradicted", "warning", "certain")),
        (500, 500, 20, 20, ("contradicted", "note", "certain")),
    ],
)
def test_a_changed_meaning_is_told_once(code: int, made: int, said: int, given: int, verdict: Told) -> None:
    """RFC 3398, sections 7.2.4.1 and 8.2.6.1, at the hop where it arose."""
    talk = Exchange()
    translated(talk, code, made, said=said, given=given)
    assert told(only_finding_of(talk, NAME)) == verdict


def test_the_element_that_changed_it_is_named() -> None:
    """Not the one that said no first."""
    talk = Exchange()
    translated(talk, 486, 503, said=17, given=34)
    finding = only_finding_of(talk, NAME)
    assert finding.evidence["said_by"] == CALLEE
    assert finding.evidence["changed_by"] == PROXY
    assert (finding.evidence["was_cause"], finding.evidence["cause"]) == (17, 34)


def test_legs_that_are_only_guessed_make_it_likely() -> None:
    """A rule is no surer than what ties the legs together."""
    talk = Exchange()
    translated(talk, 486, 503, link="")
    assert told(only_finding_of(talk, NAME)) == ("code-changed", "warning", "likely")


@pytest.mark.parametrize(
    ("code", "made", "said", "given"),
    [
        (486, 486, 17, 17),
        (600, 486, 0, 0),
        (503, 500, 0, 0),
        (480, 503, 0, 0),
        (403, 503, 21, 0),
        (408, 480, 0, 0),
        (503, 503, 41, 34),
        (486, 480, 17, 31),
        (488, 503, 65, 65),
    ],
)
def test_the_same_meaning_or_none_that_is_plain_is_silent(code: int, made: int, said: int, given: int) -> None:
    """Codes and causes that stand for many things are let pass."""
    talk = Exchange()
    translated(talk, code, made, said=said, given=given)
    assert findings_of(talk, NAME) == []


def test_an_element_that_tried_several_may_choose() -> None:
    """RFC 3261, section 16.7: one of the responses goes back."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    one = talk.request("INVITE", 0.1, source=PROXY, branch="one")
    two = talk.request("INVITE", 0.1, source=PROXY, branch="two", destination="203.0.113.99:5060")
    talk.response(486, one, 1)
    talk.response(500, two, 1.5)
    talk.response(503, near, 2)
    assert findings_of(talk, NAME) == []
