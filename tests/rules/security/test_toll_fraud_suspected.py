"""Tests of `sipdiag.rules.security.toll_fraud_suspected`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import Exchange
from sipdiag.findings import Settings
from sipdiag.rules.security.toll_fraud_suspected import NAME
from strangers import REGISTRAR, asked, found_under
from verdict import told

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER = "12025550142"
TRIED = ("00", "900", "9011", "011")
BRAZIL = Settings(home_country="55")


def called(numbers: Sequence[str], codes: Sequence[int], pause: float = 5) -> Exchange:
    talk = Exchange()
    for at, (number, code) in enumerate(zip(numbers, codes, strict=True)):
        asked(talk, "INVITE", at * pause, code, user=number)
    return talk


@pytest.mark.parametrize(("last", "severity"), [(200, "error"), (404, "warning")])
def test_a_number_behind_many_prefixes(last: int, severity: str) -> None:
    """A prefix that was found costs money; without one it is an attempt."""
    talk = called([prefix + NUMBER for prefix in TRIED], (404, 404, 404, last))
    (finding,) = found_under(talk, NAME)
    assert told(finding) == ("prefixes-tried", severity, "likely")
    assert finding.evidence == {
        "source": "203.0.113.66",
        "passed_on": False,
        "server": REGISTRAR,
        "account": "+12025550100",
        "calls": 4,
        "within_s": 15.0,
        "numbers": [prefix + NUMBER for prefix in TRIED],
        "numbers_count": 4,
        "answered": int(last == 200),
        "answered_number": "01112025550142" if last == 200 else "",
        "user_agent": "",
        "first_frame": 1,
    }


def test_expensive_destinations_in_a_row() -> None:
    """Only for who says where home is; honest callers exist, so it is a warning."""
    talk = called([f"00252555010{last}" for last in range(10)], [200] * 10)
    assert found_under(talk, NAME) == []
    (finding,) = found_under(talk, NAME, BRAZIL)
    assert told(finding) == ("expensive-destinations", "warning", "likely")
    assert finding.evidence["calls"] == 10
    assert finding.evidence["answered"] == 10
    assert found_under(talk, NAME, Settings(home_country="252")) == []


@pytest.mark.parametrize(
    "talk",
    [
        called(["0" + NUMBER, NUMBER, "00" + NUMBER], [404, 404, 200]),
        called([prefix + NUMBER for prefix in TRIED], [200] * 4),
        called([f"{prefix}1202555014{at}" for at, prefix in enumerate(TRIED)], [404] * 4),
        called([prefix + NUMBER for prefix in TRIED], [404] * 4, pause=1800),
        called(["100", "9100", "00100", "0100"], [404] * 4),
        called([f"+5511555501{last:02}" for last in range(20)], [200] * 20),
        called([f"0044555501{last:02}" for last in range(20)], [200] * 20),
        called([f"0025255501{last:02}" for last in range(9)], [200] * 9),
    ],
)
def test_a_near_miss_is_silent(talk: Exchange) -> None:
    """Few prefixes, none that failed, other numbers, too slow, extensions, home, ordinary countries, few calls."""
    assert found_under(talk, NAME, BRAZIL) == []
