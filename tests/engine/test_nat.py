"""Tests of `sipdiag.engine.nat`: flows of devices whose registrations and requests lie in different shards."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.auditing import SAMPLES, audited, expected, rows, serially
from sipdiag.calls import correlate, window_of
from sipdiag.engine import auditing, nat, run
from sipdiag.engine.nat import Devices


def test_a_flow_is_found_from_every_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard a message or two: what was lost lies elsewhere than the registration that shows why."""
    monkeypatch.setattr(auditing, "MESSAGES_A_SHARD", 1)
    monkeypatch.setattr(run, "SHARDS_A_BUCKET", 1)
    for path in sorted((SAMPLES / "flow-expired").glob("*.pcap*")):
        audited([str(path)], tmp_path / path.stem)
        found = rows(tmp_path / path.stem, "findings")
        assert found == expected(serially(tmp_path / path.stem), "findings")
    told = [row["rule"] for row in rows(tmp_path / "flow-expired", "findings")]
    assert "flow-expired" in told


def test_devices_are_those_that_may_be_behind_a_nat() -> None:
    """Wherever the two halves of that were seen."""
    devices = Devices()
    devices.add({"one": ["192.0.2.1:5060"], "two": ["192.0.2.2:5060"]}, ["two"])
    devices.add({"three": ["192.0.2.3:5060", "192.0.2.4:5060"], "two": ["192.0.2.5:5060"]}, [])
    devices.add({}, ["three"])
    assert devices.behind() == {f"192.0.2.{last}:5060" for last in (2, 3, 4, 5)}
    assert Devices().behind() == frozenset()


def test_without_devices_there_are_no_flows(tmp_path: Path) -> None:
    """And no file that would have others look for some."""
    place = run.Run(folder=tmp_path, data=tmp_path, read=tmp_path, shards=3)
    seen = correlate([], links=())
    nat.offer(place, 0, seen.registrations, nat.all_traffic([]))
    nat.find(place, 0, window_of([], []))
    assert nat.flows_in(place, 0) == nat.NO_FLOWS
    assert list(tmp_path.iterdir()) == []
