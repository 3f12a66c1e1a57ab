"""Tests of `sipdiag.rules.capture.capture_one_sided`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.capture.capture_one_sided import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def acknowledged(talk: Exchange) -> None:
    talk.request("INVITE", 0)
    talk.request("ACK", 4, branch="ack", to_tag="callee")


def acknowledged_a_failure(talk: Exchange) -> None:
    talk.request("INVITE", 0)
    talk.request("ACK", 4, to_tag="callee")


def went_on_with_credentials(talk: Exchange) -> None:
    talk.request("REGISTER", 0)
    talk.request("REGISTER", 0.1, cseq=2, branch="two", fields='Authorization: Digest username="a"\r\n')


def answered_twice(talk: Exchange) -> None:
    whole = Exchange()
    for number in range(3):
        ping = whole.request("OPTIONS", 3 * number, call_id=f"ping-{number}", branch=f"ping-{number}")
        talk.response(200, ping, 3 * number + 0.1)


def unheard(talk: Exchange) -> None:
    talk.request("OPTIONS", 0)
    talk.until = 20


def one_answer(talk: Exchange) -> None:
    talk.response(200, Exchange().request("OPTIONS", 0), 0)
    talk.until = 20


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (acknowledged, ("proven", "note", "certain")),
        (acknowledged_a_failure, ("proven", "note", "certain")),
        (went_on_with_credentials, ("proven", "note", "certain")),
        (answered_twice, ("proven", "note", "likely")),
        (unheard, ("unheard", "note", "inconclusive")),
        (one_answer, ("unheard", "note", "inconclusive")),
    ],
)
def test_what_proves_the_other_direction_is_told_from_what_does_not(
    story: Callable[[Exchange], None], said: Told
) -> None:
    """Who goes on was answered, who answers was asked; one answer at the beginning may be to an earlier request."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_it_is_said_once_for_all_calls() -> None:
    """One finding names the direction, however many calls there were."""
    talk = Exchange()
    for number in range(4):
        talk.request("INVITE", number, call_id=f"call-{number}", branch=f"{number}")
        talk.request("ACK", number + 0.5, call_id=f"call-{number}", branch=f"ack-{number}", to_tag="callee")
    finding = only_finding_of(talk, NAME)
    assert finding.evidence["missing"] == ["203.0.113.20 → 192.0.2.10"]
    assert finding.evidence["hosts_heard"] == ["192.0.2.10"]
    assert finding.frames == [2, 4, 6, 8]


def both_directions(talk: Exchange) -> None:
    talk.answered_call()


def ack_to_the_contact(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(200, invite, 2, fields=f"Contact: <sip:callee@{CALLEE}>\r\n")
    talk.request("ACK", 2.1, branch="ack", to_tag="callee", source=CALLER, destination=CALLEE)


@pytest.mark.parametrize("story", [both_directions, ack_to_the_contact])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """An ACK that goes straight to the Contact is answered by nobody: no direction is missing for that."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
