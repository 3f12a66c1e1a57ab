"""Tests of `sipdiag.engine.columns`: what lies on disk is what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.analysis import read
from sipdiag.engine.columns import in_time, message_bytes, numbered, sightings_of, table_of
from sipdiag.sip import parse

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*/*.pcap"))


@pytest.mark.parametrize("path", SAMPLES[::4], ids=lambda path: path.stem)
def test_sightings_come_back_as_they_were(path: Path) -> None:
    """Every message of a capture, in its order."""
    seen = read(str(path), capture=7).sightings
    assert sightings_of(numbered(table_of(seen), 7)) == seen


@given(
    st.sampled_from([b"OPTIONS sip:a@b SIP/2.0", b"SIP/2.0 200 OK"]),
    st.lists(st.binary(max_size=20).map(lambda data: b"X: " + data), max_size=4),
    st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n", b"\n\n", b"\r\r\n\n", b""]),
    st.binary(max_size=30),
)
def test_the_bytes_of_a_message_parse_to_it(start: bytes, lines: list[bytes], end: bytes, body: bytes) -> None:
    """Whatever ended its lines, and whatever is wrong with it."""
    message = parse(b"\r\n".join([start, *lines]) + (end + body if end else b""))
    assert message is not None
    assert parse(message_bytes(message)) == message


def test_tables_are_put_in_the_order_of_time() -> None:
    """Sightings of several captures, those of one frame as they stood in it."""
    traces = [read(str(path), capture=number).sightings for number, path in enumerate(SAMPLES[:3])]
    together = sightings_of(in_time([numbered(table_of(seen), number) for number, seen in enumerate(traces)]))
    expected = [each for seen in traces for each in seen]
    assert together == sorted(expected, key=lambda each: (each.time, each.capture, each.frame))
    assert sightings_of(in_time([])) == []
