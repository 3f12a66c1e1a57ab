"""Tests of `sipdiag.report.toml`: files that people go on writing."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import analysis_of, sample, words
from sipdiag.expect import Accepted, Baseline, Expectations, ExpectedCall, baseline_in, expectations_of
from sipdiag.report.toml import baseline_text, expectations_text

GOLDEN = Path(__file__).parent / "golden"
TEXTS = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_expectations_are_the_golden_ones(language: str) -> None:
    """Of a good call: readable, with what a pattern is in the reader's language."""
    expectations = expectations_of(analysis_of(sample("call-answered/call-answered")).correlation)
    told = expectations_text(expectations, words(language), "call-answered.pcap")
    path = GOLDEN / f"expected.{language}.toml"
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()


@given(TEXTS)
def test_any_text_is_written_so_that_it_is_read_back(text: str) -> None:
    """Bytes that are no text are escaped, as they are in every report."""
    expectations = Expectations(call=[ExpectedCall(name=text or "x")])
    told = expectations_text(expectations, words(), text)
    (call,) = tomllib.loads(told)["call"]
    kept = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if text else "x"
    if not any("\ud800" <= each <= "\udfff" for each in text):
        assert call["name"] == kept
    assert not [each for each in told if each != "\n" and (ord(each) < 32 or 0x7F <= ord(each) < 0xA0)]


def test_a_baseline_is_read_back_as_it_was(tmp_path: Path) -> None:
    """With reasons, counts and days."""
    entry = Accepted(
        fingerprint="0123456789abcdef", rule="ack-missing", message='a "b" \\', reason="é\u202e", until=date(2026, 5, 4)
    )
    other = Accepted(fingerprint="fedcba9876543210", rule="ack-late", count=7, reason="x")
    path = tmp_path / "baseline.toml"
    path.write_text(baseline_text(Baseline(finding=[entry, other]), words()), encoding="utf-8")
    assert baseline_in(str(path)).finding == [entry, other]
    assert "\u202e" not in path.read_text(encoding="utf-8")
