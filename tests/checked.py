"""Checks of captures in memory and on disk, as `sipdiag check` makes them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from sipdiag.expect import Baseline, Expectations, Unreadable, Verdict, compared, sifted
from sipdiag.findings import Policy, Severity

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis

TODAY = date(2026, 5, 4)


def verdict(
    analysis: Analysis,
    *,
    baseline: Baseline | None = None,
    policy: Policy | None = None,
    fail_on: Severity | None = Severity.ERROR,
    expect: dict[str, Any] | None = None,
    unreadable: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on an analysis."""
    result = sifted(analysis.findings, baseline or Baseline(), policy or Policy(), TODAY)
    expectations = None if expect is None else msgspec.convert(expect, Expectations)
    return Verdict(
        analysis=analysis,
        judged=result.judged,
        fail_on=fail_on,
        compared=[] if expectations is None else compared(expectations, analysis.correlation, analysis.carriage),
        expired=result.expired,
        gone=result.gone,
        has_baseline=baseline is not None,
        unreadable=[Unreadable(path=each, reason="no such file") for each in unreadable],
    )
