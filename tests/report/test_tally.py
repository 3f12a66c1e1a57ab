"""Tests of `sipdiag.report.tally`: figures of parts add up to those of the whole."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.calls import correlate
from sipdiag.report.tally import peer_rows, summary_in, tally_of, together
from sipdiag.trace import read_trace

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(SAMPLES), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_parts_add_up(path: Path, count: int, seed: int) -> None:
    """However Call-IDs are divided, calls, codes, peers and means come out alike."""
    seen = sorted(read_trace(str(path)).sightings, key=lambda each: (each.time, each.frame))
    parts = [
        [each for each in seen if crc32(each.message.call_id.encode(), seed) % count == part] for part in range(count)
    ]
    whole = tally_of(correlate(seen, links=()))
    added = together(tally_of(correlate(part, links=())) for part in parts)
    assert summary_in(added, [], "seen") == summary_in(whole, [], "seen")
    assert peer_rows(added.peers) == peer_rows(whole.peers)
