"""Both sides of a call that were heard are not heard any more once its terms were changed (RFC 3264, section 8).

That the recorder would have seen what is missing, it shows itself: media of both sides came by until the new offer, and
hosts and signalling have stayed the same. A fax, media that ICE finds a way for, or another host on either side may
take a way past it. So may media that its filter does not want: of new ports on both sides one must lie among those
seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import CALLEE, CALLER, SECOND, Agreement, Call, Hearing
from sipdiag.findings.heard import saves_packets
from sipdiag.findings.scene import Scene
from sipdiag.media import Stream
from sipdiag.trace import host, port

SOON = 2 * SECOND
"""What is heard so near to the change, before or after it, is of the time before it."""


class Stilled(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which neither side is heard, and that before it, in which both were."""

    before: list[Hearing]
    after: list[Hearing]
    streams: list[Stream]
    """What was last heard of each side."""
    moved: list[str]
    """The sides that want their media at another port now; none where a hold has ended."""

    @property
    def final(self) -> int:
        """When the last packet came."""
        return max(each.final or 0 for each in (*self.before, *self.after))

    @property
    def silence(self) -> int:
        """For how long neither side was heard under the new terms, in nanoseconds."""
        return self.after[0].end - max(self.after[0].begin, self.final)


def stilled_in(call: Call, scene: Scene) -> Iterator[Stilled]:
    """Each such time of a leg whose end is in the capture."""
    if call.ending is None or (not call.reinvites and not any(each.method == "UPDATE" for each in call.transactions)):
        return
    if any(line.carries_fax for line in scene.carriage.of(call).lines):
        return
    times: dict[tuple[int, int], list[Hearing]] = {}
    for hearing in scene.hearings(call):
        times.setdefault((id(hearing.line), hearing.begin), []).append(hearing)
    known: dict[int, list[Hearing]] = {}
    for (line, _), after in sorted(times.items(), key=lambda each: each[0][1]):
        before = known.get(line, [])
        known[line] = after
        found = _stilled(before, after, call, scene)
        if found is not None:
            yield found


def _stilled(before: list[Hearing], after: list[Hearing], call: Call, scene: Scene) -> Stilled | None:
    if len(before) != len(after) or len(after) != 2:
        return None
    if not all(_went_on(each) for each in before) or not all(_fell_silent(each, scene) for each in after):
        return None
    streams = [_last_heard(each) for each in before]
    moved = _moved(before[0].last, after[0].last)
    if not moved and not _held_between(before[0], after[0]):
        return None
    if any(saves_packets(each) for each in streams) or not _would_pass(before[0].last, after[0].last, streams, moved):
        return None
    if not recorded_until_the_end(streams, call) or _something_passes(after[0], streams, call, scene):
        return None
    return Stilled(before=before, after=after, streams=streams, moved=moved)


def _went_on(hearing: Hearing) -> bool:
    """Whether the side was heard up to the new offer."""
    return hearing.final is not None and hearing.end - hearing.final <= SOON


def _last_heard(hearing: Hearing) -> Stream:
    """The stream that was heard last in this time, of those that were."""
    streams = (each.stream for each in hearing.arriving if each.stream.heard(hearing.begin, hearing.end))
    return max(streams, key=lambda each: each.last_time)


def _fell_silent(hearing: Hearing, scene: Scene) -> bool:
    """Whether no more was heard than was on its way, for long enough."""
    final = hearing.begin if hearing.final is None else hearing.final
    return final - hearing.begin <= SOON and hearing.end - final >= scene.settings.media_stopped_s * SECOND


def _moved(before: Agreement, after: Agreement) -> list[str]:
    """The sides whose place has changed."""
    places = ((side, before.end(side), after.end(side)) for side in (CALLER, CALLEE))
    return [side for side, one, other in places if one and other and one.endpoint != other.endpoint]


def _held_between(before: Hearing, after: Hearing) -> bool:
    """Whether both sides were not to be heard for a time between."""
    between = [each for each in before.line.terms if before.end <= each.offered < after.begin]
    return any(each.answered is not None and not (each.lets(CALLER) and each.lets(CALLEE)) for each in between)


def _would_pass(before: Agreement, after: Agreement, streams: Sequence[Stream], moved: Sequence[str]) -> bool:
    """Whether media under the new terms would come by where those under the old ones did."""
    seen = sorted(port(end) for each in streams for end in (each.source, each.destination))
    among = []
    for side in (CALLER, CALLEE):
        old, new = before.end(side), after.end(side)
        if old is None or new is None or old.media.candidates or new.media.candidates:
            return False
        ways = {frozenset((host(each.told.source), host(each.told.destination))) for each in (old, new)}
        if host(old.endpoint) != host(new.endpoint) or len(ways) > 1 or new.media.protocol.upper().startswith("TCP"):
            return False
        among.append(seen[0] <= port(new.endpoint) <= seen[-1])
    return len(moved) < 2 or any(among)


def recorded_until_the_end(streams: Sequence[Stream], call: Call) -> bool:
    """Whether the captures that hold its media hold its end too: of several each may have ended by itself."""
    ending = call.ending
    told = [] if ending is None else [ending.request, *ending.responses]
    captures = {each.capture for each in told if each is not None}
    return all(each.capture in captures for each in streams)


def _something_passes(after: Hearing, streams: Sequence[Stream], call: Call, scene: Scene) -> bool:
    """Whether media go to or from where they are wanted, of whatever call; or of this one where they went before."""
    ends = {end.endpoint for side in (CALLER, CALLEE) if (end := after.last.end(side)) is not None}
    hosts = [frozenset(map(host, ends)), *(_hosts(each) for each in streams)]
    begin = after.begin + SOON
    if any({each.source, each.destination} & ends and each.heard(begin, after.end) for each in scene.streams):
        return True
    own = (each.stream for each in scene.carriage.of(call).carried)
    return any(_hosts(each) in hosts and each.heard(begin, after.end) for each in own)


def _hosts(stream: Stream) -> frozenset[str]:
    return frozenset((host(stream.source), host(stream.destination)))
