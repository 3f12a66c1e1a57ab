"""Tests of `sipdiag.rules.registration.registration_expired`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLER, PROXY
from registrar import CONTACT, Registrar
from sipdiag.rules.registration.registration_expired import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

GRANTED = CONTACT.replace(">", ">;expires=60")


def late(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.says(200, 90, answer=GRANTED)


def not_refreshed(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.talk.request("OPTIONS", 80, source=CALLER, destination=PROXY, call_id="ping")
    registrar.talk.until = 120


def vanished(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.talk.until = 120


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (late, ("late", "warning", "certain")),
        (not_refreshed, ("not-refreshed", "warning", "likely")),
        (vanished, ("vanished", "note", "likely")),
    ],
)
def test_each_end_of_a_binding_is_told_apart(story: Callable[[Registrar], None], said: Told) -> None:
    """A gap is certain; a phone that is heard no more may have been switched off."""
    registrar = Registrar()
    story(registrar)
    assert told(only_finding_of(registrar.talk, NAME)) == said


def test_gaps_are_told_once_by_the_longest() -> None:
    """What was granted, what was done, and how long nobody could call."""
    registrar = Registrar()
    late(registrar)
    registrar.says(200, 250, answer=GRANTED)
    evidence = only_finding_of(registrar.talk, NAME).evidence
    assert (evidence["gaps"], evidence["granted_s"], evidence["actual_s"], evidence["gap_s"]) == (2, 60, 159.9, 99.9)


def in_time(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.says(200, 50, answer=GRANTED)
    registrar.talk.until = 100


def a_second_late(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.says(200, 61, answer=GRANTED)


def one_refresh_unseen(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar._cseq += 1
    registrar.says(200, 90, answer=GRANTED)


def refresh_refused(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.says(503, 50)
    registrar.talk.until = 200


def another_call_id(registrar: Registrar) -> None:
    registrar.says(200, 0, answer=GRANTED)
    registrar.call_id = "register-2"
    registrar.says(200, 50, answer=CONTACT.replace(">", ">;expires=600"))
    registrar.talk.until = 200


def removed(registrar: Registrar) -> None:
    registrar.says(200, 0, "Expires: 0\r\n")
    registrar.talk.until = 200


def whose_time_is_open(registrar: Registrar) -> None:
    registrar.says(200, 0, answer="Contact: <sip:a@192.0.2.1>;expires=60, <sip:b@192.0.2.2>;expires=60\r\n")
    registrar.talk.until = 200


@pytest.mark.parametrize(
    "story",
    [in_time, a_second_late, one_refresh_unseen, refresh_refused, another_call_id, removed, whose_time_is_open],
)
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """Refreshed, seen or not; refused, which is told elsewhere; or nobody knows what was granted."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []
