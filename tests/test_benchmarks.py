"""The captures that benchmarks are run on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from benchmarks import audit
from benchmarks.captures import write_calls
from benchmarks.load import write_load
from benchmarks.mixed import write_mixed
from sipdiag.analysis import analyze
from sipdiag.calls import CallState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("write", "packets"),
    [
        (lambda path: write_calls(path, calls=20, packets=4_000), 4_000),
        (lambda path: write_mixed(path, calls=20, packets=5_000), 5_000),
        (lambda path: write_load(path, calls=20), 120),
    ],
    ids=["calls", "mixed", "load"],
)
def test_a_capture_is_always_the_same_and_whole(write: Callable[[Path], None], packets: int, tmp_path: Path) -> None:
    """Its calls are answered and ended, nothing in it is damaged, and it has about as many packets as asked for."""
    one, other = tmp_path / "one.pcap", tmp_path / "other.pcap"
    write(one)
    write(other)
    assert one.read_bytes() == other.read_bytes()
    analysis = analyze([str(one)])
    (facts,) = analysis.captures
    assert facts.defects == []
    assert facts.packets == pytest.approx(packets, rel=0.1)
    calls = analysis.correlation.calls
    assert [(call.state, call.ending is not None) for call in calls] == [(CallState.ANSWERED, True)] * 20


def test_what_audits_cost_is_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command that the README names: what a small capture costs, beside its packets."""
    monkeypatch.setattr("sys.argv", ["audit", "--short", "--only", "captures"])
    assert audit.main() == 0
    told = capsys.readouterr().out
    assert "| captures | MB | processor seconds | ratio |" in told
    assert re.search(r"costs -?\d+\.\d+ ms", told)
