"""When each side of a call is to be heard, and when it was (RFC 3264, sections 5.1, 6.1 and 8.4).

A side is to be heard from the 2xx on for as long as the terms let it send: not while it is held, not once the call is
handed over with REFER, and not beyond what was recorded. Media that go where nobody wants them are not heard.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator

import msgspec

from sipdiag.calls.call import Call
from sipdiag.calls.carriage import CallMedia, Carried
from sipdiag.calls.negotiation import CALLEE, CALLER, OTHER, Agreement, End, MediaLine
from sipdiag.calls.reach import is_private
from sipdiag.calls.session import OFFERING
from sipdiag.calls.window import Window
from sipdiag.trace import host


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which one side is to be heard by the other, on one line."""

    line: MediaLine
    sender: str
    """`caller` or `callee`: who is to be heard."""
    agreed: Agreement
    """The terms at the beginning."""
    begin: int
    end: int
    last: Agreement
    """The terms at the end: both sides receive where they did at the beginning, whatever else was changed."""
    arriving: list[Carried]
    """The streams that go where the hearer wants them."""
    astray: list[Carried]
    """The streams that the sender sends somewhere else."""

    @property
    def length(self) -> int:
        """Nanoseconds."""
        return self.end - self.begin

    @property
    def wanted(self) -> End:
        """Where the hearer wants to receive: known, since otherwise the sender would have nothing to send to."""
        end = self.last.end(OTHER[self.sender])
        assert end is not None  # noqa: S101  (`Agreement.lets` was asked before)
        return end

    @property
    def expected_from(self) -> End:
        """Where the sender receives, which is where it should send from (RFC 4961)."""
        end = self.last.end(self.sender)
        assert end is not None  # noqa: S101  (the same)
        return end

    @property
    def first(self) -> int | None:
        """When the sender was first heard in this time: the beginning, if it was heard before already."""
        return min(
            (moment for each in self.arriving if (moment := _first_in(each, self.begin, self.end)) is not None),
            default=None,
        )

    @property
    def final(self) -> int | None:
        """When the sender was last heard in this time: the end, if it is heard after as well."""
        return max(
            (moment for each in self.arriving if (moment := _last_in(each, self.begin, self.end)) is not None),
            default=None,
        )


def hearings_of(call: Call, media: CallMedia, window: Window, *, fax: bool = False) -> list[Hearing]:
    """For each line of a leg that carries voice, or a fax, and each of its sides, when it is to be heard.

    One line may carry both, one after the other.
    """
    stop = _end_of(call, window)
    tags = set() if call.answer is None else {call.answer.message.to_tag, call.answer.message.from_tag}
    return [
        hearing
        for line in media.lines
        if line.call_id == call.call_id and (line.carries_fax if fax else line.kind == "audio")
        for sender in (CALLER, CALLEE)
        for hearing in _hearings(_settled_in(line, call, tags), line, sender, stop, media, fax=fax)
    ]


def _settled_in(line: MediaLine, call: Call, tags: set[str]) -> list[tuple[int, int]]:
    """The terms that came into force: for each its index in the line, and since when it is in force.

    Terms that an UPDATE changed while it rang are in force from the answer on; those of the INVITE then never are.
    """
    answer = 0 if call.answer is None else call.answer.time
    begins = [
        (place, each.answered)
        for place, each in enumerate(line.terms)
        if each.answered is not None and (not tags or each.dialog in tags)
    ]
    first = max((number for number, (_, begin) in enumerate(begins) if begin <= answer), default=0)
    return [(place, max(begin, answer)) for place, begin in begins[first:]]


def _hearings(
    settled: list[tuple[int, int]], line: MediaLine, sender: str, stop: int, media: CallMedia, *, fax: bool
) -> Iterator[Hearing]:
    offers = sorted(each.offered for each in line.terms)
    spans: list[tuple[int, Agreement, Agreement, int, int]] = []
    for place, begin in settled:
        agreed = line.terms[place]
        later = bisect_right(offers, begin)
        end = stop if later == len(offers) else min(stop, offers[later])
        if end <= begin or not (_is_fax(agreed) if fax else _is_voice(agreed)) or not agreed.lets(sender):
            continue
        if spans and spans[-1][0] == place - 1 and _same_ends(spans[-1][2], agreed):
            spans[-1] = (place, spans[-1][1], agreed, spans[-1][3], end)  # a refresh, a change of codec
        else:
            spans.append((place, agreed, agreed, begin, end))
    carried = [each for each in media.on(line, OTHER[sender]) if each.stream.is_fax == fax]
    origins = {host(each.stream.source) for each in media.on(line, sender)}
    for _, first, last, begin, end in spans:
        arriving = [each for each in carried if reaches(each, origins)]
        arrived = {each.number for each in arriving}
        yield Hearing(
            line=line,
            sender=sender,
            agreed=first,
            last=last,
            begin=begin,
            end=end,
            arriving=arriving,
            astray=[each for each in carried if each.number not in arrived and each.stream.heard(begin, end)],
        )


def _is_voice(agreed: Agreement) -> bool:
    """Whether the line carries voice now: a call may turn into a fax (RFC 3362; ITU-T T.38, annex D)."""
    return all(end is None or end.media.kind == "audio" for end in (agreed.caller, agreed.callee))


def _is_fax(agreed: Agreement) -> bool:
    """Whether the line carries a fax over UDP now."""
    ends = (agreed.caller, agreed.callee)
    return all(end is not None and end.media.is_fax and end.media.protocol.lower() == "udptl" for end in ends)


def _same_ends(before: Agreement, agreed: Agreement) -> bool:
    """Whether both sides go on to receive where they did."""
    return all(_endpoint(before.end(side)) == _endpoint(agreed.end(side)) for side in (CALLER, CALLEE))


def _endpoint(end: End | None) -> str | None:
    return None if end is None else end.endpoint


def reaches(carried: Carried, origins: Collection[str]) -> bool:
    """Whether a stream goes where its hearer, who sends from the hosts `origins`, can receive it.

    A stream that is tied to the call by its source only goes somewhere else. A private address cannot be reached from a
    public one, unless the hearer's own media come from there.
    """
    if carried.by == "source":
        return False
    source, destination = carried.stream.source, carried.stream.destination
    if not is_private(host(destination)) or is_private(host(source)):
        return True
    return not origins or host(destination) in origins


def _first_in(carried: Carried, begin: int, end: int) -> int | None:
    """When a stream was first heard between `begin` and `end`."""
    stream = carried.stream
    if not stream.heard(begin, end):
        return None
    gap = next((gap for gap in stream.gaps if gap.begin < begin < gap.end), None)
    return max(begin, stream.first_time) if gap is None else gap.end


def _last_in(carried: Carried, begin: int, end: int) -> int | None:
    """When a stream was last heard between `begin` and `end`."""
    stream = carried.stream
    if not stream.heard(begin, end):
        return None
    gap = next((gap for gap in stream.gaps if gap.begin < end < gap.end), None)
    return min(end, stream.last_time) if gap is None else gap.begin


def _end_of(call: Call, window: Window) -> int:
    """When media are no longer due: at a BYE, a REFER, the end of the recording.

    An offer or answer that the capture lacks counts as an end too: nobody knows what may be sent after it.
    """
    ends = [window.end(call.opening.time)]
    numbers: set[tuple[str, int]] = set()
    for each in call.transactions:
        if each.method in ("BYE", "REFER"):
            ends.append(each.time)
        elif each.method in OFFERING and each.request is None and each.responses:
            ends.append(each.responses[0].time)
        if each.method == "INVITE" and each.request is not None:
            numbers.add((each.from_tag, each.cseq))
    missing = (ack for ack in call.acks if (ack.message.from_tag, ack.message.cseq) not in numbers)
    return min([*ends, *(ack.time for ack in missing)])
