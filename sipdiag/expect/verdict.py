"""What a check comes to: findings that count, findings that are accepted, expectations that were not met."""

from __future__ import annotations

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.expect.baseline import Accepted, Judged
from sipdiag.expect.mismatch import Compared, Mismatch
from sipdiag.findings import Severity, Silence, fingerprint_of


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """An input that could not be read."""

    path: str
    reason: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check."""

    analysis: Analysis
    judged: list[Judged]
    """Every finding, worst first."""
    fail_on: Severity | None = Severity.ERROR
    """Findings of this severity or worse fail the check; None: none does."""
    compared: list[Compared] = []
    """Each expectation with what was not as expected; empty where nothing was expected."""
    expired: list[Accepted | Silence] = []
    gone: list[Accepted] = []
    has_baseline: bool = False
    unreadable: list[Unreadable] = []

    @property
    def new(self) -> list[Judged]:
        """The findings that nobody accepted."""
        return [each for each in self.judged if each.acceptance is None]

    @property
    def failing(self) -> list[Judged]:
        """The findings that fail the check."""
        return [each for each in self.judged if self.fails(each)]

    @property
    def mismatches(self) -> list[Mismatch]:
        """All that was not as expected."""
        return [mismatch for each in self.compared for mismatch in each.mismatches]

    @property
    def passed(self) -> bool:
        """Whether nothing failed; what could not be read is another matter."""
        return not self.failing and not self.mismatches

    @property
    def without_sip(self) -> bool:
        """Whether no capture held a SIP message, so that nothing was checked."""
        return not self.analysis.correlation.arrivals

    def fails(self, judged: Judged) -> bool:
        """Whether this finding fails the check."""
        counts = self.fail_on is not None and judged.finding.severity.rank <= self.fail_on.rank
        return counts and judged.acceptance is None


def verdict_of(analysis: Analysis) -> Verdict:
    """The verdict of an analysis of which nothing is accepted and nothing expected, and which fails nothing."""
    judged = [Judged(finding=each, fingerprint=fingerprint_of(each)) for each in analysis.findings]
    return Verdict(analysis=analysis, judged=judged, fail_on=None)
