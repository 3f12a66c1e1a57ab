"""Tests of `sipdiag.engine.metrics`: the text format of Prometheus."""

from __future__ import annotations

import re
from pathlib import Path

from engine.auditing import audited
from sipdiag.engine import metrics_of, summary_of

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = re.compile(r'sipdiag_[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [-+.0-9e]+')


def test_every_line_is_one_that_a_collector_reads(tmp_path: Path) -> None:
    """HELP, TYPE, then the samples of the family; no name without the program's."""
    audited([str(ROOT / "samples" / "call-failed"), str(ROOT / "samples" / "call-answered")], tmp_path)
    lines = metrics_of(summary_of(tmp_path)).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert samples
    assert [line for line in samples if not SAMPLE.fullmatch(line)] == []
    assert any(line.startswith('sipdiag_findings{rule="call-failed"') for line in samples)
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert {"sipdiag_calls", "sipdiag_asr_ratio", "sipdiag_ner_ratio", "sipdiag_pdd_seconds"} <= set(families)
    assert len(families) == len(set(families))


def test_what_is_undefined_has_no_sample(tmp_path: Path) -> None:
    """A ratio of nothing is no nought."""
    audited([str(ROOT / "samples" / "registration-failed")], tmp_path)
    text = metrics_of(summary_of(tmp_path))
    assert "# TYPE sipdiag_asr_ratio gauge\n# HELP" in text
