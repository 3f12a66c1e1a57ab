"""RTP streams as the media of calls: which is whose, which way it goes, and what ties it (RFC 3550; RFC 4961)."""

from __future__ import annotations

from collections.abc import Container

import msgspec
from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.link import Certainty
from sipdiag.calls.negotiation import MediaLine
from sipdiag.media import Stream


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A stream of a call."""

    stream: Stream
    number: int
    """Its place in the list of all streams."""
    toward: str
    """`caller` or `callee`: who is to hear it."""
    line: MediaLine | None
    """The m= line that it carries; None where the tie is a guess."""
    by: str
    """What ties it to the call: `destination`, `return`, `source` (see `tying`); `hosts` is a guess."""

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the stream is the call's."""
        return Certainty.LIKELY if self.by == "hosts" else Certainty.CERTAIN


class CallMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The media of one call, all legs together."""

    lines: list[MediaLine]
    carried: list[Carried]

    def on(self, line: MediaLine, toward: str) -> list[Carried]:
        """The streams of `line` that `toward` (`caller` or `callee`) is to hear."""
        return [each for each in self.carried if each.line is line and each.toward == toward]


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """All RTP streams, and which calls they belong to."""

    streams: list[Stream]
    calls: dict[int, CallMedia]
    """By the number of the call."""
    looked: bool
    """Whether all captures were read with their media."""
    seen: bool = False
    """Whether any stream belongs to any call."""

    def only(self, numbers: Container[int]) -> Carriage:
        """The media of the calls with these `numbers`, the streams numbered anew."""
        kept = {number: media for number, media in self.calls.items() if number in numbers}
        used = sorted({each.number for media in kept.values() for each in media.carried})
        place = {old: new for new, old in enumerate(used)}
        return Carriage(
            streams=[self.streams[number] for number in used],
            calls={
                number: CallMedia(
                    lines=media.lines, carried=[replace(each, number=place[each.number]) for each in media.carried]
                )
                for number, media in kept.items()
            },
            looked=self.looked,
            seen=self.seen,
        )

    def of(self, call: Call) -> CallMedia:
        """The media of a call."""
        return self.calls.get(call.number) or CallMedia(lines=[], carried=[])

    @property
    def owners(self) -> dict[int, tuple[int, Carried]]:
        """Number of a stream → number of its first call, and how it is carried there."""
        owners: dict[int, tuple[int, Carried]] = {}
        for number, media in self.calls.items():
            for each in media.carried:
                owners.setdefault(each.number, (number, each))
        return owners
