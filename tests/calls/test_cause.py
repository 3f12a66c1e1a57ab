"""Tests of `sipdiag.calls.cause`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from exchange import Exchange
from sipdiag.calls import CODES, PLAIN, cause_contradicts, cause_of, causes_disagree, codes_disagree

CAUSES = Path(__file__).resolve().parents[2] / "knowledge" / "en" / "cause"


def test_the_table_is_that_of_the_catalogue() -> None:
    """RFC 3398, sections 7.2.4.1 and 8.2.6.1: results may not read the catalogue, so both must say the same."""
    told = {}
    for path in CAUSES.glob("*.md"):
        facts = tomllib.loads(path.read_text().partition("```toml\n")[2].partition("```")[0])
        if facts["sip"]:
            told[facts["cause"]] = frozenset(facts["sip"])
    assert dict(CODES) == told


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("Q.850;cause=17", 17),
        ('q.850 ; cause = 34 ;text="No circuit"', 34),
        ('Q.850;text="User busy";cause=17', 17),
        ('SIP;cause=486;text="Busy", Q.850;cause=17', 17),
        ("SIP;cause=486", None),
        ("Q.850", None),
        ("Q.850;cause=1700", None),
        ("nonsense", None),
    ],
)
def test_the_cause_is_read_from_reason(value: str, cause: int | None) -> None:
    """RFC 3326, section 2: several reasons of different protocols may stand there."""
    talk = Exchange()
    final = talk.response(486, talk.request("INVITE", 0), 1, fields=f"Reason: {value}\r\n")
    assert cause_of(final) == cause


@pytest.mark.parametrize(
    ("cause", "code", "wrong"),
    [
        (17, 486, False),
        (17, 600, False),
        (17, 503, True),
        (1, 503, True),
        (34, 486, True),
        (28, 500, True),
        (17, 480, False),  # 480 stands for many things
        (16, 503, False),  # no mapping, no expectation
        (31, 503, False),
        (127, 503, False),
        (41, 500, False),
        (3, 503, False),
    ],
)
def test_a_cause_contradicts_a_code_only_where_both_are_plain(cause: int, code: int, wrong: bool) -> None:  # noqa: FBT001
    """What vendors use for several things is let pass."""
    assert cause_contradicts(cause, code) is wrong


def test_codes_and_causes_disagree_across_meanings_only() -> None:
    """486 and 600 both say busy; 486 and 503 do not say the same; 403 says nothing certain."""
    assert not codes_disagree(486, 600)
    assert codes_disagree(486, 503)
    assert codes_disagree(404, 486)
    assert not codes_disagree(403, 503)
    assert causes_disagree(17, 34)
    assert not causes_disagree(17, 16)


@pytest.mark.parametrize(
    "alike", [(17, 18, 19, 20, 21), (1, 22, 28), (34, 38, 41, 42, 47)], ids=["callee", "number", "network"]
)
def test_causes_of_one_meaning_contradict_those_of_another_only(alike: tuple[int, ...]) -> None:
    """Nobody takes the call, the number is wrong, or the way is broken (ITU-T Q.850, table 1)."""
    one_each = {17, 1, 34}
    for cause in alike:
        assert sum(causes_disagree(cause, other) for other in one_each) == 2
        assert not any(causes_disagree(cause, other) for other in alike)


def test_no_code_that_the_rfc_maps_a_cause_to_contradicts_it() -> None:
    """RFC 3398 has the last word."""
    assert not [(cause, code) for cause, codes in CODES.items() for code in codes if cause_contradicts(cause, code)]
    assert set(CODES) >= PLAIN
