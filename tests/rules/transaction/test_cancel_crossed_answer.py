"""Tests of `sipdiag.rules.transaction.cancel_crossed_answer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.transaction.cancel_crossed_answer import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting


def crossing(talk: Exchange, *, cancel_at: float = 5, answer_at: float = 5.01, ack_at: float = 5.1) -> Sighting:
    """An INVITE at 0, its CANCEL and its 200; gives the 200."""
    invite = talk.request("INVITE", 0)
    talk.response(180, invite, 0.2)
    cancel = talk.request("CANCEL", cancel_at)
    answer = talk.response(200, invite, answer_at)
    talk.request("ACK", ack_at, branch="ack", to_tag="callee")
    talk.response(200, cancel, cancel_at + 0.02)
    return answer


def bye(talk: Exchange, at: float) -> Sighting:
    request = talk.request("BYE", at, cseq=2, branch="bye", to_tag="callee")
    talk.response(200, request, at + 0.1)
    return request


def not_hung_up(talk: Exchange) -> None:
    crossing(talk)
    talk.until = 60


def crossed(talk: Exchange) -> None:
    crossing(talk)
    bye(talk, 5.2)


def after_ack(talk: Exchange) -> None:
    crossing(talk, answer_at=4, ack_at=4.1)
    bye(talk, 5.2)


def not_heeded(talk: Exchange) -> None:
    crossing(talk, answer_at=8, ack_at=8.1)
    bye(talk, 9)


def capture_ended(talk: Exchange) -> None:
    crossing(talk)


def relayed(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0, fields="Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKother\r\n")
    talk.request("CANCEL", 5)
    talk.response(200, invite, 5.01)
    talk.request("ACK", 5.1, branch="ack", to_tag="callee")
    talk.until = 60


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (not_hung_up, ("not-hung-up", "error", "likely")),
        (crossed, ("crossed", "note", "certain")),
        (after_ack, ("after-ack", "note", "certain")),
        (not_heeded, ("not-heeded", "note", "certain")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (relayed, ("relayed", "note", "inconclusive")),
    ],
)
def test_each_way_of_crossing_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """Only a call that nobody ended is an error; what a BYE healed is a note."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_of_a_call_that_stands() -> None:
    """Both messages, how close they were, and how long nobody said more."""
    talk = Exchange()
    answer = crossing(talk)
    talk.until = 60
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [3, answer.frame]
    assert finding.knowledge == "rule/cancel-crossed-answer"
    assert finding.evidence == {
        "answer_frame": answer.frame,
        "cancel_frame": 3,
        "gap_ms": 10.0,
        "callee": CALLEE,
        "caller": CALLER,
        "recorded_after_s": 54.99,
    }


def cancelled_in_time(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    talk.response(200, talk.request("CANCEL", 5), 5.1)
    talk.response(487, invite, 5.2)
    talk.until = 60


def without_its_ack(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    talk.request("CANCEL", 5)
    talk.response(200, invite, 5.01)
    talk.until = 60


def cancelled_by_a_proxy(talk: Exchange) -> None:
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    talk.request("CANCEL", 5, source=PROXY, branch="far")
    talk.response(200, far, 5.01)
    talk.response(200, near, 5.02)
    talk.request("ACK", 5.1, branch="ack", to_tag="callee")
    talk.until = 60


def reinvite_cancelled(talk: Exchange) -> None:
    talk.answered_call()
    change = talk.request("INVITE", 10, cseq=2, branch="two", to_tag="callee")
    talk.request("CANCEL", 10.5, cseq=2, branch="two", to_tag="callee")
    talk.response(200, change, 10.51)
    talk.request("ACK", 10.6, cseq=2, branch="ack2", to_tag="callee")
    talk.until = 60


@pytest.mark.parametrize("story", [cancelled_in_time, without_its_ack, cancelled_by_a_proxy, reinvite_cancelled])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A caller that did not give up owes no BYE, and where the ACK passes unseen the BYE does too."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
