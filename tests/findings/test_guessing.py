"""Tests of `sipdiag.findings.guessing`: what counts as guessing of passwords."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.calls import account_of
from sipdiag.findings import Guessing, Scene, guessing_of
from strangers import asked


def guessings(scene: Scene) -> list[Guessing]:
    found = (guessing_of(source, scene) for source in scene.sources())
    return [each for each in found if each is not None]


def test_the_whole_of_a_guessing_is_kept_with_its_fastest_stretch() -> None:
    """Every refusal counts, the limits are held against the busiest time."""
    talk = Exchange()
    asked(talk, "REGISTER", 0, 403, password=True)
    for number in range(25):
        asked(talk, "REGISTER", 1000 + number, 401, password=True)
    (guessing,) = guessings(talk.scene())
    assert (guessing.source, guessing.many_accounts) == ("203.0.113.66", False)
    assert (len(guessing.rejected), len(guessing.fastest)) == (26, 25)
    assert guessing.accounts == {"1001": 25}


def test_refused_calls_are_no_guesses() -> None:
    """A trunk with a wrong password is refused with each call, under a new Call-ID each time."""
    talk = Exchange()
    for number in range(40):
        asked(talk, "INVITE", number, 407, password=True)
    assert guessings(talk.scene()) == []


def test_the_account_is_the_user_name_of_the_credentials() -> None:
    """A request without credentials is of no account."""
    talk = Exchange()
    asked(talk, "REGISTER", 0, 401)
    asked(talk, "REGISTER", 1, 200, user="alice", password=True)
    assert [account_of(each) for each in talk.scene().correlation.transactions] == ["", "alice"]
