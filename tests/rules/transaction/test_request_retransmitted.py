"""Tests of `sipdiag.rules.transaction.request_retransmitted`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.transaction.request_retransmitted import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def text(
    talk: Exchange, number: int, repeats: int = 0, *, after: float = 0.02, source: str = CALLER, server: str = CALLEE
) -> None:
    """A MESSAGE of its own minute, said again so often, and answered so long after its last copy."""
    at = number * 60.0
    name = f"text-{number}-{source}-{server}"
    message = talk.request("MESSAGE", at, call_id=name, branch=name, source=source, destination=server)
    times = ladder(at)[:repeats]
    talk.again(message, *times)
    talk.response(200, message, (times[-1] if times else at) + after)


def three_lost(talk: Exchange) -> None:
    for number in range(3):
        text(talk, number, 1)


def many_lost_once(talk: Exchange) -> None:
    for number in range(40):
        text(talk, number, 2)


def many_lost_often(talk: Exchange) -> None:
    for number in range(20):
        text(talk, number, 3 if number < 3 else 0)


def slow(talk: Exchange) -> None:
    for number in range(9):
        text(talk, number, 1, after=0.3)


def responses_lost(talk: Exchange) -> None:
    for number in range(3):
        at = number * 60.0
        message = talk.request("MESSAGE", at, call_id=f"c{number}", branch=f"b{number}")
        answer = talk.response(200, message, at + 0.01)
        for pause in ladder(at)[:3]:
            talk.again(message, pause)
            talk.again(answer, pause + 0.01)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (three_lost, ("requests-lost", "note", "likely")),
        (many_lost_once, ("requests-lost", "note", "likely")),
        (many_lost_often, ("requests-lost", "warning", "likely")),
        (slow, ("server-slow", "note", "likely")),
        (responses_lost, ("responses-lost", "warning", "likely")),
    ],
)
def test_two_peers_are_told_of_once(story: Callable[[Exchange], None], said: Told) -> None:
    """However many requests there were; a loaded lab is a note, long waits are a warning."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence() -> None:
    """How many of how many, and the worst of them by its frames."""
    talk = Exchange()
    for number, repeats in enumerate((0, 1, 2, 1, 0)):
        text(talk, number, repeats)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [6, 7, 8, 9, 3, 4, 5, 10, 11, 12]
    assert finding.knowledge == "rule/request-retransmitted"
    assert finding.evidence == {
        "client": CALLER,
        "server": CALLEE,
        "requests": 5,
        "repeated": 3,
        "repeated_percent": 60.0,
        "repeated_often": 0,
        "most_repeats": 2,
        "request_frame": 6,
        "requests_lost": 3,
        "responses_lost": 0,
        "server_slow": 0,
        "methods": ["MESSAGE"],
    }


def two_lost(talk: Exchange) -> None:
    for number in range(9):
        text(talk, number, 1 if number < 2 else 0)


def between_other_peers(talk: Exchange) -> None:
    text(talk, 0, 1)
    text(talk, 1, 1)
    text(talk, 2, 1, server=PROXY)
    text(talk, 3, 1, source="192.0.2.77:5060")


def never_answered(talk: Exchange) -> None:
    for number in range(5):
        at = number * 60.0
        talk.again(talk.request("MESSAGE", at, call_id=f"c{number}", branch=f"b{number}"), *ladder(at))


def told_as_slow(talk: Exchange) -> None:
    for number in range(5):
        text(talk, number, 2, after=1)


def recorded_twice(talk: Exchange) -> None:
    for number in range(5):
        at = number * 60.0
        message = talk.request("MESSAGE", at, call_id=f"c{number}", branch=f"b{number}", ip_id=number + 1)
        talk.again(message, at + 0.00003, ip_id=number + 1)
        talk.response(200, message, at + 0.1)


@pytest.mark.parametrize("story", [two_lost, between_other_peers, never_answered, told_as_slow, recorded_twice])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """What healed is worth a word only where it happens again and again; the rest is told by other rules."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
