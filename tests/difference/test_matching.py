"""Tests of `sipdiag.difference.matching`: which conversation is which."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.difference.matching import couples
from sipdiag.expect import Subject, subjects_in

Told = list[tuple[str | None, str | None]]


def subjects(*parties: tuple[str, str]) -> list[Subject]:
    """Calls from and to these users, one after the other."""
    talk = Exchange()
    for number, (caller, callee) in enumerate(parties):
        made = talk.request("INVITE", number, call_id=f"{number}-{caller}-{callee}", branch=f"b{number}")
        head = made.message.head.replace("+12025550100", caller).replace("+12025550199", callee)
        talk.sightings.pop()
        talk._seen(f"{head}\r\n\r\n", number, made.source, made.destination, 0, "udp")
    return list(subjects_in(talk.scene().correlation))


def told(before: list[Subject], after: list[Subject]) -> Told:
    return [
        (None if one is None else one.call_ids[0], None if other is None else other.call_ids[0])
        for one, other in couples(before, after)
    ]


def test_calls_are_matched_by_their_parties() -> None:
    """In whatever order they come."""
    pairs = told(subjects(("a", "b"), ("c", "d")), subjects(("c", "d"), ("a", "b")))
    assert pairs == [("0-a-b", "1-a-b"), ("1-c-d", "0-c-d")]


def test_calls_alike_are_matched_in_their_order() -> None:
    """The first is the first."""
    assert told(subjects(("a", "b"), ("a", "b")), subjects(("a", "b"))) == [("0-a-b", "0-a-b"), ("1-a-b", None)]


@pytest.mark.parametrize(("other", "name"), [(("a", "x"), "0-a-x"), (("x", "b"), "0-x-b"), (("x", "y"), "0-x-y")])
def test_what_is_left_on_either_side_is_one(other: tuple[str, str], name: str) -> None:
    """The number that was dialled may be what changed."""
    assert told(subjects(("a", "b")), subjects(other)) == [("0-a-b", name)]


def test_what_nothing_matches_stands_alone() -> None:
    """Those of the second recording behind those of the first."""
    pairs = told(subjects(("a", "b"), ("c", "d")), subjects(("a", "b"), ("w", "x"), ("y", "z")))
    assert pairs == [("0-a-b", "0-a-b"), ("1-c-d", None), (None, "1-w-x"), (None, "2-y-z")]
