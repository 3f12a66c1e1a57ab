"""Tests of `sipdiag.trace.shortening`: several captures share the room that there is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rotated import Connection, files, message
from sipdiag.trace import eased, fitting, read_trace
from sipdiag.trace.room import weight_of

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
TRACES = [read_trace(str(path), capture=number) for number, path in enumerate(SAMPLES[:12])]


@settings(deadline=None)
@given(st.permutations(TRACES), st.integers(0, 1_000_000))
def test_of_several_captures_the_newest_messages_stay(traces: list, octets: int) -> None:
    """Whatever their order: none that is left out is newer than one that stays, and the rest has room."""
    call_ids: set[str] = set()
    whole = sum(weight_of(seen, call_ids) for trace in traces for seen in trace.sightings)
    fit = fitting(traces, octets)
    kept = [seen for trace in fit for seen in trace.sightings]
    gone = [seen for before, trace in zip(traces, fit, strict=True) for seen in before.sightings if seen not in kept]
    assert bool(gone) == (whole > octets)
    assert max((seen.time for seen in gone), default=0) <= min((seen.time for seen in kept), default=2**63)
    told = [any(each.kind == "messages-too-many" for each in trace.facts.defects) for trace in fit]
    assert told == [len(b.sightings) > len(a.sightings) for b, a in zip(traces, fit, strict=True)]


def test_of_what_captures_begin_and_end_with_the_oldest_goes(tmp_path: Path) -> None:
    """And each tells of how many streams there is nothing more."""
    connection = Connection()
    connection.open()
    connection.say(0, message("OPTIONS", "one", 1), message("OPTIONS", "two", 1))
    traces = [read_trace(path) for path in files(tmp_path, connection.packets, [4])]
    last = sum(edge.size for edge in traces[1].edges)
    assert eased(traces, last) == [replace(traces[0], edges=[], edges_left_out=len(traces[0].edges)), traces[1]]
    assert eased(traces) == traces
