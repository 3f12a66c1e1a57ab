"""Tests of `sipdiag.engine.summary`: what the store counts is what the serial analysis counts."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from engine.auditing import SAMPLES, SILENT, audited, serially
from sipdiag.calls import figures_of
from sipdiag.engine import Summary, is_audit, summary_of
from sipdiag.engine.results import SCHEMA, TABLES
from sipdiag.engine.store import store_in
from sipdiag.errors import UsageError


@cache
def target() -> Path:
    """An audit of the samples."""
    folder = Path(mkdtemp(prefix="sipdiag-test-"))
    audited([str(each) for each in SILENT], folder)
    return folder


@cache
def summary() -> Summary:
    return summary_of(target())


def test_the_figures_are_those_of_the_serial_analysis() -> None:
    """RFC 6076, from sums of rows instead of from calls."""
    seen = serially(target()).correlation
    serial = figures_of(seen.calls, seen.registrations)
    assert {name: pytest.approx(value, abs=0.002) for name, value in serial.items()} == summary().figures


def test_calls_and_findings_are_counted() -> None:
    """By state and by severity."""
    analysis = serially(target())
    assert summary().calls == dict(sorted(Counter(each.state.value for each in analysis.correlation.calls).items()))
    severities = Counter(each.severity.value for each in analysis.findings)
    assert summary().findings_by_severity == {name: severities[name] for name in ("error", "warning", "note")}
    assert summary().schema == SCHEMA
    assert sum(hour.calls for hour in summary().hours) == sum(summary().calls.values())


def test_hours_without_calls_have_their_errors_and_registrations(tmp_path: Path) -> None:
    """Nothing that began is left out of the trend."""
    audited([str(SAMPLES / name) for name in ("account-compromised", "credentials-rejected")], tmp_path)
    told = summary_of(tmp_path)
    assert told.calls == {}
    (hour,) = told.hours
    assert hour.errors == told.findings_by_severity["error"] > 0
    delay = hour.figures["registration_request_delay_ms"]
    assert delay == told.figures["registration_request_delay_ms"] is not None


def test_rules_come_worst_first() -> None:
    """Then the most frequent."""
    order = [(("error", "warning", "note").index(each.severity), -each.findings) for each in summary().findings]
    assert order == sorted(order)


def test_challenges_are_no_failures_of_a_destination() -> None:
    """401 and 407 are how it works."""
    assert {each.code for each in summary().codes} & {401, 407} == set()
    assert all(each.code >= 300 for each in summary().codes)


def test_the_views_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    """Whoever opens it with DuckDB finds every dataset, with the columns that are promised."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(target() / "audit.duckdb"), read_only=True) as store:
        for name, schema in TABLES.items():
            columns = [row[0] for row in store.execute(f"DESCRIBE {name}").fetchall()]
            assert columns == schema.names, name
    assert not is_audit(tmp_path)
    with pytest.raises(UsageError, match="holds no audit"), store_in(tmp_path):
        pass
