"""Messages on their way from one process to another, in few objects, since each object costs time on both sides."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from sipdiag.sip import Request, Response, parse
from sipdiag.trace.room import weight_of_text
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import Datagram, StreamData

Row = tuple[int, int, str, str, str, int, int, bool, tuple[Any, ...]]
"""Frame, time, source, destination, transport, IP identification, bytes cut off, whether a request, its fields."""

ROW, MOST = 1_000, 200 << 20
"""Bytes that a row takes besides the text of its message; bytes that all rows of one process may take."""


def rows_of(signalling: Iterable[Datagram | StreamData]) -> Iterator[Row]:
    """The messages in datagrams that came in one packet each."""
    for each in signalling:
        message = parse(each.payload) if isinstance(each, Datagram) else None
        if message is not None and isinstance(each, Datagram):
            ends = each.source, each.destination, each.transport
            kind = isinstance(message, Request)
            yield (each.frame, each.time, *ends, each.ip_id, each.cut, kind, msgspec.structs.astuple(message))


class Rows:
    """Gathers rows, and says when they take more memory than two processes should hold at once."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._octets = 0

    def take(self, signalling: Iterable[Datagram | StreamData]) -> bool:
        """Add the messages in datagrams that came in one packet each; whether there is room for more."""
        rows = list(rows_of(signalling))
        self._rows += rows
        self._octets += sum(ROW + weight_of_text(*fields[:3]) for *_, fields in rows)  # head, body, names
        return self._octets <= MOST

    @property
    def packed(self) -> bytes:
        """Rows as bytes."""
        return marshal.dumps(self._rows)


def sightings_in(data: bytes, capture: int, shift: int = 0) -> Iterator[Sighting]:
    """The messages in packed rows, with `shift` added to their frames."""
    rows: list[Row] = marshal.loads(data)  # noqa: S302 - written by a process of our own
    for frame, time, source, destination, transport, ip_id, cut, request, fields in rows:
        yield Sighting(
            capture=capture,
            frame=frame + shift,
            time=time,
            source=source,
            destination=destination,
            transport=transport,
            message=_message(request, fields),
            ip_id=ip_id,
            complete=not cut,
        )


def _message(request: bool, fields: tuple[Any, ...]) -> Request | Response:  # noqa: FBT001
    kind: type[Request | Response] = Request if request else Response
    return kind(*fields)
