"""Tests of `sipdiag.findings.order`: the order of things that come from several parts, and what is kept of them."""

from __future__ import annotations

from msgspec.structs import replace

from exchange import Exchange
from sipdiag.calls import moment
from sipdiag.findings import arrived, first_of_each_capture, in_order


def test_things_of_several_parts_come_in_the_order_of_time() -> None:
    """Whichever part they are from."""
    talk = Exchange()
    talk.answered_call()
    arrivals = talk.scene().correlation.arrivals
    assert in_order([arrivals[1::2], arrivals[::2]], arrived) == arrivals


def test_of_each_capture_the_first_are_kept() -> None:
    """A finding names the frames of one capture: it must not lack any because another had more."""
    talk = Exchange()
    talk.answered_call()
    here = talk.sightings
    there = [replace(each, capture=1, time=each.time + 10**12) for each in here]
    kept = first_of_each_capture([*there, *here], 2)
    assert kept == [*here[:2], *there[:2]]
    assert kept == sorted(kept, key=moment)


def test_what_is_kept_of_parts_is_what_is_kept_of_the_whole() -> None:
    """Whether it is kept part by part first, or only at the end."""
    talk = Exchange()
    talk.answered_call()
    seen = talk.sightings
    parts = [first_of_each_capture(part, 2) for part in (seen[::2], seen[1::2])]
    assert first_of_each_capture([each for part in parts for each in part], 2) == first_of_each_capture(seen, 2)
