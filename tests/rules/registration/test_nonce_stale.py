"""Tests of `sipdiag.rules.registration.nonce_stale`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registrar import Registrar, asked, given
from sipdiag.rules.registration.nonce_stale import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def renewed(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))
    registrar.says(200, 0.2, given("n2"))


def unsaid(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2"))
    registrar.says(200, 0.2, given("n2"))


def unanswered(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))
    registrar.talk.until = 60


def capture_ended(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))
    registrar.talk.until = 10


def repeated(registrar: Registrar) -> None:
    for number in range(3):
        registrar.says(401, number, given(f"n{number}"), asked(f"n{number + 1}", stale=True))


def recovered(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2"), reason="nonce has changed")
    registrar.call_id = "register-2"
    registrar.says(401, 90, answer=asked("n3"))
    registrar.says(200, 91, given("n3"))


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (renewed, ("renewed", "note", "certain")),
        (unsaid, ("unsaid", "note", "likely")),
        (unanswered, ("unanswered", "error", "certain")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (repeated, ("repeated", "error", "certain")),
        (recovered, ("recovered", "warning", "certain")),
    ],
)
def test_each_fate_of_a_new_nonce_is_told_apart(story: Callable[[Registrar], None], said: Told) -> None:
    """Used at once it is a note; not used, the user stays unregistered, until another Call-ID succeeds."""
    registrar = Registrar()
    story(registrar)
    assert told(only_finding_of(registrar.talk, NAME)) == said


def at_the_very_end(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))


def another_refusal_followed(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))
    registrar.says(401, 0.2, given("n2"), asked("n3"))
    registrar.talk.until = 60


def used_and_the_answer_missed(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))
    registrar.asks(0.2, given("n2"))
    registrar.talk.until = 60


def password(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, given("n1"), asked("n2"))


@pytest.mark.parametrize("story", [at_the_very_end, another_refusal_followed, used_and_the_answer_missed, password])
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """The new nonce was about to be used, or was used, or had nothing to do with it."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []
