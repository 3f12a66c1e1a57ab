"""Tests of `sipdiag.rules.message.message_oversized`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.message.message_oversized import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

PADDING = f"X-Padding: {'x' * 1200}\r\n"


def ping(talk: Exchange, *, destination: str = CALLEE) -> None:
    asked = talk.request("OPTIONS", 0, call_id="ping", branch="ping", destination=destination)
    talk.response(200, asked, 0.1)


def large(talk: Exchange, *, transport: str = "udp") -> Sighting:
    return talk.request("INVITE", 1, fields=PADDING, transport=transport)


def lost(talk: Exchange) -> None:
    ping(talk)
    talk.again(large(talk), *ladder(1))


def fragmented(talk: Exchange) -> None:
    request = large(talk)
    talk.response(200, request, 2)
    talk.sightings[talk.sightings.index(request)] = replace(request, frames=(1, 2))


@pytest.mark.parametrize(
    ("story", "said"),
    [(lost, ("lost", "error", "likely")), (fragmented, ("fragmented", "note", "certain"))],
)
def test_a_loss_is_told_from_a_risk(story: Callable[[Exchange], None], said: Told) -> None:
    """Only what was lost while smaller requests got through is an error."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_sets_both_sizes_against_each_other() -> None:
    """The lost request, and the smaller one that was answered."""
    talk = Exchange()
    lost(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames[:3] == [1, 3, 4]
    size, smaller = finding.evidence.pop("bytes"), finding.evidence.pop("answered_bytes")
    assert isinstance(size, int)
    assert isinstance(smaller, int)
    assert size > 1300 > smaller
    assert finding.evidence == {
        "request_frame": 3,
        "method": "INVITE",
        "requests": 1,
        "sender": CALLER,
        "receiver": CALLEE,
        "answered_frame": 1,
        "answered_method": "OPTIONS",
        "repeats": 10,
    }


def came_through(talk: Exchange) -> None:
    talk.response(200, large(talk), 2)


def nothing_is_answered(talk: Exchange) -> None:
    talk.again(large(talk), *ladder(1))


def another_host_answers(talk: Exchange) -> None:
    ping(talk, destination=PROXY)
    talk.again(large(talk), *ladder(1))


def one_came_through(talk: Exchange) -> None:
    lost(talk)
    asked = talk.request("INVITE", 50, fields=PADDING, call_id="later", branch="later")
    talk.response(200, asked, 51)


def over_tcp(talk: Exchange) -> None:
    ping(talk)
    talk.again(large(talk, transport="tcp"), *ladder(1))


def small(talk: Exchange) -> None:
    ping(talk)
    talk.again(talk.request("INVITE", 1), *ladder(1))


@pytest.mark.parametrize(
    "story", [came_through, nothing_is_answered, another_host_answers, one_came_through, over_tcp, small]
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Size is not to blame, or nothing shows that it is."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
