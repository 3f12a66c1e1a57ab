"""The messages that the page carries: those behind findings first, as many as fit, and the table that finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sipdiag.calls import Call
from sipdiag.report.page.conversations import Conversation
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.opened import MICROSECOND, Opener
from sipdiag.report.page.packed import Chunks, Packed, packed
from sipdiag.report.page.streams import StreamTeller
from sipdiag.trace import Sighting

MOST_TEXT: Final = 96_000_000
"""Characters of messages that a page carries at most: deflated they are a tenth of that."""


class Embedding:
    """Decides what is carried, and gives it chunk by chunk; the table comes last."""

    def __init__(
        self,
        conversations: list[Conversation],
        opener: Opener,
        shower: Shower,
        streams: StreamTeller | None = None,
        most: int = MOST_TEXT,
    ) -> None:
        self._streams = streams
        self._conversations = conversations
        self._opener = opener
        self._shower = shower
        self._places: dict[str, tuple[int, int]] = {}
        self.carried = _carried(conversations, most)

    @property
    def left_out(self) -> int:
        """How many conversations come without their messages."""
        return len(self._conversations) - len(self.carried)

    def chunks(self) -> Iterator[Packed]:
        """The messages."""
        chunks = Chunks()
        for each in self.carried:
            self._places[each.key] = chunks.place(self._opener.opened(each))
            yield from chunks.finished()
        yield from chunks.finished(last=True)

    def rows(self) -> Packed:
        """The table of all conversations, in the order they began; `data.js` names the columns."""
        return packed([self._row(each) for each in self._conversations])

    def _row(self, each: Conversation) -> list[Any]:
        chunk, at = self._places.get(each.key, (None, None))
        text = self._shower.text
        return [
            each.kind,
            each.number,
            each.state,
            each.code,
            text(each.from_),
            text(each.to),
            each.start // MICROSECOND,
            None if each.setup is None else each.setup // MICROSECOND,
            None if each.duration is None else each.duration // MICROSECOND,
            each.ended_by,
            None if self._streams is None else self._streams.mos(each),
            each.findings,
            [text(call_id) for call_id in each.call_ids],
            chunk,
            at,
        ]


def _carried(conversations: list[Conversation], most: int) -> list[Conversation]:
    """Those whose messages are carried: the worst finding first, then in the order they began, until it is enough."""
    carried = []
    for each in sorted(
        conversations, key=lambda each: each.findings[0] if each.findings else len(conversations) + 10**9
    ):
        size = sum(len(seen.message.head) + len(seen.message.body) for seen in _messages(each.call))
        if size <= most:
            most -= size
            carried.append(each)
    return carried


def _messages(call: Call) -> Iterator[Sighting]:
    for each in call.transactions:
        if each.request is not None:
            yield each.request
        yield from each.responses
    yield from call.acks
