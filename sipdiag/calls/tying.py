"""Which RTP streams belong to which call, and which way they go (RFC 3550; RFC 4961 for media sent back to its source).

A stream belongs to a line when it goes where an end of the line wants to receive; when it comes back along a stream
that does; or when it comes from where an end receives, which is how media behind a NAT look. A call without session
descriptions in the capture gets the streams between its hosts while it lasts: a guess, and told as one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sipdiag.calls.call import Call
from sipdiag.calls.carriage import CallMedia, Carriage, Carried
from sipdiag.calls.negotiation import CALLEE, CALLER, OTHER, MediaLine, lines_of
from sipdiag.calls.session import Exchange
from sipdiag.calls.transaction import SECOND
from sipdiag.media import Stream
from sipdiag.trace import Sighting, host

DESTINATION, RETURN, SOURCE = "destination", "return", "source"
"""What ties a stream to a call: where it goes, a stream that it comes back along, or where it comes from."""
BEFORE = SECOND
"""A stream may begin so much earlier than the message that agrees on it: media overtake signalling."""
NO_MORE_THAN = 3600 * SECOND
"""How long a call is taken to last whose end was not seen."""
TOGETHER = SECOND // 2
"""Legs of one call agree on their media within this time of each other, and a stream may belong to several legs."""
MANY = 4
"""Where more calls than this use one endpoint at one time, as in a load test, a stream is of the nearest only."""

Span = tuple[int, int]
"""From when to when, in nanoseconds after 1970."""


class Ties(msgspec.Struct, frozen=True, kw_only=True):
    """What ties streams to the calls of one part of the traffic; `settled` puts the parts together."""

    by_end: frozenset[int]
    """Numbers of the streams that go where an end of these calls receives."""
    ways: frozenset[tuple[str, str]]
    """(source, destination) of the streams that would come back along one of those."""
    back: frozenset[int]
    """Numbers of the streams that do come back so."""
    from_end: frozenset[int]
    """Numbers of the streams that come from where an end receives."""
    guesses: dict[int, int]
    """Number of a stream → how many of these calls, without session descriptions, it may belong to."""
    distances: dict[tuple[str, int], list[int]]
    """(what ties it, number of a stream) → `_distance` of each of the nearest calls, ascending."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of all calls to say which streams belong to some of them."""

    tied: frozenset[int]
    """Numbers of the streams that their destination ties to a call."""
    ways: frozenset[tuple[str, str]]
    """As in `Ties`, of all calls."""
    guessed: frozenset[int]
    """Numbers of the streams that nothing ties to a call, but that can only belong to one."""
    within: dict[tuple[str, int], int]
    """(what ties it, number of a stream that several calls claim) → the largest `_distance` of a call that gets it."""


def settled(parts: Iterable[Ties], streams: Sequence[Stream]) -> Settled:
    """What the ties of all parts of the traffic say together."""
    parts = list(parts)
    tied = frozenset().union(*(each.by_end for each in parts))
    ways = frozenset().union(*(each.ways for each in parts))
    from_end = frozenset().union(*(each.from_end for each in parts))
    taken = tied.union(
        *(each.back for each in parts),
        (number for number in from_end if (streams[number].source, streams[number].destination) not in ways),
    )
    guesses: dict[int, int] = {}
    for each in parts:
        for number, count in each.guesses.items():
            guesses[number] = guesses.get(number, 0) + count
    one = (number for number, count in guesses.items() if count == 1 and number not in taken)
    distances: dict[tuple[str, int], list[int]] = {}
    for each in parts:
        for tie, found in each.distances.items():
            distances.setdefault(tie, []).extend(found)
    within = {tie: _within(sorted(found)) for tie, found in distances.items() if len(found) > 1}
    return Settled(tied=tied, ways=ways, guessed=frozenset(one), within=within)


def _within(distances: list[int]) -> int:
    """The largest distance of a call that gets the stream: any leg of the nearest call; in a crowd just the nearest."""
    near = [each for each in distances if each <= distances[0] + TOGETHER]
    return near[-1] if len(near) <= MANY else near[0]


def carriage_of(
    calls: Sequence[Call],
    streams: Sequence[Stream],
    exchanges: Mapping[str, list[Exchange]],
    *,
    looked: bool = True,
    known: Settled | None = None,
) -> Carriage:
    """Tie `streams` to `calls`; `exchanges` are the offers and answers by Call-ID.

    Where the calls are only a part of the traffic, `known` is what all parts together say.
    """
    if not streams and not exchanges:
        return Carriage(streams=[], calls={}, looked=looked)
    tie = _Tie(calls, streams, exchanges)
    known = known or settled([tie.ties()], streams)
    found: dict[int, list[Carried]] = {call.number: [] for call in calls}
    for number, stream in enumerate(streams):
        ties = tie.by_end(number, stream, known) if number in known.tied else tie.by_way(number, stream, known)
        for call, carried in ties:
            found[call].append(carried)
        if number in known.guessed:
            for each in tie.open_to(stream):
                found[each.number].append(_guess(each, number, stream))
    media = {
        number: CallMedia(lines=tie.lines[number], carried=sorted(group, key=lambda each: each.number))
        for number, group in found.items()
    }
    return Carriage(streams=list(streams), calls=media, looked=looked, seen=any(found.values()))


def ties_of(calls: Sequence[Call], streams: Sequence[Stream], exchanges: Mapping[str, list[Exchange]]) -> Ties:
    """What ties `streams` to `calls`."""
    return _Tie(calls, streams, exchanges).ties()


def wanted_by(
    calls: Sequence[Call], exchanges: Mapping[str, list[Exchange]]
) -> tuple[list[tuple[str, Span]], list[tuple[frozenset[str], Span]]]:
    """The endpoints at which streams of `calls` begin or end, and the pairs of hosts between which they are guessed.

    Each comes with the time at which it matters. No other stream can belong to these calls.
    """
    return _Tie(calls, [], exchanges).wanted()


Place = tuple[int, int, MediaLine, str]
"""Who wants media at an endpoint: since when, the number of the call, the line, and the side that wants them."""


def _since(place: Place) -> int:
    return place[0]


class _Tie:
    """The ends of all lines of some calls, and the streams that these ends tie to the calls."""

    def __init__(
        self, calls: Sequence[Call], streams: Sequence[Stream], exchanges: Mapping[str, list[Exchange]]
    ) -> None:
        self.lines = {
            call.number: [line for leg in call.legs or [call] for line in lines_of(leg, exchanges.get(leg.key, []))]
            for call in calls
        }
        self._streams = streams
        self._spans = {call.number: _span(call) for call in calls}
        self._ends: dict[str, list[Place]] = {}
        self._between: dict[frozenset[str], list[Call]] = {}
        for call in calls:
            for line in self.lines[call.number]:
                for side in (CALLER, CALLEE):
                    for endpoint, since in _endpoints(line, side).items():
                        self._ends.setdefault(endpoint, []).append((since, call.number, line, side))
            if not self.lines[call.number]:
                for hop in call.transactions[:1]:
                    between = frozenset((host(hop.source), host(hop.destination)))
                    self._between.setdefault(between, []).append(call)
        for places in self._ends.values():
            places.sort(key=_since)
        self._known: dict[tuple[str, int], list[Place]] = {}
        self._back = self._ways_back()

    def _ways_back(self) -> dict[tuple[str, str], list[Place]]:
        """(source, destination) of what would come back along a stream that goes where an end wants it → for whom."""
        back: dict[tuple[str, str], dict[tuple[int, int], Place]] = {}
        for number, stream in enumerate(self._streams):
            for since, owner, line, side in self._found(DESTINATION, number):
                way = back.setdefault((stream.destination, stream.source), {})
                way[owner, id(line)] = (since, owner, line, OTHER[side])
        return {way: sorted(places.values(), key=_since) for way, places in back.items()}

    def wanted(self) -> tuple[list[tuple[str, Span]], list[tuple[frozenset[str], Span]]]:
        """See `wanted_by`."""
        ends = [
            (endpoint, (max(self._spans[call][0], line.begin) - BEFORE, self._spans[call][1]))
            for endpoint, places in self._ends.items()
            for _, call, line, _ in places
        ]
        return ends, [(hosts, self._spans[call.number]) for hosts, calls in self._between.items() for call in calls]

    def ties(self) -> Ties:
        """See `Ties`."""
        streams = list(enumerate(self._streams))
        guesses = ((number, len(self.open_to(stream))) for number, stream in streams if stream.is_convincing)
        distances = {
            (by, number): sorted(_distance(place, stream) for place in found)[: MANY + 1]
            for number, stream in streams
            for by in (DESTINATION, RETURN, SOURCE)
            if (found := self._found(by, number))
        }
        return Ties(
            by_end=frozenset(number for by, number in distances if by == DESTINATION),
            ways=frozenset(self._back),
            back=frozenset(number for by, number in distances if by == RETURN),
            from_end=frozenset(number for by, number in distances if by == SOURCE),
            guesses={number: count for number, count in guesses if count},
            distances=distances,
        )

    def by_end(self, number: int, stream: Stream, known: Settled) -> Iterable[tuple[int, Carried]]:
        """The calls in which the stream goes where an end wants to receive."""
        return self._carried(DESTINATION, number, stream, known)

    def by_way(self, number: int, stream: Stream, known: Settled) -> Iterable[tuple[int, Carried]]:
        """The calls in which it comes back along another stream, or else from where an end receives."""
        yield from self._carried(RETURN, number, stream, known)
        if (stream.source, stream.destination) not in known.ways:
            yield from self._carried(SOURCE, number, stream, known)

    def open_to(self, stream: Stream) -> list[Call]:
        """The calls without session descriptions, between the hosts of the stream, that go on while it lasts."""
        calls = self._between.get(frozenset((host(stream.source), host(stream.destination))), ())
        return [call for call in calls if stream.heard(*self._spans[call.number])]

    def _carried(self, by: str, number: int, stream: Stream, known: Settled) -> Iterable[tuple[int, Carried]]:
        within = known.within.get((by, number))
        for place in self._found(by, number):
            if within is None or _distance(place, stream) <= within:
                _, call, line, side = place
                toward = OTHER[side] if by == SOURCE else side
                yield call, Carried(stream=stream, number=number, toward=toward, line=line, by=by)

    def _found(self, by: str, number: int) -> list[Place]:
        """For each call that the stream may belong to, the line that suits it best."""
        if (by, number) not in self._known:
            self._known[by, number] = self._looked_up(by, self._streams[number])
        return self._known[by, number]

    def _looked_up(self, by: str, stream: Stream) -> list[Place]:
        places = {
            DESTINATION: lambda: self._ends.get(stream.destination, ()),
            SOURCE: lambda: self._ends.get(stream.source, ()),
            RETURN: lambda: self._back.get((stream.source, stream.destination), ()),
        }[by]()
        chosen: dict[int, Place] = {}
        for place in self._near(places, stream):
            _, call, line, _ = place
            if call not in chosen or _rank(line, stream) > _rank(chosen[call][2], stream):
                chosen[call] = place
        return list(chosen.values())

    def _near(self, places: Sequence[Place], stream: Stream) -> list[Place]:
        """Of `places`, in the order of time, those that last while the stream does: the nearest, and its other legs."""
        if len(places) <= MANY:
            return [place for place in places if self._lasts(place, stream)]
        found: dict[int, Place] = {}
        for begin in _begins(stream):
            at = bisect_right(places, begin, key=_since)
            for way in (range(at - 1, -1, -1), range(at, len(places))):
                self._look(places, way, begin, stream, found)
        if not found:
            return []
        nearest = min(_distance(place, stream) for place in found.values())
        return [found[at] for at in sorted(found) if _distance(found[at], stream) <= nearest + TOGETHER]

    def _look(
        self, places: Sequence[Place], way: Iterable[int], begin: int, stream: Stream, found: dict[int, Place]
    ) -> None:
        """Search `places` in one direction of time, to the nearest whose call lasts as the stream does, and its legs.

        In a crowd only places at the nearest distance count, so that the search ends as soon as it knows of a crowd.
        """
        nearest, lasting = -1, 0
        for at in way:
            distance = abs(places[at][0] - begin)
            if lasting and distance > nearest + (TOGETHER if lasting <= MANY else 0):
                return
            if self._lasts(places[at], stream):
                found[at] = places[at]
                nearest, lasting = distance if not lasting else nearest, lasting + 1

    def _lasts(self, place: Place, stream: Stream) -> bool:
        """Whether the stream is heard while its call goes on; one that begins later belongs to a later call."""
        _, call, line, _ = place
        begin, end = self._spans[call]
        return stream.first_time <= end and stream.heard(max(begin, line.begin) - BEFORE, end)


def _begins(stream: Stream) -> tuple[int, ...]:
    """When a stream began, and went on after a pause."""
    return (stream.first_time, *(gap.end for gap in stream.gaps))


def _distance(place: Place, stream: Stream) -> int:
    """Nanoseconds from the agreement on an endpoint to the stream's nearest beginning, the first or after a pause."""
    return min(abs(begin - place[0]) for begin in _begins(stream))


def _rank(line: MediaLine, stream: Stream) -> tuple[bool, bool, bool, int]:
    """How well a line suits a stream, of the lines that a call has at several hops and for several branches.

    Best is one that lists its payload type, then one that was not rejected, then one that also receives where the
    stream comes from, then the one that was agreed on first. All of that is the same for both ways of a conversation,
    so that both go to one line; since when an endpoint is known is not: a challenged INVITE told the caller's before.
    """
    agreed = [
        (terms, terms.caller, terms.callee)
        for terms in line.terms
        if terms.caller is not None and terms.callee is not None
    ]
    accepted = any(caller.receives and callee.receives for _, caller, callee in agreed)
    symmetric = any(stream.source in (*caller.endpoints, *callee.endpoints) for _, caller, callee in agreed)
    return _names(line, stream), accepted, symmetric, -min((terms.agreed for terms, _, _ in agreed), default=line.begin)


def _names(line: MediaLine, stream: Stream) -> bool:
    ends = [end.media for terms in line.terms for end in (terms.caller, terms.callee) if end is not None]
    if stream.is_fax:
        return any(each.is_fax for each in ends)
    return any(str(stream.payload_type) in each.formats for each in ends)


def _endpoints(line: MediaLine, side: str) -> dict[str, int]:
    """Endpoint where a side wants to receive → since when; a re-INVITE may name other endpoints than the INVITE."""
    since: dict[str, int] = {}
    for terms in line.terms:
        end = terms.end(side)
        for endpoint in end.endpoints if end is not None and end.receives else ():
            since.setdefault(endpoint, terms.agreed)
    return since


def _span(call: Call) -> Span:
    """From the first to the last message of a call, and `NO_MORE_THAN` beyond where its begin or end was not seen."""
    begin = call.opening.time if call.attempts else call.opening.time - NO_MORE_THAN
    last = max((each.time for each in _messages(call)), default=begin)
    first = call.opening.time
    ended = call.ending is not None or (call.answer is None and call.final is not None)
    return begin, last if ended else first + NO_MORE_THAN


def _messages(call: Call) -> Iterable[Sighting]:
    for each in call.transactions:
        if each.request is not None:
            yield each.request
        yield from each.responses
    yield from call.acks


def _guess(call: Call, number: int, stream: Stream) -> Carried:
    """A stream between the two hosts of the one call that lasts at the time and shows no session description."""
    toward = CALLEE if host(stream.source) == host(call.transactions[0].source) else CALLER
    return Carried(stream=stream, number=number, toward=toward, line=None, by="hosts")
