"""Tests of `sipdiag.rules.transaction.ack_mismatched`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLER, Exchange, ladder
from sipdiag.rules.transaction.ack_mismatched import NAME
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

EVIDENCE = {
    "response_frame",
    "ack_frame",
    "repeats_after",
    "ack_after_s",
    "expected_cseq",
    "ack_cseq",
    "expected_to_tag",
    "ack_to_tag",
    "expected_branch",
    "ack_branch",
    "caller",
}


def wrong_cseq(talk: Exchange) -> Sighting:
    answer = talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", cseq=2, to_tag="callee")
    return answer


def wrong_tag(talk: Exchange) -> Sighting:
    answer = talk.answered_call(ack=False)
    talk.request("ACK", 1.6, branch="ack", to_tag="nobody")
    return answer


def wrong_branch(talk: Exchange) -> Sighting:
    final = talk.response(486, talk.request("INVITE", 0), 1.5)
    talk.request("ACK", 1.6, branch="ack", to_tag="callee")
    return final


STORIES = [(wrong_cseq, "wrong-cseq"), (wrong_tag, "wrong-tag"), (wrong_branch, "wrong-branch")]
SEVERITIES = {"wrong-branch": "warning"}
"""The call of a failure's ACK had failed already; the others are errors."""


@pytest.mark.parametrize(("story", "variant"), STORIES)
def test_an_ack_that_was_ignored_is_certain(story: Callable[[Exchange], Sighting], variant: str) -> None:
    """The sender of the response asked again after it: proof that this ACK did not count."""
    talk = Exchange()
    response = story(talk)
    copies = talk.again(response, *ladder(1.5))
    ack = next(each for each in talk.sightings if each.time > response.time)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == (variant, SEVERITIES.get(variant, "error"), "certain")
    assert finding.frames == [response.frame, ack.frame, *(copy.frame for copy in copies)]
    assert set(finding.evidence) == EVIDENCE


@pytest.mark.parametrize(("story", "variant"), STORIES)
def test_an_ack_that_was_accepted_all_the_same_is_a_note(story: Callable[[Exchange], Sighting], variant: str) -> None:
    """The other side stayed quiet for longer than T2: it was lenient."""
    talk = Exchange()
    story(talk)
    talk.until = 10
    assert told(only_finding_of(talk, NAME)) == (f"{variant}-accepted", "note", "likely")


@pytest.mark.parametrize(("story", "variant"), STORIES)
def test_a_capture_that_ends_at_once_cannot_tell(story: Callable[[Exchange], Sighting], variant: str) -> None:
    """Nobody had the time to ask again: a note, whatever the rule's severity."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == (variant, "note", "inconclusive")


def test_the_evidence_sets_what_was_expected_against_what_came() -> None:
    """CSeq number, To tag and branch, side by side."""
    talk = Exchange()
    answer = wrong_cseq(talk)
    talk.again(answer, *ladder(1.5))
    assert only_finding_of(talk, NAME).evidence == {
        "response_frame": 3,
        "ack_frame": 4,
        "repeats_after": 10,
        "ack_after_s": 0.1,
        "expected_cseq": 1,
        "ack_cseq": 2,
        "expected_to_tag": "callee",
        "ack_to_tag": "callee",
        "expected_branch": "z9hG4bKone",
        "ack_branch": "z9hG4bKack",
        "caller": CALLER,
    }


def right(talk: Exchange) -> None:
    talk.answered_call()
    talk.until = 40


def right_for_a_failure(talk: Exchange) -> None:
    talk.response(486, talk.request("INVITE", 0), 1)
    talk.request("ACK", 1.1, to_tag="callee")
    talk.until = 40


def of_both_forks(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    for at, phone in ((1.0, "desk"), (1.1, "mobile")):
        talk.response(200, invite, at, to_tag=phone)
        talk.request("ACK", at + 0.3, branch=phone, to_tag=phone)


def missing(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), *ladder(1.5))


@pytest.mark.parametrize("story", [right, right_for_a_failure, of_both_forks, missing])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """An ACK that fits, for whichever of two answers, and one that never came."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
