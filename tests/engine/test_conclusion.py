"""Tests of `sipdiag.engine.conclusion`: judged in shards, a capture shows what it shows serially."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dividing import found_in_parts
from sipdiag.analysis import conclude, read
from sipdiag.trace import Trace

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*/*.pcap"))


def traces_of(*paths: Path) -> list[Trace]:
    return [read(str(path), capture=number) for number, path in enumerate(paths)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_one_call_id_a_shard_gives_the_serial_findings(path: Path) -> None:
    """The finest division there is: each Call-ID by itself, the legs of a call together."""
    traces = traces_of(path)
    assert found_in_parts(traces, hash) == conclude(traces).findings


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_any_captures_in_any_division_give_the_serial_findings(data: st.DataObject) -> None:
    """Several captures together, in any order, in any number of shards."""
    paths = data.draw(st.lists(st.sampled_from(SAMPLES), min_size=2, max_size=8, unique=True))
    seed, count = data.draw(st.integers(0, 2**32)), data.draw(st.integers(1, 6))
    traces = traces_of(*paths)
    found = found_in_parts(traces, lambda call_id: crc32(call_id.encode("utf-8", "surrogateescape"), seed) % count)
    assert found == conclude(traces).findings
