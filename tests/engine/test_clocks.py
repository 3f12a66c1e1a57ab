"""Tests of `sipdiag.engine.clocks`: many captures are aligned as a few in memory are."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fleet import write_fleet
from engine.auditing import audited, expected, rows, serially
from sipdiag.analysis import read
from sipdiag.engine import clocks
from sipdiag.engine.clocks import marks_of, offsets_of
from sipdiag.trace import aligned

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three probes, each rotated."""
    return write_fleet(tmp_path_factory.mktemp("fleet"), captures=9, calls=30, damaged=0)


def shifted(path: Path, target: Path, by: float) -> Path:
    """A capture whose clock was ahead."""
    data = bytearray(path.read_bytes())
    at = 24
    while at < len(data):
        seconds, micros, size = struct.unpack_from("<III", data, at)
        moved = seconds * 1_000_000 + micros + round(by * 1_000_000)
        struct.pack_into("<II", data, at, moved // 1_000_000, moved % 1_000_000)
        at += 16 + size
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_the_offsets_are_those_of_captures_in_memory(
    data: st.DataObject, captures: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whichever captures there are twice, and by how much the clock of the second was off."""
    folder = tmp_path_factory.mktemp("shifted")
    chosen = data.draw(st.lists(st.sampled_from(captures), min_size=1, max_size=4, unique=True))
    paths = list(chosen)
    for number, path in enumerate(chosen):
        by = data.draw(st.sampled_from([-3.5, -0.05, 0.0, 0.01, 1.25]))
        paths.append(shifted(path, folder / f"{number}.pcap", by))
    traces = [read(str(path), capture=number) for number, path in enumerate(paths)]
    order = sorted(
        range(len(traces)), key=lambda index: (traces[index].facts.first_time or 0, traces[index].facts.path)
    )
    marks = [marks_of(trace.sightings) for trace in traces]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clocks, "AT_A_TIME", data.draw(st.sampled_from([1, 50, 10**6])))
        offsets = offsets_of(len(marks), marks.__getitem__, order, folder / "clocks")
    assert not list(folder.glob("clocks/*"))
    moved = [
        (one.facts.first_time or 0) - (other.facts.first_time or 0)
        for one, other in zip(traces, aligned(traces), strict=True)
    ]
    assert [offset if abs(offset) >= 20_000_000 else 0 for offset in offsets] == moved


def test_an_audit_makes_the_clocks_of_probes_one(captures: list[Path], tmp_path: Path) -> None:
    """A second recorder of the same link, three seconds ahead: the same result as read serially, and it is told."""
    for number, path in enumerate(captures[:3]):
        shifted(path, tmp_path / "in" / f"{number}.pcap", 3)
    audited([str(captures[0].parent), str(tmp_path / "in")], tmp_path / "out")
    analysis = serially(tmp_path / "out")
    for name in ("findings", "calls", "responses"):
        assert rows(tmp_path / "out", name) == expected(analysis, name), name
    told = [row["defects"] for row in rows(tmp_path / "out", "captures") if row["path"].startswith(str(tmp_path))]
    assert all("ahead of" in " ".join(defects) for defects in told)
