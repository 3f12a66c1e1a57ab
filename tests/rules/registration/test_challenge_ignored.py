"""Tests of `sipdiag.rules.registration.challenge_ignored`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import ladder
from registrar import Registrar, asked, given
from sipdiag.rules.registration.challenge_ignored import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def repeated(registrar: Registrar) -> None:
    for number in range(3):
        registrar.says(401, number * 60, answer=asked(f"n{number}"))


def unanswered(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.talk.until = 60


def capture_ended(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.talk.until = 10


def not_received(registrar: Registrar) -> None:
    request = registrar.asks(0)
    registrar.talk.response(401, request, 0.1, fields=asked("n1"))
    registrar.talk.again(request, *ladder(0))


def removal(registrar: Registrar) -> None:
    registrar.says(401, 0, "Expires: 0\r\n", asked("n1"))
    registrar.talk.until = 60


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (repeated, ("repeated", "error", "certain")),
        (unanswered, ("unanswered", "warning", "likely")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (not_received, ("not-received", "error", "likely")),
        (removal, ("unanswered", "note", "likely")),
    ],
)
def test_each_way_to_leave_a_challenge_is_told_apart(story: Callable[[Registrar], None], said: Told) -> None:
    """Certain is only that no credentials ever came; one silent challenge may have other reasons."""
    registrar = Registrar()
    story(registrar)
    finding = only_finding_of(registrar.talk, NAME)
    assert told(finding) == said
    assert finding.evidence["realm"] == "example.com"


def answered_late(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(200, 25, given("n1"))
    registrar.talk.until = 90


def answered_and_then_silence(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.asks(1, given("n1"))
    registrar.talk.until = 90


def another_call_id(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.call_id = "register-2"
    registrar.says(200, 30, given("n1"))
    registrar.talk.until = 90


def at_the_very_end(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))


def lost_once(registrar: Registrar) -> None:
    request = registrar.asks(0)
    registrar.talk.response(401, request, 0.1, fields=asked("n1"))
    registrar.talk.again(request, 0.5)
    registrar.says(200, 1, given("n1"))


def scanner(registrar: Registrar) -> None:
    for number in range(11):
        request = registrar.asks(number)
        head = request.message.head.replace("+12025550199@", f"{number}@")
        registrar.talk.sightings.pop()
        request = registrar.talk._seen(head + "\r\n\r\n", number, request.source, request.destination, 0, "udp")
        registrar.talk.response(401, request, number + 0.1, fields=asked("n1"))
    registrar.talk.until = 90


@pytest.mark.parametrize(
    "story", [scanner, answered_late, answered_and_then_silence, another_call_id, at_the_very_end, lost_once]
)
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """Credentials came, or had no time to come."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []
