"""Tests of `sipdiag.rules.security.extension_scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import Exchange
from sipdiag.findings import Settings
from sipdiag.rules.security.extension_scan import NAME
from strangers import REGISTRAR, asked, found_under
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def scanned(
    talk: Exchange, method: str, count: int = 20, step: int = 1, code: int = 404, pause: float = 0.5, **more: str
) -> None:
    for number in range(count):
        asked(talk, method, number * pause, code, user=f"{100 + number * step}", **more)


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS"])
def test_numbers_that_follow_one_another(method: str) -> None:
    """Nobody calls 100, 101, 102 and so on, unless to see who is there."""
    talk = Exchange()
    scanned(talk, method)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("calls", "warning", "likely")
    assert finding.evidence["users"] == [f"{number}" for number in range(100, 110)]
    assert finding.evidence["users_count"] == 20
    assert finding.evidence["server"] == REGISTRAR
    assert finding.evidence["codes"] == ["404 (20)"]
    assert finding.evidence["within_s"] == 9.5


def accepted(talk: Exchange) -> None:
    scanned(talk, "OPTIONS", code=200)


def far_apart(talk: Exchange) -> None:
    scanned(talk, "INVITE", count=40, step=37)


def few(talk: Exchange) -> None:
    scanned(talk, "OPTIONS", count=19)


def slow(talk: Exchange) -> None:
    scanned(talk, "OPTIONS", count=40, pause=20)


def with_credentials(talk: Exchange) -> None:
    for number in range(40):
        asked(talk, "OPTIONS", number / 2, 404, user=f"{100 + number}", password=number == 7)


def of_many_phones(talk: Exchange) -> None:
    for number in range(40):
        asked(talk, "OPTIONS", number / 2, 404, user=f"{100 + number}", source=f"203.0.113.66:{6000 + number}")


def through_a_proxy(talk: Exchange) -> None:
    scanned(talk, "OPTIONS", fields="Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKx\r\n")


@pytest.mark.parametrize("story", [accepted, far_apart, few, slow, with_credentials, of_many_phones, through_a_proxy])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Success, numbers that do not follow each other, few, slow, with a password, of many clients: no scan."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_the_limits_are_settings() -> None:
    """Who wants to know of less may say so."""
    talk = Exchange()
    scanned(talk, "OPTIONS", count=6)
    assert found_under(talk, NAME, Settings(scanned_extensions=6))
    assert found_under(talk, NAME, Settings(scanned_extensions=6, scan_window_s=2)) == []
