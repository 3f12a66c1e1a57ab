"""Tests of `sipdiag.findings.finding`."""

from __future__ import annotations

import pickle

import pytest

from sipdiag.findings import Confidence, Finding, Severity


def test_the_words_are_those_of_the_contract() -> None:
    """`error warning note`, `certain likely inconclusive`: the values that the JSON document gives."""
    assert [each.value for each in Severity] == ["error", "warning", "note"]
    assert [each.value for each in Confidence] == ["certain", "likely", "inconclusive"]


@pytest.mark.parametrize("kind", [Severity, Confidence])
def test_the_ranks_follow_the_order_of_definition(kind: type[Severity | Confidence]) -> None:
    """0 is the worst, or the surest."""
    assert [each.rank for each in kind] == [0, 1, 2]


def test_a_finding_survives_the_way_to_another_process() -> None:
    """A batch pickles what its workers found."""
    finding = Finding(
        rule="ack-missing",
        variant="timed-out",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        knowledge="rule/ack-missing",
        capture=0,
        time=1,
        frames=[3, 4],
        evidence={"contact": "\udcff", "repeats": 10},
    )
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301  (our own bytes)
