"""Messages out of a byte stream: Content-Length says where one ends (RFC 3261, section 18.3).

Sans-IO: bytes are fed as they come in sequence, messages come out with the stream offsets that they span. However the
stream is split into feeds, the same messages come out, and no byte is looked at more often than a few times.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

import msgspec

from sipdiag.sip.grammar import (
    BLANK_LINE,
    CONTENT_LENGTH,
    LONGEST_CERTAIN_START,
    NEXT_START,
    START,
    THIS_OR_NEXT_START,
)

LARGEST_HEAD: Final = 64 * 1024
"""Bytes that start line and header fields of one message may take: no client or server sends more in earnest."""
LARGEST_BODY: Final = 4 * 1024 * 1024
"""The largest Content-Length that is believed: far above any SIP body, and the most that a broken value can swallow."""
LARGEST_BODY_DIGITS: Final = 7
"""Digits of `LARGEST_BODY`: a longer number is not even converted."""
_LINE_ENDS: Final = re.compile(rb"[\r\n]*+")


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The bytes of one message of a stream."""

    data: bytes
    start: int
    """Offset of the first byte in the stream."""
    end: int
    """Offset behind the last byte."""
    complete: bool = True
    """False when the stream ended, or lost bytes, before the message did."""


class _State(Enum):
    """What the first byte held is."""

    BETWEEN = auto()
    """Where the next message should begin."""
    INSIDE = auto()
    """The first byte of a start line."""
    AFTER_GAP = auto()
    """The first byte after lost ones: it may stand anywhere in a message, or begin one."""
    SEARCHING = auto()
    """Something else: the next start line is looked for."""


class Framer:
    """Cuts one direction of a connection into messages; never raises on content."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._offset = 0
        self._wanted = 1
        """Bytes to hold before looking again can tell anything new."""
        self._seen = 0
        """How many of the bytes held were searched already, in vain, for the line end or empty line."""
        self._state = _State.BETWEEN
        self._line_ends = 0
        self.keepalives = 0
        """Double CRLFs seen between messages (RFC 5626, section 3.5.1)."""
        self.skipped = 0
        """Bytes passed over to find a start line again."""
        self.endless_heads = self.endless_bodies = 0
        """Messages with more bytes of header fields, or a larger Content-Length, than is believed."""

    @property
    def begin(self) -> int:
        """Offset in the stream of the first byte that is held."""
        return self._offset

    @property
    def knows_where(self) -> bool:
        """Whether the first byte held begins a message, or may; otherwise the next start line is looked for."""
        return self._state in (_State.BETWEEN, _State.INSIDE)

    def feed(self, data: bytes) -> list[Frame]:
        """The messages that `data` completes."""
        self._held += data
        frames: list[Frame] = []
        while len(self._held) >= self._wanted:
            if self._state is _State.INSIDE:
                frame = self._frame()
                if frame is not None:
                    frames.append(frame)
            elif self._state is _State.BETWEEN:
                self._begin()
            else:
                self._search()
        return frames

    def lose(self) -> list[Frame]:
        """Bytes are missing here: what is held ends as a fragment, and reading resumes at the next start line."""
        frames = self._rest()
        self._turn(_State.AFTER_GAP)
        return frames

    def close(self) -> list[Frame]:
        """The stream ended; the message that it broke off in, if there is one."""
        frames = self._rest()
        self._turn(_State.BETWEEN)
        return frames

    def _rest(self) -> list[Frame]:
        if self._state in (_State.SEARCHING, _State.AFTER_GAP):
            self._find_start()  # `_search` waits for a line end, which now will not come
        held = bytes(self._held)
        inside = self._state is _State.INSIDE or (self._state is _State.BETWEEN and START.match(held) is not None)
        if not inside:
            self.skipped += len(held.strip(b"\r\n"))
        start = self._offset
        self._drop(len(held))
        return [Frame(data=held, start=start, end=self._offset, complete=False)] if inside else []

    def _turn(self, state: _State) -> None:
        self._state = state
        self._seen = 0
        self._wanted = 1
        self._line_ends = 0

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._offset += count
        self._seen = 0
        self._wanted = 1

    def _wait(self) -> None:
        """Nothing more can be told from what is held."""
        self._seen = len(self._held)
        self._wanted = self._seen + 1

    def _begin(self) -> None:
        """Pass over empty lines, then tell by the first line whether a message begins."""
        if self._held[0] in b"\r\n":
            self._pass_line_ends()
            return
        line_end = self._held.find(b"\n", self._seen, LARGEST_HEAD)
        if line_end < 0 and len(self._held) < LARGEST_HEAD:
            self._wait()
            return
        begins = line_end >= 0 and START.match(self._held, 0, line_end + 1) is not None
        self._turn(_State.INSIDE if begins else _State.SEARCHING)

    def _pass_line_ends(self) -> None:
        found = _LINE_ENDS.match(self._held)
        end = len(self._held) if found is None else found.end()
        if end == len(self._held) and self._held[-1] == 0x0D:
            end -= 1  # its line feed may be coming
        before = self._line_ends // 2
        self._line_ends += self._held.count(b"\r\n", 0, end)
        self.keepalives += self._line_ends // 2 - before
        self._drop(end)
        if len(self._held) == 1:
            self._wait()

    def _search(self) -> None:
        """Pass over bytes up to the next line that can only be a start line."""
        held = self._held
        if held.find(b"\n", self._seen) < 0 and len(held) <= LONGEST_CERTAIN_START:
            self._wait()
            return
        if self._find_start():
            return
        # A start line may be coming in pieces: the last two lines stay, unless they are too long for one.
        last = held.rfind(b"\n")
        keeps = (held.rfind(b"\n", 0, max(last, 0)), last, len(held))
        keep = next(at for at in keeps if len(held) - max(at, 0) <= LONGEST_CERTAIN_START)
        if keep > 0:
            self._skip(keep)
            self._state = _State.SEARCHING
        self._wait()

    def _find_start(self) -> bool:
        """Pass over what stands before the next certain start line, if there is one."""
        pattern = NEXT_START if self._state is _State.SEARCHING else THIS_OR_NEXT_START
        found = pattern.search(self._held)
        if found is None:
            return False
        self._skip(found.start(1))
        self._turn(_State.INSIDE)
        return True

    def _skip(self, count: int) -> None:
        self.skipped += count
        self._drop(count)

    def _frame(self) -> Frame | None:
        """The message that begins at the first byte held, if all of it is here."""
        blank = BLANK_LINE.search(self._held, max(self._seen - 3, 0), LARGEST_HEAD)
        if blank is None:
            if len(self._held) < LARGEST_HEAD:
                self._wait()
            else:
                self.endless_heads += 1
                self._turn(_State.SEARCHING)
            return None
        length, endless = _body_length(bytes(self._held[: blank.start()]))
        end = blank.end() + length
        if end > len(self._held):
            self._wanted = end
            return None
        self.endless_bodies += endless
        frame = Frame(data=bytes(self._held[:end]), start=self._offset, end=self._offset + end)
        self._drop(end)
        self._turn(_State.BETWEEN)
        return frame


def _body_length(head: bytes) -> tuple[int, bool]:
    """The Content-Length in `head`, and whether it is more than is believed.

    It is 0 where it is absent or absurd, since in a stream nothing else can tell.
    """
    found = CONTENT_LENGTH.search(head)
    if found is None:
        return 0, False
    digits = found[1].lstrip(b"0")
    if len(digits) > LARGEST_BODY_DIGITS:
        return 0, True
    length = int(digits or b"0")
    return min(length, LARGEST_BODY), length > LARGEST_BODY
