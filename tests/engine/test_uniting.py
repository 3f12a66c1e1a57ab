"""Tests of `sipdiag.engine.uniting`: the lists of all shards are one list, however little of each is looked at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.engine import run
from sipdiag.engine.run import Run
from sipdiag.engine.uniting import Wanted, put_all, united
from sipdiag.findings import Confidence, Finding, Policy, Severity


def finding(time: int, rule: str = "ack-missing") -> Finding:
    return Finding(
        rule=rule,
        variant="",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        knowledge=f"rule/{rule}",
        capture=0,
        time=time,
        frames=[1],
    )


@given(times=st.lists(st.lists(st.integers(0, 9)), min_size=1, max_size=5), size=st.sampled_from([1, 7, 100]))
def test_lists_in_order_are_one_list_in_order(times: list[list[int]], size: int) -> None:
    """Those of the same place in the order of shards; what is told under a finding stands right behind it."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "AT_A_TIME", size)
        place = Run(folder=Path(folder), data=Path(folder), read=Path(folder), shards=len(times) - 1)
        owner = (finding(5).place, len(times) - 1, -1)
        for shard, mine in enumerate(times):
            some = [((finding(time).place, shard, at), False, finding(time)) for at, time in enumerate(sorted(mine))]
            under = ((*owner, 1, finding(shard).place, shard, 0), True, finding(shard))
            last = [(owner, False, finding(5, "scanner-seen"))] if shard == len(times) - 1 else []
            put_all(place, shard, sorted([*some, under, *last], key=lambda each: each[0]))
        found = list(united(place))
    heads = [each.time for each, under in found if not under and each.rule != "scanner-seen"]
    assert heads == sorted(time for mine in times for time in mine)
    at = next(place for place, (each, _) in enumerate(found) if each.rule == "scanner-seen")
    assert [(each.time, under) for each, under in found[at + 1 : at + 1 + len(times)]] == [
        (shard, True) for shard in range(len(times))
    ]


def test_only_what_is_wanted_is_told() -> None:
    """By the names of rules, and as the policy takes them."""
    some = [finding(1), finding(2, "ack-late")]
    policy = Policy(severities={"ack-late": Severity.NOTE})
    every = Wanted(policy, date(2026, 3, 2), frozenset(), frozenset())
    assert [each.severity for each in every.of(some)] == [Severity.ERROR, Severity.NOTE]
    assert [each.rule for each in every._replace(select=frozenset({"ack-late"})).of(some)] == ["ack-late"]
    assert [each.rule for each in every._replace(ignore=frozenset({"ack-late"})).of(some)] == ["ack-missing"]
