"""Tests of `sipdiag.rules.security.password_guessing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import Exchange
from sipdiag.findings import Settings
from sipdiag.rules.security.password_guessing import NAME
from strangers import REGISTRAR, asked, found_under
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = "User-Agent: Phone 1\r\n"


def guessed(talk: Exchange, count: int = 20, code: int = 403, pause: float = 1.0, **more: str) -> None:
    for number in range(count):
        asked(talk, "REGISTER", number * pause, code, password=True, **more)


def sprayed(talk: Exchange, count: int = 20, *, agents: int = 1, ports: int = 1) -> None:
    for number in range(count):
        agent = f"User-Agent: Phone {number % agents}\r\n"
        source = f"203.0.113.66:{5071 + number % ports}"
        asked(talk, "REGISTER", number, 403, user=f"{number}", password=True, fields=agent, source=source)


@pytest.mark.parametrize(("story", "variant"), [(guessed, "one-account"), (sprayed, "many-accounts")])
def test_each_way_of_guessing_is_told_apart(story: Callable[[Exchange], None], variant: str) -> None:
    """One password after the other, or one account after the other: likely, for nobody sees the password."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == (variant, "warning", "likely")


def test_the_evidence() -> None:
    """Who, whom, how often and how fast."""
    talk = Exchange()
    guessed(talk, fields=AGENT)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == list(range(1, 40, 2))
    assert finding.evidence == {
        "source": "203.0.113.66",
        "server": REGISTRAR,
        "rejected": 20,
        "fastest": 20,
        "fastest_s": 19.0,
        "accounts": ["1001"],
        "accounts_count": 1,
        "account": "1001",
        "codes": [403],
        "user_agent": "Phone 1",
        "first_frame": 1,
    }


def mistyped(talk: Exchange) -> None:
    guessed(talk, 3)


def challenged_only(talk: Exchange) -> None:
    for number in range(40):
        asked(talk, "REGISTER", number, 401)


def stale(talk: Exchange) -> None:
    guessed(talk, 40, 401, answer='WWW-Authenticate: Digest realm="a", nonce="b", stale=true\r\n')


def slowly(talk: Exchange) -> None:
    guessed(talk, 40, pause=30)


def looping(talk: Exchange) -> None:
    guessed(talk, 40, call_id="loop")


def behind_a_nat(talk: Exchange) -> None:
    sprayed(talk, 40, ports=40)


def phones_of_many_makes(talk: Exchange) -> None:
    sprayed(talk, 40, agents=5)


def a_gateway(talk: Exchange) -> None:
    sprayed(talk, 40)
    asked(talk, "REGISTER", 50, 200, user="fine", password=True, fields="User-Agent: Phone 0\r\n")


def through_a_proxy(talk: Exchange) -> None:
    guessed(talk, 40, fields="Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKx\r\n")


@pytest.mark.parametrize(
    "story",
    [
        mistyped, challenged_only, stale, slowly, looping, behind_a_nat, phones_of_many_makes, a_gateway,
        through_a_proxy,
    ],
)  # fmt: skip
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A mistake, a challenge, an old nonce, a slow or looping client, an office, a gateway, a proxy: no guessing."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_the_limits_are_settings() -> None:
    """Who wants to know of less may say so."""
    talk = Exchange()
    guessed(talk, 5)
    assert found_under(talk, NAME) == []
    assert found_under(talk, NAME, Settings(guesses=5))
    assert found_under(talk, NAME, Settings(guesses=5, guess_window_s=3)) == []
