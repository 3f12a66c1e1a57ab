"""What a recorder does to a conversation: misses packets, begins late, ends early, hears one side, sees some twice.

Each lens gives the traces of one capture as it would have been recorded so. Nothing that went well may look broken
through one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from sipdiag.trace import Sighting, Trace, host

Lens = Callable[[Trace], Iterator[tuple[str, list[Trace]]]]
"""Gives what is recorded, each way with a name."""

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND


def as_it_is(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Everything, once."""
    yield "whole", [trace]


def one_lost(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """The recorder dropped one packet."""
    for index, lost in enumerate(trace.sightings):
        rest = [*trace.sightings[:index], *trace.sightings[index + 1 :]]
        yield f"without {_named(lost)}", [_of(trace, rest)]


def two_lost(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """The recorder dropped two packets in a row: a buffer that overflowed."""
    for index, lost in enumerate(trace.sightings[:-1]):
        rest = [*trace.sightings[:index], *trace.sightings[index + 2 :]]
        yield f"without {_named(lost)} and the next", [_of(trace, rest)]


def begun_late(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Recording began in the middle."""
    for index in range(1, len(trace.sightings)):
        rest = trace.sightings[index:]
        yield f"from {_named(rest[0])} on", [_of(trace, rest, first=rest[0].time - MILLISECOND)]


def ended_early(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Recording ended in the middle, at once or just before the next packet."""
    for index in range(1, len(trace.sightings)):
        rest = trace.sightings[:index]
        for when in (rest[-1].time, trace.sightings[index].time - 1):
            yield f"up to {_named(rest[-1])}, {(when - rest[-1].time) / SECOND:.1f} s", [_of(trace, rest, last=when)]


def one_side(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Only what comes from one host is seen."""
    for source in sorted({host(seen.source) for seen in trace.sightings}):
        rest = [seen for seen in trace.sightings if host(seen.source) == source]
        yield f"only from {source}", [_of(trace, rest)]


def one_host(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Recorded at one host: what it sends and gets."""
    for there in sorted({host(end) for seen in trace.sightings for end in (seen.source, seen.destination)}):
        rest = [seen for seen in trace.sightings if there in (host(seen.source), host(seen.destination))]
        yield f"at {there}", [_of(trace, rest)]


def each_twice(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Every packet is recorded on two interfaces."""
    for delay in (30_000, 9 * MILLISECOND):
        copies = [replace(seen, time=seen.time + delay) for seen in trace.sightings if seen.transport == "udp"]
        yield f"each again {delay / MILLISECOND} ms later", [_of(trace, [*trace.sightings, *copies])]


def two_recorders(trace: Trace) -> Iterator[tuple[str, list[Trace]]]:
    """Each end records by itself, and their clocks do not agree."""
    hosts = sorted({host(end) for seen in trace.sightings for end in (seen.source, seen.destination)})
    for drift in (0, 400 * MILLISECOND, -400 * MILLISECOND, 3 * SECOND, -3 * SECOND):
        captures = []
        for number, there in enumerate(hosts):
            shift = drift * number
            seen = [
                replace(each, capture=number, time=each.time + shift)
                for each in trace.sightings
                if there in (host(each.source), host(each.destination))
            ]
            first, last = seen[0].time, (trace.facts.last_time or seen[-1].time) + shift
            captures.append(_of(trace, seen, first=first, last=last))
        yield f"{len(hosts)} recorders, {drift / SECOND:+} s apart", captures


LENSES: dict[str, Lens] = {
    lens.__name__.replace("_", "-"): lens
    for lens in (as_it_is, one_lost, two_lost, begun_late, ended_early, one_side, one_host, each_twice, two_recorders)
}


def _of(trace: Trace, seen: Sequence[Sighting], *, first: int | None = None, last: int | None = None) -> Trace:
    ordered = sorted(seen, key=lambda each: (each.time, each.frame))
    numbered = [each if each.capture else replace(each, frame=number) for number, each in enumerate(ordered, 1)]
    facts = replace(
        trace.facts,
        first_time=trace.facts.first_time if first is None else first,
        last_time=trace.facts.last_time if last is None else last,
        sip_messages=len(numbered),
    )
    return replace(trace, facts=facts, sightings=numbered)


def _named(seen: Sighting) -> str:
    return f"{seen.frame} {seen.message.start_line.split(' sip')[0]}"
