"""A share of a capture's Call-IDs: a process reads all packets and parses the messages of its own Call-IDs only.

A look at the bytes of a message, which costs a tenth of parsing it, tells its Call-ID. Where the look was wrong, the
share says so, and nothing that was read counts.
"""

from __future__ import annotations

from zlib import crc32

import msgspec

from sipdiag.sip import Request, Response, begins_message, parse
from sipdiag.trace.ahead import LARGE
from sipdiag.trace.read import Progress, told_to
from sipdiag.trace.room import ROOM
from sipdiag.trace.second import is_idle, may_fork
from sipdiag.trace.trace import Trace

SHARES = 2
ROOM_OF_SHARE = ROOM // 3
"""Bytes that the messages of one share may take: its rows for the report need room as well."""
MOSTLY = 0.5
"""Part of the first packets that must be messages in one datagram each: then parsing is what takes time."""
_NAME = b"\nCall-ID:"


def share_of(call_id: str) -> int:
    """Which share a Call-ID is in."""
    return crc32(call_id.encode("utf-8", "surrogateescape")) % SHARES


class Share:
    """Parses the messages of one share, and nothing else."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.deceived = False
        """Whether a message had another Call-ID than the look at its bytes said."""

    def parse(self, data: bytes) -> Request | Response | None:
        """The message in `data`, if it is of this share."""
        at = data.find(_NAME)
        if at < 0:  # spelled otherwise, or without
            message = parse(data)
            return message if message is not None and share_of(message.call_id) == self._number else None
        name = data[at + len(_NAME) : data.find(b"\n", at + 1)].strip(b" \t\r")
        if crc32(name) % SHARES != self._number:
            return None
        message = parse(data)
        if message is not None and message.call_id.encode("utf-8", "surrogateescape") != name:
            self.deceived = True
        return message


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What one process read."""

    trace: Trace
    """The trace with the messages of its share."""
    apart: bool
    """Whether the share can stand for itself: messages do not depend on others below SIP, and none was left out."""


def is_worth_sharing(path: str) -> bool:
    """Whether a capture is large, mostly messages in datagrams, and a second process has a processor of its own."""
    from sipdiag.capture import open_capture  # noqa: PLC0415 - NumPy is behind it
    from sipdiag.transport import Demultiplexer  # noqa: PLC0415

    with open_capture(path) as source:
        if source.bytes < LARGE or not source.divisible or not may_fork() or not is_idle():
            return False
        for packets in source.packets():
            traffic, dependent = Demultiplexer(begins_message).independent(packets)
            return len(traffic.signalling) >= MOSTLY * len(packets) and not len(dependent)
    return False


def read_share(path: str, number: int, *, media: bool, progress: Progress | None = None) -> Shared | None:
    """Read a share of the capture at `path`; None as soon as messages turn out to depend on one another below SIP."""
    from sipdiag.capture import open_capture  # noqa: PLC0415 - NumPy is behind it
    from sipdiag.trace.reader import Reader  # noqa: PLC0415

    share = Share(number)
    with open_capture(path) as source:
        reader = Reader(source, 0, media=media, room=ROOM_OF_SHARE, parsing=share.parse, alone=True)
        told = told_to(source, progress)
        for reached in reader.chunks():
            told(reached)
            if reader.hangs_together:
                return None
        reader.finish()
        trace = reader.trace()
        apart = not reader.hangs_together and not reader.doubtful and not share.deceived and not source.secrets
    return Shared(trace=trace, apart=apart)
