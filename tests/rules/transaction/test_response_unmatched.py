"""Tests of `sipdiag.rules.transaction.response_unmatched`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.transaction.response_unmatched import NAME
from sipdiag.sip import parse
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

ALWAYS = {"response_frame", "code", "method", "branch", "sent_by", "recorded_before_s", "client", "server"}


def stray(talk: Exchange, at: float, *, call_id: str = "stray") -> Sighting:
    """A 200 to a request that no one recorded."""
    request = talk.request("OPTIONS", at, branch="unseen", call_id=call_id)
    talk.sightings.remove(request)
    return talk.response(200, request, at)


def heard(talk: Exchange) -> None:
    talk.response(200, talk.request("OPTIONS", 0, call_id="ping", branch="ping"), 0.1)


def mismatched(talk: Exchange) -> None:
    talk.request("OPTIONS", 0, branch="asked", call_id="stray")
    stray(talk, 0.1)


def one_sided(talk: Exchange) -> None:
    stray(talk, 0)


def capture_began(talk: Exchange) -> None:
    heard(talk)
    stray(talk, 5)


def unseen(talk: Exchange) -> None:
    heard(talk)
    stray(talk, 600)


@pytest.mark.parametrize(
    ("story", "said", "further"),
    [
        (mismatched, ("mismatched", "warning", "likely"), {"request_frame", "request_branch"}),
        (one_sided, ("one-sided", "note", "inconclusive"), set()),
        (capture_began, ("capture-began", "note", "inconclusive"), set()),
        (unseen, ("unseen", "note", "likely"), set()),
    ],
)
def test_each_way_of_lacking_a_request_is_told_apart(
    story: Callable[[Exchange], None], said: Told, further: set[str]
) -> None:
    """Only a request that waits for this very answer makes it a warning: its client drops the response."""
    talk = Exchange()
    story(talk)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert set(finding.evidence) == ALWAYS | further
    assert finding.knowledge == "rule/response-unmatched"


def test_the_evidence_sets_the_branches_against_each_other() -> None:
    """The response, its copies, and last the request that it was meant for."""
    talk = Exchange()
    asked = talk.request("OPTIONS", 0, branch="asked", call_id="stray")
    answer = stray(talk, 0.1)
    ringing = talk.response(180, asked, 0.2, via=answer.message.vias[0])
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [answer.frame, ringing.frame, asked.frame]
    assert finding.evidence == {
        "response_frame": answer.frame,
        "code": 200,
        "method": "OPTIONS",
        "branch": "z9hG4bKunseen",
        "sent_by": CALLER,
        "recorded_before_s": 0.1,
        "client": CALLER,
        "server": CALLEE,
        "request_frame": asked.frame,
        "request_branch": "z9hG4bKasked",
    }


def test_a_request_that_came_later_was_not_answered_before() -> None:
    """A 200 recorded a second before the request is for another one."""
    talk = Exchange()
    heard(talk)
    stray(talk, 1)
    talk.request("OPTIONS", 2, branch="asked", call_id="stray")
    assert told(only_finding_of(talk, NAME))[0] == "capture-began"


def answered(talk: Exchange) -> None:
    heard(talk)


def recorded_in_reverse(talk: Exchange) -> None:
    request = talk.request("OPTIONS", 0.000001)
    talk.response(200, request, 0)


def seen_on_a_second_link(talk: Exchange) -> None:
    request = talk.request("OPTIONS", 0)
    response = talk.response(200, request, 0.1)
    talk.elsewhere(request, 0.01, source=PROXY, destination=CALLEE)
    talk.elsewhere(response, 0.09, source=CALLEE, destination=PROXY)


def from_another_address(talk: Exchange) -> None:
    request = talk.request("OPTIONS", 0)
    talk.response(200, request, 0.1, source="203.0.113.21:5060")


@pytest.mark.parametrize("story", [answered, recorded_in_reverse, seen_on_a_second_link, from_another_address])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """The Via matches, in whatever order and on whatever link the two were recorded."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_a_response_cut_off_before_its_cseq_is_left_to_the_rule_on_the_capture() -> None:
    """With a short snap length nothing ties it to a request: that its request came before the capture is not so."""
    talk = Exchange()
    request = talk.request("OPTIONS", 0, branch="asked")
    response = talk.response(200, request, 0.1)
    head = response.message.head.partition("\r\nFrom")[0]
    message = parse(head.encode())
    assert message is not None
    assert message.cut_off
    talk.sightings[talk.sightings.index(response)] = replace(response, message=message)
    assert findings_of(talk, NAME) == []
