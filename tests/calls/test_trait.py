"""Tests of `sipdiag.calls.trait`: which calls go by the book, and what else gives reason to look at one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Trait, traits_of
from sipdiag.sip import parse
from sipdiag.trace import Sighting

TROUBLE = Trait.TROUBLED | Trait.TIMED | Trait.ROUTED | Trait.SIGNED

Change = Callable[[list[Sighting]], list[Sighting]]


def by_the_book() -> list[Sighting]:
    """INVITE, 180, 200, ACK, BYE, 200."""
    talk = Exchange()
    talk.answered_call()
    talk.response(200, talk.request("BYE", 9, branch="bye", cseq=2, to_tag="callee"), 9.1)
    return talk.sightings


def traits(sightings: list[Sighting]) -> int:
    talk = Exchange()
    talk.sightings = sightings
    (leg,) = talk.scene().correlation.legs
    return traits_of(leg)


def with_field(place: int, line: str) -> Change:
    """The message at `place` has one more header field."""

    def changed(seen: list[Sighting]) -> list[Sighting]:
        message = parse(f"{seen[place].message.head}\r\n{line}\r\n\r\n".encode())
        assert message is not None
        return [*seen[:place], replace(seen[place], message=message), *seen[place + 1 :]]

    return changed


def test_a_call_by_the_book_has_no_traits() -> None:
    """As RFC 3665 draws it, section 3.1, and as far as it has come."""
    assert traits(by_the_book()) == 0
    assert traits(by_the_book()[:4]) == 0


@pytest.mark.parametrize(
    ("changed", "trait"),
    [
        (with_field(2, "x: 1800"), Trait.TIMED),
        (with_field(2, "Record-Route: <sip:192.0.2.1;lr>"), Trait.ROUTED),
        (with_field(0, "y: x.y.z"), Trait.SIGNED),
        (with_field(0, "P-Asserted-Identity: <sip:+12025550100@example.com;verstat=No-TN>"), Trait.SIGNED),
    ],
)
def test_header_fields_give_traits(changed: Change, trait: Trait) -> None:
    """By whichever of their names."""
    assert traits(changed(by_the_book())) == trait


def again(place: int) -> Change:
    """The message at `place` is sent again."""
    return lambda seen: [*seen, replace(seen[place], time=seen[place].time + 500_000_000, frame=99)]


def another(method: str) -> Change:
    """One more request and its 200."""

    def changed(seen: list[Sighting]) -> list[Sighting]:
        talk = Exchange()
        talk.sightings = [*seen]
        talk.response(200, talk.request(method, 5, branch="more", cseq=2, to_tag="callee"), 5.1)
        return talk.sightings

    return changed


def elsewhere(seen: list[Sighting]) -> list[Sighting]:
    """The ACK goes to a host that did not answer."""
    return [replace(each, destination=PROXY) if each.frame == 4 else each for each in seen]


def refused(seen: list[Sighting]) -> list[Sighting]:
    """The BYE gets 481."""
    talk = Exchange()
    talk.sightings = seen[:-1]
    talk.response(481, seen[-2], 9.1)
    return talk.sightings


@pytest.mark.parametrize(
    "changed",
    [
        *(lambda seen, place=place: [*seen[:place], *seen[place + 1 :]] for place in (0, 2, 3, 4, 5)),
        *map(again, (0, 2, 3, 4, 5)),
        *map(another, ("INVITE", "UPDATE", "INFO", "CANCEL", "BYE")),
        with_field(1, "RSeq: 1"),
        elsewhere,
        refused,
    ],
)
def test_whatever_is_missing_or_more_is_trouble(changed: Change) -> None:
    """Every message is needed but the provisional ones, and none twice; trouble has all traits."""
    assert traits(changed(by_the_book())) == TROUBLE


def test_a_second_link_is_trouble() -> None:
    """What a proxy passes on is looked at hop by hop."""
    talk = Exchange()
    talk.sightings = by_the_book()
    invite = talk.request("INVITE", 0.1, source=PROXY, destination=CALLEE, branch="two")
    talk.response(200, invite, 1.4)
    assert traits(talk.sightings) == TROUBLE
    assert {CALLER, CALLEE} <= {each.source for each in talk.sightings}
