"""Tests of `sipdiag.rules.registration.credentials_rejected`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registrar import Registrar, asked, given
from sipdiag.rules.registration.credentials_rejected import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

REMOVAL = "Expires: 0\r\n"


def rejected(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, given("n1"), asked("n2"))
    registrar.says(401, 2, given("n2"), asked("n3"))


def named(registrar: Registrar) -> None:
    registrar.says(403, 1, given("n1"), reason="Wrong password")


def wrong_realm(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, given("n1", realm="example.net"), asked("n2"))


def recovered(registrar: Registrar) -> None:
    rejected(registrar)
    registrar.says(200, 30, given("n3"))


def recovered_in_time(registrar: Registrar) -> None:
    registrar.says(200, 0, answer="Expires: 600\r\n")
    registrar.says(401, 300, answer=asked("n1"))
    registrar.says(401, 301, given("n1"), asked("n2"))
    registrar.says(200, 330, given("n2"))


def removal(registrar: Registrar) -> None:
    registrar.says(401, 0, REMOVAL, asked("n1"))
    registrar.says(401, 1, REMOVAL + given("n1"), asked("n2"))


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (rejected, ("rejected", "error", "certain")),
        (named, ("named", "error", "certain")),
        (wrong_realm, ("wrong-realm", "error", "certain")),
        (recovered, ("recovered", "warning", "certain")),
        (recovered_in_time, ("recovered", "note", "certain")),
        (removal, ("rejected", "note", "certain")),
    ],
)
def test_each_rejection_is_told_by_its_cause_and_cost(story: Callable[[Registrar], None], said: Told) -> None:
    """An error for good, a warning while no binding was left, a note when it cost nothing."""
    registrar = Registrar()
    story(registrar)
    assert told(only_finding_of(registrar.talk, NAME)) == said


def test_a_block_that_follows_is_carried() -> None:
    """One cause, one finding: the 403 after rejected credentials is counted here and told nowhere else."""
    registrar = Registrar()
    rejected(registrar)
    blocked = registrar.says(403, 3, given("n3"))
    finding = only_finding_of(registrar.talk, NAME)
    assert finding.evidence["refusals"] == 3
    assert blocked.frame in finding.frames
    assert findings_of(registrar.talk, "registration-failed") == []


def test_the_evidence_says_who_for_which_realm() -> None:
    """User name, both realms, and how fresh the nonce was."""
    registrar = Registrar()
    wrong_realm(registrar)
    evidence = only_finding_of(registrar.talk, NAME).evidence
    assert (evidence["username"], evidence["realm"], evidence["realm_asked"]) == ("alice", "example.net", "example.com")
    assert evidence["nonce_age_s"] == 0.9


def stale(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2", stale=True))


def nonce_in_words(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n1"), asked("n2"), reason="nonce has changed")


def account(registrar: Registrar) -> None:
    registrar.says(403, 0, given("n1"), reason="Forbidden")


def first_challenge(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(200, 1, given("n1"))


@pytest.mark.parametrize("story", [stale, nonce_in_words, account, first_challenge])
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """The nonce, the account, or nothing at all was at fault."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []
