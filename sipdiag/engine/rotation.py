"""What the change from one capture to the next cut in two on TCP, put together in an audit.

The captures are read one by one, in any process; what one begins and another ends is found once all are read. What is
different by that lies on disk, capture by capture, for the stages that look at messages and traces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from sipdiag.engine.columns import NUMBERED, numbered, table_of
from sipdiag.engine.files import object_in, put_object, table_in
from sipdiag.engine.gist import Reading
from sipdiag.engine.outlook import Below
from sipdiag.engine.reading import Outcome, margins_in, reading_in
from sipdiag.engine.run import Run
from sipdiag.trace import Change, Rotation, changed_connections, changed_facts, host


def joined(run: Run, readable: Sequence[Outcome]) -> list[Outcome]:
    """The captures with what one of them begins and another ends made whole."""
    rotation = Rotation()
    torn = [number for number, each in enumerate(readable) if each.gist is not None and each.gist.edges]
    for number in sorted(torn, key=lambda number: _begin(readable[number])) if len(torn) > 1 else ():
        rotation.take(number, margins_in(run.read, readable[number]))
    rotation.finish()
    for number, change in rotation.changes.items():
        put_object(_place(run, number), change)
    return [
        _changed(each, rotation.changes[number]) if number in rotation.changes else each
        for number, each in enumerate(readable)
    ]


def numbered_in(run: Run, number: int, content: str, ahead: int) -> pa.Table:
    """The sightings of a capture with its number, each whole; its clock is so far ahead."""
    table = numbered(table_in(run.read / f"{content}.parquet"), number, ahead)
    change = _change_in(run, number)
    if change is None:
        return table
    added = numbered(table_of(change.added), number)
    order = pa.array(np.arange(-len(added), 0, dtype=np.int32))  # what ends first in a frame comes first
    added = added.set_column(added.schema.get_field_index("order"), NUMBERED.field("order"), order)
    whole = pa.concat_tables([added, _without(table, change)])
    return whole.sort_by([("frame", "ascending"), ("order", "ascending")])


def told_in(run: Run, number: int, outcome: Outcome) -> Reading:
    """What a capture shows besides its messages."""
    reading = reading_in(run.read, outcome)
    change = _change_in(run, number)
    if change is None:
        return reading
    trace = replace(
        reading.trace,
        facts=changed_facts(reading.trace.facts, change),
        connections=changed_connections(reading.trace.connections, change),
    )
    below = Below()
    below.note(trace)
    below.damages = reading.below.damages  # of which the messages tell the time, and they are not here
    directions = {(host(seen.source), host(seen.destination)) for seen in change.added}
    return replace(reading, trace=trace, below=below, directions=reading.directions | directions)


def _without(table: pa.Table, change: Change) -> pa.Table:
    """The sightings but those that were read by halves."""
    gone = Counter(change.dropped)
    frames = pa.array(sorted({frame for _, _, (frame, _) in gone}), pa.int64())
    kept = np.ones(len(table), np.bool_)
    rows = np.flatnonzero(np.isin(table["frame"].to_numpy(), frames.to_numpy()))
    columns = table.select(["source", "destination", "frame", "complete"]).take(pa.array(rows)).to_pylist()
    for row, seen in zip(rows.tolist(), columns, strict=True):
        cut = (seen["source"], seen["destination"], (seen["frame"], seen["complete"]))
        if gone[cut]:
            gone[cut] -= 1
            kept[row] = False
    return table.filter(pa.array(kept))


def _changed(outcome: Outcome, change: Change) -> Outcome:
    if outcome.gist is None:
        return outcome
    facts = changed_facts(outcome.gist.facts, change)
    return replace(outcome, gist=replace(outcome.gist, facts=facts, told_below=True))


def _change_in(run: Run, number: int) -> Change | None:
    place = _place(run, number)
    if not place.exists():
        return None
    change: Change = object_in(place)
    return change


def _place(run: Run, number: int) -> Path:
    return run.folder / "joined" / f"{number}"


def _begin(outcome: Outcome) -> int:
    return 0 if outcome.gist is None else outcome.gist.facts.first_time or 0
