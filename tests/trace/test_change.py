"""Tests of `sipdiag.trace.change`: what is different in a capture once others are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotated import Connection, files, message
from sipdiag.trace import Change, changed_facts, mark_of, read_trace
from sipdiag.trace.change import changed

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.trace import Trace

INVITE = message("INVITE", "one", 1)


def heard(folder: Path) -> Trace:
    """A capture that begins in a message, and passes over what it holds of that."""
    connection = Connection()
    connection.say(0, INVITE[100:], INVITE, INVITE[:50])
    return read_trace(files(folder, connection.packets)[0])


def test_messages_go_and_come_in_the_order_of_frames(tmp_path: Path) -> None:
    """Of one frame that comes first which ends first there: it began in another capture."""
    trace = heard(tmp_path)
    whole, half = trace.sightings
    change = Change(dropped=[(half.source, half.destination, mark_of(half))], added=[whole])
    assert changed(trace, change).sightings == [whole, whole]
    assert changed(trace, change).facts.sip_messages == 2
    assert changed(trace, None) is trace


def test_notices_go_as_far_as_they_do_not_hold_any_more(tmp_path: Path) -> None:
    """Of bytes that were passed over some may stay; a gap that others fill is none."""
    trace = heard(tmp_path)
    (defect,) = trace.facts.defects
    size = int(defect.detail.split()[0])
    some = changed_facts(trace.facts, Change(passed={defect.detail: size - 3}))
    assert [each.detail for each in some.defects] == ["3 bytes from 192.0.2.1:40000"]
    assert changed_facts(trace.facts, Change(passed={defect.detail: size})).defects == []
