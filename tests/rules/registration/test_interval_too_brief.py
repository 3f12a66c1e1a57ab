"""Tests of `sipdiag.rules.registration.interval_too_brief`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registrar import Registrar
from sipdiag.rules.registration.interval_too_brief import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

BRIEF = "Expires: 60\r\n"
LONG = "Expires: 600\r\n"
LEAST = "Min-Expires: 600\r\n"


def ignored(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.says(423, 1, BRIEF, LEAST)


def never_enough(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.says(423, 1, LONG, LEAST)


def min_expires_missing(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF)


def unanswered(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.talk.until = 60


def capture_ended(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.talk.until = 10


def each_time(registrar: Registrar) -> None:
    for number in range(3):
        registrar.says(423, number * 500, BRIEF, LEAST)
        registrar.says(200, number * 500 + 1, LONG)


def storm(registrar: Registrar) -> None:
    for number in range(11):
        registrar.says(200, number * 2, answer="Expires: 3600\r\n")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (ignored, ("ignored", "error", "certain")),
        (never_enough, ("never-enough", "error", "certain")),
        (min_expires_missing, ("min-expires-missing", "error", "certain")),
        (unanswered, ("unanswered", "error", "likely")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (each_time, ("each-time", "note", "certain")),
        (storm, ("storm", "warning", "certain")),
    ],
)
def test_each_way_with_too_short_an_interval_is_told_apart(story: Callable[[Registrar], None], said: Told) -> None:
    """Who is at fault: the client that asks again, or the registrar that is never content."""
    registrar = Registrar()
    story(registrar)
    assert told(only_finding_of(registrar.talk, NAME)) == said


def test_a_storm_says_what_was_granted_and_what_was_done() -> None:
    """An hour, and two seconds."""
    registrar = Registrar()
    storm(registrar)
    evidence = only_finding_of(registrar.talk, NAME).evidence
    assert (evidence["granted_s"], evidence["actual_s"], evidence["refreshes"]) == (3600, 2.0, 10)


def heeded(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.says(200, 1, LONG)


def heeded_and_refused(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.says(403, 1, LONG)
    registrar.talk.until = 60


def at_the_very_end(registrar: Registrar) -> None:
    registrar.says(423, 0, BRIEF, LEAST)


def short_but_as_granted(registrar: Registrar) -> None:
    for number in range(20):
        registrar.says(200, number * 5, answer="Expires: 15\r\n")


@pytest.mark.parametrize("story", [heeded, heeded_and_refused, at_the_very_end, short_but_as_granted])
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """A 423 that is heeded has done its work; a short binding needs short intervals."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []


def test_a_client_that_kept_to_it_before_does_not_ignore_it() -> None:
    """It asks briefly each time it starts anew, and was mended each time: the capture ends with the second 423."""
    registrar = Registrar()
    registrar.says(423, 0, BRIEF, LEAST)
    registrar.says(200, 1, LONG)
    registrar.says(423, 500, BRIEF, LEAST)
    assert findings_of(registrar.talk, NAME) == []
