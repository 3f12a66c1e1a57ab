"""The media of a call against what is expected of them: who is sent any, and how they fare on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sipdiag.calls import CALLEE, CALLER, Call, Carriage, Carried, told_of
from sipdiag.expect.expectations import ExpectedCall
from sipdiag.expect.mismatch import Mismatch, mismatch_at

Figure = Callable[[Carried], "float | None"]


def media_mismatches(expected: ExpectedCall, call: Call, carriage: Carriage | None) -> Iterator[Mismatch]:
    """What of the media of `call` is not as expected."""
    carried = [] if carriage is None else carriage.of(call).carried
    if expected.media is not None and (seen := directions_of(carried)) != expected.media:
        yield _at("media", expected.media, seen, carried, call)
    figures: tuple[tuple[str, Figure, Callable[[Sequence[float]], float]], ...] = (
        ("mos", _mos, min),
        ("loss_percent", _loss, max),
        ("jitter_ms", _jitter, max),
    )
    for key, figure, worst in figures:
        due = getattr(expected, key)
        if due is None:
            continue
        values = [(value, each) for each in carried if (value := figure(each)) is not None]
        found = worst([value for value, _ in values]) if values else None
        if not due.holds(found):
            yield _at(key, due, found, [each for value, each in values if value == found], call)


def directions_of(carried: Sequence[Carried]) -> str:
    """Who is sent media: `both`, `caller`, `callee`, `none`."""
    toward = {each.toward for each in carried if each.stream.is_convincing}
    return "both" if {CALLER, CALLEE} <= toward else next(iter(toward), "none")


def lowest_mos(carried: Sequence[Carried]) -> float | None:
    """The lowest estimate; None where no stream has one."""
    return min((value for each in carried if (value := _mos(each)) is not None), default=None)


def _mos(carried: Carried) -> float | None:
    return told_of(carried.stream, carried).mos


def _loss(carried: Carried) -> float | None:
    return round(carried.stream.loss_percent, 2)


def _jitter(carried: Carried) -> float | None:
    jitter = told_of(carried.stream, carried).jitter
    return None if jitter is None else round(jitter.mean, 3)


def _at(key: str, expected: object, seen: object, shown_by: Sequence[Carried], call: Call) -> Mismatch:
    """A mismatch that a stream shows by its first packet, or, where there is none, the call."""
    found = mismatch_at(key, expected, seen, call.answer or call.opening)  # type: ignore[arg-type]
    if not shown_by:
        return found
    stream = shown_by[0].stream
    return Mismatch(
        key=key,
        expected=found.expected,
        seen=found.seen,
        capture=stream.capture,
        frame=stream.first_frame,
        call_id=found.call_id,
    )
