"""Sightings as columns on disk: what one look at a message needs, and its bytes, parsed again when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from sipdiag.sip import Request, Response, parse
from sipdiag.trace import Sighting

SIGHTINGS: Final = pa.schema(
    [
        ("order", pa.int32()),  # place among the sightings of its capture
        ("frame", pa.int64()),
        ("time", pa.int64()),
        ("source", pa.string()),
        ("destination", pa.string()),
        ("transport", pa.string()),
        ("ip_id", pa.int32()),
        ("frames", pa.list_(pa.int64())),
        ("complete", pa.bool_()),
        ("call_id", pa.binary()),
        ("message", pa.binary()),
    ]
)
"""One capture by itself."""
NUMBERED: Final = SIGHTINGS.append(pa.field("capture", pa.int32()))
"""With the number of the capture in an audit."""


def octets_of(text: str) -> bytes:
    """The bytes that text from a packet stands for."""
    return text.encode("utf-8", "surrogateescape")


def message_bytes(message: Request | Response) -> bytes:
    """Bytes that parse to `message`."""
    head = octets_of(message.head)
    return head if message.cut_off else head + b"\r\n\r\n" + message.body


def table_of(sightings: Sequence[Sighting]) -> pa.Table:
    """The sightings of one capture, in their order."""
    return pa.table(
        {
            "order": range(len(sightings)),
            "frame": [each.frame for each in sightings],
            "time": [each.time for each in sightings],
            "source": [each.source for each in sightings],
            "destination": [each.destination for each in sightings],
            "transport": [each.transport for each in sightings],
            "ip_id": [each.ip_id for each in sightings],
            "frames": [each.frames for each in sightings],
            "complete": [each.complete for each in sightings],
            "call_id": [octets_of(each.message.call_id) for each in sightings],
            "message": [message_bytes(each.message) for each in sightings],
        },
        schema=SIGHTINGS,
    )


def numbered(table: pa.Table, capture: int, ahead: int = 0) -> pa.Table:
    """The sightings of one capture with its number; their times put right by how far its clock is `ahead`."""
    if ahead:
        column = table.schema.get_field_index("time")
        times = pa.array(table["time"].to_numpy() - ahead, pa.int64())
        table = table.set_column(column, SIGHTINGS.field("time"), times)
    return table.append_column(NUMBERED.field("capture"), pa.array([capture] * len(table), pa.int32()))


def in_time(tables: Sequence[pa.Table]) -> pa.Table:
    """Numbered sightings of several tables in the order of time."""
    whole = pa.concat_tables(tables) if tables else NUMBERED.empty_table()
    return whole.sort_by([(name, "ascending") for name in ("time", "capture", "frame", "order")])


def sightings_of(table: pa.Table) -> list[Sighting]:
    """The sightings in a numbered table."""
    found = []
    rows = zip(
        table["capture"].to_pylist(),
        table["frame"].to_pylist(),
        table["time"].to_pylist(),
        _shared(table["source"]),
        _shared(table["destination"]),
        _shared(table["transport"]),
        table["ip_id"].to_pylist(),
        table["frames"].to_pylist(),
        table["complete"].to_pylist(),
        table["message"].to_pylist(),
        strict=True,
    )
    for capture, frame, time, source, destination, transport, ip_id, frames, complete, octets in rows:
        message = parse(octets)
        if message is not None:
            found.append(
                Sighting(
                    capture=capture,
                    frame=frame,
                    time=time,
                    source=source,
                    destination=destination,
                    transport=transport,
                    message=message,
                    ip_id=ip_id,
                    frames=tuple(frames),
                    complete=complete,
                )
            )
    return found


def _shared(column: pa.ChunkedArray) -> list[str]:
    """The texts of a column, of which there are few, each one object."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    names = encoded.dictionary.to_pylist()
    return [names[index] for index in encoded.indices.to_pylist()]
