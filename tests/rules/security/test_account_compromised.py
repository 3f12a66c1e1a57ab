"""Tests of `sipdiag.rules.security.account_compromised`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLER, Exchange
from sipdiag.rules.security.account_compromised import NAME
from strangers import REGISTRAR, asked
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

CONTACT = "Contact: <sip:1001@203.0.113.66:5071>\r\n"


def broken_into(talk: Exchange, *, count: int = 20, user: str = "1001") -> None:
    for number in range(count):
        asked(talk, "REGISTER", 10 + number, 403, password=True)
    asked(talk, "REGISTER", 10 + count, 200, password=True, user=user, fields=CONTACT)


def owned(talk: Exchange) -> None:
    asked(talk, "REGISTER", 0, 200, password=True, source=CALLER, fields=CONTACT)
    broken_into(talk)


@pytest.mark.parametrize(
    ("story", "said"),
    [(owned, ("taken-over", "error", "likely")), (broken_into, ("guessed", "warning", "likely"))],
)
def test_who_has_no_business_there_is_told_from_who_may_have(
    story: Callable[[Exchange], None], said: tuple[str, str, str]
) -> None:
    """Another host is registered as the account, or nobody else is: then a client may have been put right."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence() -> None:
    """The success, and the refusals before it."""
    talk = Exchange()
    owned(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames[:2] == [43, 44]
    assert finding.evidence == {
        "account": "1001",
        "source": "203.0.113.66",
        "server": REGISTRAR,
        "owner": "192.0.2.10",
        "rejected": 20,
        "rejected_account": 20,
        "after_s": 1.0,
        "request_frame": 43,
        "response_frame": 44,
        "contact": "<sip:1001@203.0.113.66:5071>",
    }


def a_few_mistakes(talk: Exchange) -> None:
    broken_into(talk, count=4)


def an_own_account(talk: Exchange) -> None:
    broken_into(talk, user="another")


def in_vain(talk: Exchange) -> None:
    broken_into(talk)
    del talk.sightings[-2:]


def the_owner_with_an_old_password(talk: Exchange) -> None:
    asked(talk, "REGISTER", 0, 200, password=True)
    broken_into(talk)


@pytest.mark.parametrize("story", [a_few_mistakes, an_own_account, in_vain, the_owner_with_an_old_password])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Few mistakes, an account that was never guessed at, no success, or a host that was accepted before."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
