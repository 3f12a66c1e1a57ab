"""TCP streams that the change from one capture to the next cut in two, put together: a rotated recording is one.

The pause between two parts must be one that TCP bears (RFC 9293, section 3.8), and the bytes must show that it is the
same stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sipdiag.defect import LIMIT, Defect
from sipdiag.trace.chain import Chain, Part
from sipdiag.trace.change import Change, changed
from sipdiag.trace.connecting import Connecting
from sipdiag.trace.edge import WRAP
from sipdiag.trace.stream import skipped_detail
from sipdiag.trace.trace import Trace, has_margins

if TYPE_CHECKING:
    from sipdiag.trace.edge import Edge, Mark

SECOND = 1_000_000_000
PATIENCE = 900 * SECOND
"""After this time a side has given up data that was not acknowledged (RFC 9293, section 3.8.3: R2, at least 100 s)."""
DISORDER = SECOND // 10
"""Packets of several queues of one recorder may be in the wrong order by less than this."""
FARTHEST = 1 << 16
"""The first bytes of a stream whose SYN is missing may come after at most so many of the bytes behind them."""
MOST_FOLLOWED = 65_536
FOLLOWED = f"TCP streams that may go on in the next capture, more than {MOST_FOLLOWED}"
KEPT = "what TCP streams begin and end with, of more than there is room for"

Way = tuple[str, str]


class Rotation:
    """Follows TCP streams from capture to capture, in the order of time."""

    def __init__(self) -> None:
        self.changes: dict[int, Change] = {}
        """Number of a capture → what changes in it; complete after `finish`."""
        self._open: dict[Way, Chain | Part] = {}
        self._connecting = Connecting()

    def take(self, number: int, margins: Trace) -> None:
        """Go on with the next capture; of `margins` only edges, parts and connections count."""
        self._connecting.take(number, margins.connections, margins.parts)
        left_out = margins.edges_left_out
        for edge in margins.edges:
            way = (edge.source, edge.destination)
            going = self._followed(self._open.pop(way, None), Part(number, edge))
            if going is not None:
                self._open[way] = going
        if left_out:
            self._tell(number, KEPT, left_out)
        beyond = list(self._open)[: max(0, len(self._open) - MOST_FOLLOWED)]
        for way in beyond:
            self._finish(self._open.pop(way))
        if beyond:
            self._tell(number, FOLLOWED, len(beyond))

    def finish(self) -> None:
        """No capture follows."""
        for going in self._open.values():
            self._finish(going)
        self._open.clear()
        for number, connections in self._connecting.changes.items():
            self._change(number).connections = connections
        for number, more in self._connecting.added.items():
            self._change(number).more = more

    def _followed(self, before: Chain | Part | None, part: Part) -> Chain | Part | None:
        """What may go on in the next capture, once `part` is known to follow `before` or not."""
        edge = part.edge
        last = before.parts[-1].edge if isinstance(before, Chain) else before and before.edge
        if before is None or last is None or not edge.steps or edge.opened or not _in_time(last, edge):
            self._finish(before)
            return _going_on(part, follows=False)
        if not isinstance(before, Chain) and last.is_clean and edge.steps[0].data.sequence == last.end:
            return _going_on(part, follows=True)  # the capture changed between two messages
        chain = before if isinstance(before, Chain) else Chain([before], _earlier(before, edge))
        agreed = chain.take(part)
        if agreed is None:
            return self._without_last(chain)
        if agreed:
            self._settle(chain, agreed)
            return _going_on(part, follows=True)
        if edge.ended:
            self._finish(chain)
            return None
        return chain

    def _without_last(self, chain: Chain) -> Chain | Part | None:
        """What may go on in the next capture where the last part does not follow: unproven parts are tried anew."""
        self._finish(Chain(chain.parts[: chain.proven], chain.begin))
        going: Chain | Part | None = None
        for part in chain.parts[chain.proven :]:
            going = self._followed(going, part)
        return going

    def _finish(self, going: Chain | Part | None) -> None:
        """End a stream: a single part stays as it was read, a chain of several takes the place of its parts."""
        if isinstance(going, Chain) and going.proven < len(going.parts):
            self._finish(self._without_last(going))
        elif isinstance(going, Chain) and len(going.parts) > 1:
            going.close()
            if going.recognized:
                self._settle(going, None)

    def _settle(self, chain: Chain, agreed: int | None) -> None:
        """Put the messages of a chain in the place of those that each capture showed by itself.

        `agreed` is after how many steps of the last part both readings agree; None where the stream ends.
        """
        last = len(chain.parts) - 1
        for at, (number, edge, _) in enumerate(chain.parts):
            if at == 0 and chain.begin is None:
                self._undo(number, edge, edge.late_given, edge.late_gaps, edge.skipped_in_all - edge.skipped)
            elif at == last and agreed is not None:
                step = edge.steps[agreed - 1]
                self._undo(number, edge, edge.given[: step.given], edge.gaps[: step.gaps], step.skipped)
            else:
                given, gaps = edge.given + edge.late_given, edge.gaps + edge.late_gaps
                self._undo(number, edge, given, gaps, edge.skipped_in_all)
        for seen in chain.sightings:
            self._change(seen.capture).added.append(seen)
        for number, defect in chain.defects:
            self._change(number).defects.append(defect)
        if agreed is not None and chain.skipped:
            number, edge, _ = chain.parts[-1]
            told = skipped_detail(chain.skipped, edge.source)
            defect = Defect(kind="stream-not-sip", detail=told, frame=edge.steps[agreed - 1].data.frame)
            self._change(number).defects.append(defect)

    def _tell(self, number: int, limit: str, count: int) -> None:
        told = f"{limit} ({count} {'time' if count == 1 else 'times'})"
        self._change(number).defects.append(Defect(kind=LIMIT, detail=told))

    def _undo(self, number: int, edge: Edge, given: Sequence[Mark], gaps: Sequence[int], passed: int) -> None:
        """Take back the messages and gaps that were made of a part of a stream, and `passed` bytes passed over."""
        change = self._change(number)
        change.dropped += [(edge.source, edge.destination, mark) for mark in given]
        change.gaps += [(f"{edge.source} → {edge.destination}", frame) for frame in gaps]
        if passed:
            told = skipped_detail(edge.skipped_in_all, edge.source)
            change.passed[told] = change.passed.get(told, 0) + passed

    def _change(self, number: int) -> Change:
        return self.changes.setdefault(number, Change())


def joined(traces: Sequence[Trace]) -> list[Trace]:
    """`traces` with streams and connections that go on from one capture to the next put together."""
    if sum(map(has_margins, traces)) < 2:
        return list(traces)
    rotation = Rotation()
    numbers = [trace.sightings[0].capture if trace.sightings else place for place, trace in enumerate(traces)]
    for place in sorted(range(len(traces)), key=lambda place: traces[place].facts.first_time or 0):
        rotation.take(numbers[place], traces[place])
    rotation.finish()
    return [
        replace(changed(trace, rotation.changes.get(number)), edges=[], edges_left_out=0, parts=[])
        for number, trace in zip(numbers, traces, strict=True)
    ]


def _going_on(part: Part, *, follows: bool) -> Part | None:
    """`part`, if it may go on in the next capture; it begins here, or `follows` an earlier part."""
    edge = part.edge
    return part._replace(follows=follows) if edge.tail and not edge.ended else None


def _earlier(before: Part, edge: Edge) -> int | None:
    """The sequence number where a stream begins if its first bytes are in a later capture; None if they are not."""
    if before.follows or before.edge.opened or not before.edge.whole or not before.edge.steps:
        return None
    first, begin = before.edge.steps[0].data.sequence, edge.steps[0].data.sequence
    leads_there = any(step.end == first for step in edge.steps)
    return begin if leads_there and 0 < (first - begin) % WRAP <= FARTHEST else None


def _in_time(last: Edge, edge: Edge) -> bool:
    """Whether TCP may have been silent for as long as from `last` to `edge`."""
    return -DISORDER <= edge.steps[0].data.time - last.last_time <= PATIENCE
