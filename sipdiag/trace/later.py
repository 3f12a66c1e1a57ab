"""The later part of a large capture, read by a second process while the first one reads what is before it.

The second process begins at a place where a record seems to begin. What it found counts only if the first one arrives
at exactly that place; otherwise the first one reads on as if there had been no other. The second one leaves aside what
needs the packets before it: fragments, TCP, SCTP; the first one takes those in their turn.
"""

from __future__ import annotations

import marshal
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Self

import msgspec

from sipdiag.capture import Capture, Packets
from sipdiag.defect import Defect
from sipdiag.sip import Request, Response, begins_message, parse
from sipdiag.trace.clock import Clock
from sipdiag.trace.sighting import Sighting
from sipdiag.transport import Datagram, Demultiplexer

HARMLESS = "record-cut-off"
"""The one defect of a file with which the second reader's work counts: the others depend on what was noted before."""

COLUMNS = ("offset", "captured", "original", "time", "link")
Row = tuple[int, int, str, str, str, int, int, bool, tuple[Any, ...]]
"""Frame, time, source, destination, transport, IP identification, bytes cut off, whether a request, its fields."""


class Later(msgspec.Struct, kw_only=True):
    """What was read behind a place; frames are numbered from there."""

    state: object
    """What the file's beginning said of how to read it; the same must hold at the place."""
    packets: int = 0
    clock: Clock = msgspec.field(default_factory=Clock)
    rows: bytes = b""
    """The messages that came in datagrams of their own."""
    aside: list[tuple[int, int, int, dict[str, Any]]] = []
    """Packets that need those before them, chunk by chunk: first frame, position and size of the block, columns."""
    defects: list[Defect] = []
    link_types: list[int] = []

    def sightings(self, capture: int, shift: int) -> Iterator[Sighting]:
        """The messages, their frames counted from `shift` on."""
        rows: list[Row] = marshal.loads(self.rows)  # noqa: S302 - written by our own process
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

    def packets_aside(self, source: Capture, shift: int) -> Iterator[Packets]:
        """The packets that need those before them."""
        for first_frame, position, size, columns in self.aside:
            yield Packets(
                data=source.block(position, size),
                first_frame=first_frame + shift,
                position=position,
                numbers=columns["row"] + (first_frame + shift),
                **{name: column for name, column in columns.items() if name != "row"},
            )


def later_part(source: Capture, place: int) -> Later | None:
    """Read a capture from a place on; nothing when that tells too little without what is before it."""
    source.skip_to(place)
    found = Later(state=source.state)
    wire = Demultiplexer(begins_message)
    rows: list[Row] = []
    for packets in source.packets():
        found.packets += len(packets)
        found.clock.follow(packets)
        datagrams, dependent = wire.independent(packets)
        rows += _rows(datagrams)
        if len(dependent):
            columns = {name: getattr(packets, name)[dependent] for name in COLUMNS} | {"row": dependent}
            found.aside.append((packets.first_frame, packets.position, len(packets.data), columns))
    found.rows = marshal.dumps(rows)
    found.defects, found.link_types = source.defects, source.link_types
    harmless = all(defect.kind == HARMLESS for defect in source.defects)
    return found if harmless and not source.timeless and not source.secrets else None


class SecondReader:
    """A process that reads the later part; leaving the `with` statement ends it."""

    def __init__(self, source: Capture, place: int) -> None:
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process:
            os.close(writing)
            self._answer: BinaryIO = os.fdopen(reading, "rb")
            return
        try:  # the second process, which ends here whatever happens
            os.close(reading)
            with os.fdopen(writing, "wb") as answer:
                pickle.dump(later_part(source, place), answer, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)

    def result(self) -> Later | None:
        """What it found; nothing when that does not count."""
        try:
            found: Later | None = pickle.load(self._answer)  # noqa: S301 - written by our own process
        except (EOFError, pickle.UnpicklingError):  # it was killed: the system was out of memory
            return None
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        self._answer.close()


def may_fork() -> bool:
    """Whether a second process can begin as a copy of this one, and has a processor of its own."""
    if not hasattr(os, "fork") or not hasattr(os, "preadv") or threading.active_count() > 1:
        return False
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors > 1 and sys.platform != "darwin"  # where the system's own libraries forbid it


def _rows(datagrams: Iterable[Datagram]) -> Iterator[Row]:
    for each in datagrams:
        message = parse(each.payload)
        if message is not None:
            fields = msgspec.structs.astuple(message)
            kind = isinstance(message, Request)
            ends = each.source, each.destination, each.transport
            yield (each.frame, each.time, *ends, each.ip_id, each.cut, kind, fields)


def _message(request: bool, fields: tuple[Any, ...]) -> Request | Response:  # noqa: FBT001
    kind: type[Request | Response] = Request if request else Response
    return kind(**dict(zip(kind.__struct_fields__, fields, strict=True)))
