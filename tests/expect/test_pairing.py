"""Tests of `sipdiag.expect.pairing`: which call is which, in whatever order they come."""

from __future__ import annotations

import time
from itertools import permutations
from typing import Any

import msgspec
import pytest

from exchange import Exchange
from reporting import analysis_of, sample
from sipdiag.calls import Correlation
from sipdiag.expect import Compared, Expectations, compared


def calls(*codes: int) -> Correlation:
    """One call after the other between the same parties, each with its final response."""
    talk = Exchange()
    for number, code in enumerate(codes):
        names = {"call_id": f"call-{number}", "branch": f"b{number}", "from_tag": f"t{number}"}
        invite = talk.request("INVITE", number * 40, **names)
        talk.response(code, invite, number * 40 + 1, to_tag=f"callee-{number}")
        talk.request("ACK", number * 40 + 1.1, to_tag=f"callee-{number}", **{**names, "branch": f"b{number}"})
    return talk.scene().correlation


def judged(correlation: Correlation, **tables: Any) -> list[Compared]:  # noqa: ANN401
    """What is not as expected."""
    return [each for each in compared(msgspec.convert(tables, Expectations), correlation) if each.mismatches]


@pytest.mark.parametrize("order", list(permutations([200, 486, 404])))
def test_the_order_of_calls_does_not_matter(order: tuple[int, ...]) -> None:
    """Each expectation finds its call."""
    assert judged(calls(*order), call=[{"code": 200}, {"code": 486}, {"code": 404}]) == []


def test_a_wide_expectation_leaves_the_call_to_a_narrow_one() -> None:
    """As many as possible find a call, whatever stands first in the file."""
    wide, narrow = {"code": "4xx"}, {"code": 486}
    assert judged(calls(486, 404), call=[wide, narrow]) == []
    assert judged(calls(486, 404), call=[narrow, wide]) == []
    assert judged(calls(486, 404, 200), call=[{}, wide, narrow]) == []


def test_each_call_meets_one_expectation_only() -> None:
    """Two expected calls need two calls."""
    (missing,) = judged(calls(200), call=[{"code": 200}, {"code": 200}])
    assert [each.key for each in missing.mismatches] == ["missing"]


def test_a_count_is_as_many_calls() -> None:
    """Neither more nor fewer."""
    assert judged(calls(200, 200), call=[{"code": 200, "count": 2}]) == []
    assert len(judged(calls(200, 200), call=[{"code": 200, "count": 3}])) == 1
    assert len(judged(calls(200), call=[{"count": 100_000_000}])) == 1


def test_the_call_with_the_fewest_mismatches_is_meant() -> None:
    """What differs is told of that one."""
    (told,) = judged(calls(486, 200), call=[{"code": 200, "outcome": "answered", "ended_by": "caller"}])
    assert [(each.key, each.frame) for each in told.mismatches] == [("ended_by", 4)]


def test_a_call_that_is_not_there_is_missing() -> None:
    """What there was instead is told."""
    (told,) = judged(calls(200), call=[{"from": "mallory@example.com"}])
    (mismatch,) = told.mismatches
    assert (mismatch.key, mismatch.frame) == ("missing", None)
    assert mismatch.seen == ["+12025550100@example.com → +12025550199@example.com"]


def test_the_numbers_of_the_capture() -> None:
    """Calls, registrations, subscriptions; as a number or a range."""
    assert judged(calls(200, 486), capture={"calls": 2, "registrations": 0, "subscriptions": {"max": 0}}) == []
    (told,) = judged(calls(200, 486), capture={"calls": 1, "registrations": {"min": 1}})
    assert [(each.key, each.seen) for each in told.mismatches] == [("calls", 2), ("registrations", 0)]


def test_nothing_else_means_nothing_else() -> None:
    """Calls, registrations and requests that nobody expected are told one by one."""
    exact = {"calls": 2, "exact": True}
    told = judged(calls(200, 486), capture=exact, call=[{"code": 200}])
    assert [(each.kind, each.mismatches[0].key, each.mismatches[0].frame) for each in told] == [
        ("call", "unexpected", 4)
    ]
    keepalive = analysis_of(sample("options-keepalive/options-keepalive")).correlation
    assert {each.kind for each in judged(keepalive, capture={"exact": True})} == {"request"}
    assert judged(keepalive, capture={"calls": 0}) == []


def test_an_empty_file_is_met_by_anything() -> None:
    """What is not written down is not looked at."""
    assert judged(calls(200, 486)) == []


def test_thousands_of_calls_are_paired_in_seconds() -> None:
    """With one entry for all, with an entry each, and with entries that no call meets."""
    seen = calls(*[200, 486] * 500)
    begun = time.process_time()
    assert judged(seen, call=[{"code": 200, "count": 500}, {"code": 486, "count": 500}]) == []
    assert judged(seen, call=[{"code": "2xx"}] * 500 + [{"code": 486}] * 500) == []
    assert len(judged(seen, call=[{"code": 200}] * 700 + [{"code": 486}] * 300)) == 200
    assert time.process_time() - begun < 60
