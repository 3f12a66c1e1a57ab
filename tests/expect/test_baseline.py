"""Tests of `sipdiag.expect.baseline`: what is accepted, how often, why, and until when."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from reporting import analysis_of, sample
from sipdiag.expect import Accepted, Baseline, accepting, sifted
from sipdiag.findings import Finding, Policy, Silence, fingerprint_of

TODAY = date(2026, 5, 4)
YESTERDAY = date(2026, 5, 3)


@pytest.fixture
def finding() -> Finding:
    """A missing ACK."""
    (found,) = analysis_of(sample("ack-missing/ack-missing")).findings
    return found


def entry(finding: Finding, *, count: int = 1, until: date | None = None, reason: str = "known") -> Accepted:
    """The entry that accepts it."""
    return Accepted(fingerprint=fingerprint_of(finding), rule=finding.rule, count=count, reason=reason, until=until)


def counted(findings: list[Finding], baseline: Baseline, policy: Policy | None = None) -> list[bool]:
    """Which of the findings count."""
    return [each.acceptance is None for each in sifted(findings, baseline, policy or Policy(), TODAY).judged]


def test_what_the_baseline_names_does_not_count(finding: Finding) -> None:
    """And everything else does."""
    other = msgspec.structs.replace(finding, variant="given-up")
    assert counted([finding, other], Baseline(finding=[entry(finding)])) == [False, True]


def test_an_empty_baseline_accepts_nothing(finding: Finding) -> None:
    """Every finding is new."""
    assert counted([finding], Baseline()) == [True]


def test_one_more_than_accepted_is_new(finding: Finding) -> None:
    """The count of an entry is how many it accepts; two entries of one fingerprint accept as many as both say."""
    assert counted([finding] * 3, Baseline(finding=[entry(finding, count=2)])) == [False, False, True]
    assert counted([finding] * 3, Baseline(finding=[entry(finding), entry(finding)])) == [False, False, True]


def test_an_entry_holds_on_its_last_day(finding: Finding) -> None:
    """And is told of from the next day on."""
    assert counted([finding], Baseline(finding=[entry(finding, until=TODAY)])) == [False]
    over = sifted([finding], Baseline(finding=[entry(finding, until=YESTERDAY)]), Policy(), TODAY)
    assert over.judged[0].acceptance is None
    assert [each.until for each in over.expired] == [YESTERDAY]


def test_an_expired_silence_speaks_up_too(finding: Finding) -> None:
    """Its finding counts again."""
    silence = Silence(rule=finding.rule, peer="198.51.100.20", reason="door phone", until=YESTERDAY)
    told = sifted([finding], Baseline(), Policy(silences=[silence]), TODAY)
    assert told.expired == [silence]
    assert told.judged[0].acceptance is None


def test_a_silence_uses_nothing_of_the_baseline(finding: Finding) -> None:
    """What the settings accept leaves the entry for another finding."""
    silence = Silence(rule=finding.rule, peer="198.51.100.20", reason="door phone")
    told = sifted([finding], Baseline(finding=[entry(finding)]), Policy(silences=[silence]), TODAY)
    assert told.judged[0].acceptance == silence
    assert told.gone == [entry(finding)]


def test_what_is_gone_is_told(finding: Finding) -> None:
    """An entry that accepts more than was found could hide what comes back."""
    told = sifted([finding], Baseline(finding=[entry(finding, count=2)]), Policy(), TODAY)
    assert [each.count for each in told.gone] == [2]


def test_a_new_baseline_keeps_the_reasons_of_the_old(finding: Finding) -> None:
    """What was accepted before keeps its reason and its day, what is new gets those of this run, what is gone goes."""
    other = msgspec.structs.replace(finding, variant="given-up")
    gone = msgspec.structs.replace(finding, variant="silent")
    before = Baseline(finding=[entry(finding, until=TODAY, reason="old"), entry(gone)])
    judged = sifted([finding, other, other], before, Policy(), TODAY).judged
    after = accepting(judged, ["a", "b", "b"], before, reason="new", until=None, today=TODAY)
    assert {(each.message, each.count, each.reason, each.until) for each in after.finding} == {
        ("a", 1, "old", TODAY),
        ("b", 2, "new", None),
    }
    assert counted([finding, other, other], after) == [False, False, False]


def test_what_is_silenced_is_not_written_again(finding: Finding) -> None:
    """It is accepted already, with a reason of its own."""
    policy = Policy(silences=[Silence(rule=finding.rule, peer="198.51.100.20", reason="door phone")])
    judged = sifted([finding], Baseline(), policy, TODAY).judged
    assert accepting(judged, ["a"], Baseline(), reason="new", until=None, today=TODAY).finding == []
