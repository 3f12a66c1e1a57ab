"""Which RTP streams belong to which call, and which way they go (RFC 3550; RFC 4961 for media sent back to its source).

A stream belongs to a line when it goes where an end of the line wants to receive; when it comes back along a stream
that does; or when it comes from where an end receives, which is how media behind a NAT look. A call without session
descriptions in the capture gets the streams between its hosts while it lasts: a guess, and told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sipdiag.calls.call import Call
from sipdiag.calls.link import Certainty
from sipdiag.calls.negotiation import CALLEE, CALLER, OTHER, MediaLine, lines_of
from sipdiag.calls.session import Exchange
from sipdiag.calls.transaction import SECOND
from sipdiag.media import Stream
from sipdiag.trace import Sighting, host

BEFORE, AFTER = SECOND, 5 * SECOND
"""How much longer than its call a stream may last: what is on its way, and a side that is slow to stop."""
NO_MORE_THAN = 3600 * SECOND
"""A call whose end was not seen is taken to last as long."""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A stream of a call."""

    stream: Stream
    number: int
    """Its place in the list of all streams."""
    toward: str
    """`caller` or `callee`: who is to hear it."""
    line: MediaLine | None
    """None where it is guessed."""
    by: str
    """`destination`, `return`, `source`: what ties it; `hosts` is a guess."""

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the stream is the call's."""
        return Certainty.LIKELY if self.by == "hosts" else Certainty.CERTAIN


class CallMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The media of one call, all legs together."""

    lines: list[MediaLine]
    carried: list[Carried]

    def on(self, line: MediaLine, toward: str) -> list[Carried]:
        """What `toward` is to hear on a line."""
        return [each for each in self.carried if each.line is line and each.toward == toward]


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """All media, and whose it is."""

    streams: list[Stream]
    calls: dict[int, CallMedia]
    """By the number of the call."""
    looked: bool
    """Whether all captures were read with their media."""

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


def carriage_of(
    calls: Sequence[Call],
    streams: Sequence[Stream],
    exchanges: Mapping[str, list[Exchange]],
    *,
    looked: bool = True,
) -> Carriage:
    """Tie `streams` to `calls`; `exchanges` are the offers and answers by Call-ID."""
    lines = {
        call.number: [line for leg in call.legs or [call] for line in lines_of(leg, exchanges.get(leg.key, []))]
        for call in calls
    }
    spans = {call.number: _span(call) for call in calls}
    tie = _Ties(lines, spans)
    found: dict[int, list[Carried]] = {call.number: [] for call in calls}
    for number, stream in enumerate(streams):
        for call, carried in tie.by_end(number, stream):
            found[call].append(carried)
    for number, stream in enumerate(streams):
        for call, carried in tie.by_way(number, stream):
            found[call].append(carried)
    taken = {each.number for group in found.values() for each in group}
    rest = [(number, each) for number, each in enumerate(streams) if number not in taken and each.is_convincing]
    for call, carried in _guessed(calls, rest, lines, spans):
        found[call].append(carried)
    media = {
        number: CallMedia(lines=lines[number], carried=sorted(group, key=lambda each: each.number))
        for number, group in found.items()
    }
    return Carriage(streams=list(streams), calls=media, looked=looked)


Span = tuple[int, int]


class _Ties:
    """The ends of all lines, and what was tied to them so far."""

    def __init__(self, lines: Mapping[int, list[MediaLine]], spans: Mapping[int, Span]) -> None:
        self._spans = spans
        self._ends: dict[str, list[tuple[int, MediaLine, str]]] = {}
        self._back: dict[tuple[str, str], list[tuple[int, MediaLine, str]]] = {}
        self._tied: set[int] = set()
        for call, own in lines.items():
            for line in own:
                for side in (CALLER, CALLEE):
                    for endpoint in _endpoints(line, side):
                        self._ends.setdefault(endpoint, []).append((call, line, side))

    def by_end(self, number: int, stream: Stream) -> Iterable[tuple[int, Carried]]:
        """The calls in which the stream goes where an end wants to receive."""
        for call, line, side in self._best(self._ends.get(stream.destination, ()), stream):
            self._tied.add(number)
            self._back.setdefault((stream.destination, stream.source), []).append((call, line, OTHER[side]))
            yield call, Carried(stream=stream, number=number, toward=side, line=line, by="destination")

    def by_way(self, number: int, stream: Stream) -> Iterable[tuple[int, Carried]]:
        """The calls in which it comes back along another stream, or from an end; what is tied by its end stays so."""
        if number in self._tied:
            return
        back = self._back.get((stream.source, stream.destination), ())
        for call, line, side in self._best(back, stream):
            yield call, Carried(stream=stream, number=number, toward=side, line=line, by="return")
        if not back:
            for call, line, side in self._best(self._ends.get(stream.source, ()), stream):
                yield call, Carried(stream=stream, number=number, toward=OTHER[side], line=line, by="source")

    def _best(self, found: Iterable[tuple[int, MediaLine, str]], stream: Stream) -> list[tuple[int, MediaLine, str]]:
        """Of the lines that last as long as the stream one for each call: that which agreed on its payload type."""
        chosen: dict[int, tuple[int, MediaLine, str]] = {}
        for call, line, side in found:
            begin, end = self._spans[call]
            if not stream.heard(max(begin, line.begin) - BEFORE, end + AFTER):
                continue
            if call not in chosen or (
                _names(line, stream.payload_type) and not _names(chosen[call][1], stream.payload_type)
            ):
                chosen[call] = (call, line, side)
        return list(chosen.values())


def _names(line: MediaLine, payload_type: int) -> bool:
    ends = (end for terms in line.terms for end in (terms.caller, terms.callee) if end is not None)
    return any(str(payload_type) in end.media.formats for end in ends)


def _endpoints(line: MediaLine, side: str) -> set[str]:
    ends = (terms.end(side) for terms in line.terms)
    return {endpoint for end in ends if end is not None and end.receives for endpoint in end.endpoints}


def _span(call: Call) -> Span:
    """From the first to the last message of a call; where its end was not seen, as long as any call may be."""
    begin = call.opening.time
    last = max((each.time for each in _messages(call)), default=begin)
    ended = call.ending is not None or (call.answer is None and call.final is not None)
    return begin, last if ended else begin + NO_MORE_THAN


def _messages(call: Call) -> Iterable[Sighting]:
    for each in call.transactions:
        if each.request is not None:
            yield each.request
        yield from each.responses
    yield from call.acks


def _guessed(
    calls: Sequence[Call],
    streams: Iterable[tuple[int, Stream]],
    lines: Mapping[int, list[MediaLine]],
    spans: Mapping[int, Span],
) -> Iterable[tuple[int, Carried]]:
    """Streams between the two hosts of the one call that lasts at the time and shows no session description."""
    between: dict[frozenset[str], list[Call]] = {}
    for call in calls:
        if not lines[call.number]:
            for hop in call.transactions[:1]:
                between.setdefault(frozenset((host(hop.source), host(hop.destination))), []).append(call)
    for number, stream in streams:
        open_ = [
            call
            for call in between.get(frozenset((host(stream.source), host(stream.destination))), ())
            if stream.heard(*spans[call.number])
        ]
        if len(open_) == 1:
            (call,) = open_
            hop = call.transactions[0]
            toward = CALLEE if host(stream.source) == host(hop.source) else CALLER
            yield call.number, Carried(stream=stream, number=number, toward=toward, line=None, by="hosts")
