"""Tests of `sipdiag.rules.security.request_flood`."""

from __future__ import annotations

import pytest

from exchange import CALLER, Exchange
from sipdiag.findings import Settings
from sipdiag.rules.security.request_flood import NAME
from strangers import REGISTRAR, asked, found_under
from verdict import told

FEW = Settings(flood_requests=30)


def flooded(code: int | None, *, count: int = 30, pause: float = 0.1, heard: bool = True) -> Exchange:
    talk = Exchange()
    if heard:
        asked(talk, "OPTIONS", 0, 200, source=CALLER)
    for number in range(count):
        asked(talk, "MESSAGE", 1 + number * pause, code)
    return talk


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (flooded(None), ("unanswered", "warning", "likely")),
        (flooded(503), ("refused", "warning", "likely")),
        (flooded(None, heard=False), ("one-sided", "note", "inconclusive")),
    ],
)
def test_each_kind_of_flood_is_told_apart(talk: Exchange, said: tuple[str, str, str]) -> None:
    """Dropped, refused; and where the server is not heard nobody knows whether it served."""
    (finding,) = found_under(talk, NAME, FEW)
    assert told(finding) == said


def test_the_evidence() -> None:
    """How many, how fast, and what became of them."""
    (finding,) = found_under(flooded(503), NAME, FEW)
    assert len(finding.frames) == 20
    assert finding.evidence == {
        "source": "203.0.113.66",
        "server": REGISTRAR,
        "requests": 30,
        "within_s": 2.9,
        "per_second": 10,
        "unanswered": 0,
        "methods": ["MESSAGE"],
        "codes": ["503 (30)"],
        "user_agent": "",
        "first_frame": 3,
    }


@pytest.mark.parametrize(
    "talk", [flooded(200), flooded(401), flooded(302), flooded(503, count=29), flooded(503, pause=0.5)]
)
def test_a_near_miss_is_silent(talk: Exchange) -> None:
    """Load that is served, asked for credentials or redirected, and what is too little or too slow: no flood."""
    assert found_under(talk, NAME, FEW) == []


def test_a_busy_trunk_is_below_the_default() -> None:
    """A hundred requests in three seconds are refused every day."""
    assert found_under(flooded(503, count=100, pause=0.03), NAME) == []
