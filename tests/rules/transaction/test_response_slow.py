"""Tests of `sipdiag.rules.transaction.response_slow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.transaction.response_slow import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def asked(
    talk: Exchange, number: int, wait: float, method: str = "MESSAGE", *, code: int = 200, transport: str = "udp"
) -> None:
    """A request of its own minute, repeated until its first word comes."""
    at = number * 60.0
    request = talk.request(method, at, call_id=f"c{number}", branch=f"b{number}", transport=transport)
    if transport == "udp":
        talk.again(request, *(time for time in ladder(at) if time < at + wait))
    talk.response(code, request, at + wait)


def once(talk: Exchange) -> None:
    asked(talk, 0, 2.6)


def always(talk: Exchange) -> None:
    for number in range(10):
        asked(talk, number, 2.6)


def seldom(talk: Exchange) -> None:
    for number in range(110):
        asked(talk, number, 2.6 if number < 10 else 0.01)


def invites(talk: Exchange) -> None:
    for number in range(10):
        asked(talk, number, 3, "INVITE", code=100)


def over_tcp(talk: Exchange) -> None:
    asked(talk, 0, 2.1, transport="tcp")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (once, ("request", "note", "likely")),
        (always, ("request", "warning", "likely")),
        (seldom, ("request", "note", "likely")),
        (invites, ("invite", "warning", "likely")),
        (over_tcp, ("request", "note", "likely")),
    ],
)
def test_a_server_is_told_of_once(story: Callable[[Exchange], None], said: Told) -> None:
    """A few slow responses are a note; many, and a good part of all, are a warning."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence() -> None:
    """How many of how many, and the slowest of them by its frames."""
    talk = Exchange()
    asked(talk, 0, 0.01)
    asked(talk, 1, 2.6)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [3, 6]
    assert finding.knowledge == "rule/response-slow"
    assert finding.evidence == {
        "server": CALLEE,
        "client": CALLER,
        "method": "MESSAGE",
        "limit_s": 2.0,
        "slow": 1,
        "answered": 2,
        "slow_percent": 50.0,
        "slowest_s": 2.6,
        "median_s": 2.6,
        "request_frame": 3,
        "response_frame": 6,
        "code": 200,
        "methods": ["MESSAGE"],
    }


def test_a_proxy_that_waited_is_not_blamed() -> None:
    """Only the server behind it is."""
    talk = Exchange()
    near = talk.request("MESSAGE", 0, destination=PROXY, branch="near")
    far = talk.request("MESSAGE", 0.01, source=PROXY, branch="far")
    talk.again(near, 0.5, 1.5)
    talk.again(far, 0.51, 1.51)
    talk.response(200, far, 3)
    talk.response(200, near, 3.01)
    assert only_finding_of(talk, NAME).evidence["server"] == CALLEE


def in_time(talk: Exchange) -> None:
    asked(talk, 0, 1.9)


def lost_copies(talk: Exchange) -> None:
    asked(talk, 0, 3.52)


def not_asked_again(talk: Exchange) -> None:
    talk.response(200, talk.request("MESSAGE", 0), 5)


def rang_for_long(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0)
    talk.response(100, invite, 0.1)
    talk.response(486, invite, 30)


def silent_behind(talk: Exchange) -> None:
    asked(talk, 0, 30, code=408)


def never_answered(talk: Exchange) -> None:
    talk.again(talk.request("MESSAGE", 0), *ladder(0))


@pytest.mark.parametrize("story", [in_time, lost_copies, not_asked_again, rang_for_long, silent_behind, never_answered])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A long wait is the server's only where no copy was lost, nothing unseen was heard, and nobody else was asked."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
