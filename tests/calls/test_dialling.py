"""Tests of `sipdiag.calls.dialling`: numbers as they are dialled."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import account_calling, dialled, international, number_in

PREFIXES = ("00", "011")


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("+1-202-555-0142", "+12025550142"),
        ("(202) 555.0142", "2025550142"),
        ("2025550142;phone-context=+1", "2025550142"),
        ("alice", ""),
        ("12", ""),
        ("*43", ""),
        ("", ""),
    ],
)
def test_separators_and_parameters_are_no_part_of_a_number(user: str, number: str) -> None:
    """RFC 3966, section 5.1.1; a name is no number."""
    assert number_in(user) == number


@pytest.mark.parametrize(
    ("number", "abroad"),
    [
        ("+12025550142", "12025550142"),
        ("0012025550142", "12025550142"),
        ("01112025550142", "12025550142"),
        ("02025550142", ""),
        ("12025550142", ""),
        ("00123", ""),
        ("0001202555", ""),
    ],
)
def test_an_international_number_begins_with_its_country(number: str, abroad: str) -> None:
    """By `+` or by one of the prefixes; anything else is dialled at home."""
    assert international(number, PREFIXES) == abroad


def test_the_parties_of_an_invite() -> None:
    """The number called is that of the Request-URI, the account that of From."""
    invite = Exchange().request("INVITE", 0)
    assert dialled(invite) == "+12025550199"
    assert account_calling(invite) == "+12025550100"
