"""Tests of `sipdiag.trace.room`: what there is no room for is the oldest."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.sip.message import MOST_SHARED
from sipdiag.trace import read_trace
from sipdiag.trace.room import CALL, FURTHER, KEPT, LONG, MESSAGE, NAME, Room, newest, weight_of, weight_of_text

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
SEEN = [each for path in SAMPLES[:20] for each in read_trace(str(path)).sightings]


def weight(sightings: list) -> int:
    call_ids: set[str] = set()
    return sum(weight_of(seen, call_ids) for seen in sightings)


@settings(deadline=None)
@given(st.data())
def test_the_newest_that_fit_stay(data: st.DataObject) -> None:
    """However the messages come in, what is kept is the end of them, and never more than there is room for."""
    octets = data.draw(st.integers(MESSAGE, weight(SEEN)))
    room, kept, at = Room(octets), [], 0
    while at < len(SEEN):
        some = data.draw(st.integers(1, len(SEEN)))
        kept += SEEN[at : at + some]
        at += some
        room.fit(kept)
        assert weight(kept) <= octets
    assert kept == SEEN[room.left_out :]
    assert len(kept) >= min(len(SEEN), newest(SEEN, round(octets * KEPT)))


def test_each_call_id_weighs_once() -> None:
    """A call has its findings, however many messages it has."""
    (seen, *_) = SEEN
    assert weight([seen, seen]) - weight([seen]) == weight([seen]) - CALL


def test_copies_of_long_texts_and_names_that_are_not_shared_weigh() -> None:
    """What is read of a long URI stands beside it, and no two messages share thousands of names."""
    short, names = "x" * LONG, frozenset(map(str, range(MOST_SHARED)))
    assert weight_of_text(2 * short, b"", names) - weight_of_text(short, b"", names) == (1 + FURTHER) * LONG
    assert weight_of_text("", short.encode(), names) == LONG + (1 + FURTHER) * sys.getsizeof("")
    assert weight_of_text("", b"", names | {"one more"}) - weight_of_text("", b"", names) == NAME * (MOST_SHARED + 1)


def test_what_was_read_can_count_for_nothing() -> None:
    """Another engine begins anew."""
    room = Room(weight(SEEN) // 2)
    room.fit(SEEN[:])
    assert room.left_out
    room.forget()
    room.fit(SEEN[:1])
    assert room.left_out == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_capture_without_room_is_one_that_begins_later(path: Path) -> None:
    """Messages, times and a defect say so; how many there were is still known."""
    whole = read_trace(str(path), media=True)
    short = read_trace("-", stream=io.BytesIO(path.read_bytes()), media=True, room=weight(whole.sightings) // 2)
    left_out = len(whole.sightings) - len(short.sightings)
    assert short.sightings == whole.sightings[left_out:]
    assert short.facts.sip_messages == whole.facts.sip_messages
    if left_out:
        defect = short.facts.defects[-1]
        assert (defect.kind, defect.detail.split()[0]) == ("messages-too-many", str(left_out))
        assert short.facts.first_time == min((each.time for each in short.sightings), default=short.facts.last_time)
