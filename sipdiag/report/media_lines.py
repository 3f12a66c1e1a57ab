"""The streams of calls as lines of text, each with its quality second by second as two small bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sipdiag.analysis import Analysis
from sipdiag.calls import CallState, Carried, told_of
from sipdiag.media import Step, Stream
from sipdiag.report.escape import shown
from sipdiag.report.times import span
from sipdiag.report.words import Words

MOST = 40
"""Streams that are listed; those that lost packets come first where there are more."""
MOST_KEYS = 20
"""DTMF keys that are shown of one stream."""

LOSS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Percent of packets lost in a step: a bar is one level higher for each of these that is exceeded."""
JITTER = (2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0)
"""Milliseconds of jitter in a step, likewise."""
BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.:-=+*#"


def media_note(analysis: Analysis, words: Words) -> str:
    """What is to be said once of media that are not there; empty when there is nothing to say."""
    if not analysis.carriage.looked and analysis.captures:
        return words.label("media_left_out")
    answered = any(call.state is CallState.ANSWERED for call in analysis.correlation.calls)
    if answered and not analysis.carriage.seen:
        return words.label("media_none")
    return ""


def media_label(carried: Carried, words: Words) -> str:
    """What stands on the thick arrow of a stream: codec, packets, and what was lost."""
    told = told_of(carried.stream, carried)
    codec = shown(told.codec or f"PT {carried.stream.payload_type}")
    label = words.label("stream_arrow").format(
        codec=codec if carried.stream.is_fax else f"RTP {codec}",
        packets=words.numbers.count(carried.stream.packets),
    )
    lost = carried.stream.lost
    return (
        f"{label}, {words.label('stream_lost_short').format(percent=_percent(carried.stream, words))}"
        if lost
        else label
    )


def media_lines(analysis: Analysis, words: Words, width: int, *, ascii_only: bool, every: bool) -> Iterator[str]:
    """Three lines a stream, none wider than `width`; without `every` the worst of many only."""
    carriage = analysis.carriage
    numbers = {call.number for call in analysis.correlation.calls}
    owners = carriage.owners
    known = [(number, carried) for number, carried in owners.values() if number in numbers]
    if not every and len(known) > MOST:
        known.sort(key=lambda each: -each[1].stream.loss_percent)
    for number, carried in sorted(known if every else known[:MOST], key=lambda each: (each[0], each[1].number)):
        yield from _lines(number, carried, words, width, ascii_only=ascii_only)
    if not every and len(known) > MOST:
        yield words.label("streams_more").format(count=len(known) - MOST)


def _lines(number: int, carried: Carried, words: Words, width: int, *, ascii_only: bool) -> Iterator[str]:
    stream, numbers = carried.stream, words.numbers
    told = told_of(stream, carried)
    codec = shown(told.codec or f"PT {stream.payload_type}")
    mos = "" if told.mos is None else "  " + words.label("stream_mos").format(mos=words.numbers.fixed(told.mos, 1))
    yield f"{number:>4}  {stream.source} → {stream.destination}  {codec}{mos}"
    figures = words.label("stream_figures").format(
        packets=numbers.count(stream.packets), lost=numbers.count(stream.lost), percent=_percent(stream, words)
    )
    if told.jitter is not None:
        figures += ", " + words.label("stream_jitter_figures").format(
            mean=numbers.fixed(told.jitter.mean, 1), top=numbers.fixed(told.jitter.highest, 1)
        )
    yield f"      {figures}"
    if stream.keys:
        keys = " ".join(each.key for each in stream.keys[:MOST_KEYS])
        yield f"      {words.label('stream_keys').format(keys=keys)}"
    loss, jitter, step = bars(stream, (width - 34) // 2, ascii_only=ascii_only)
    each = words.label("bar_step").format(step=numbers.marked(step))
    uneven = "" if stream.is_fax else f"  {words.label('bar_jitter')} {jitter}"
    yield f"      {words.label('bar_loss')} {loss}{uneven}  {each}"


def bars(stream: Stream, room: int, *, ascii_only: bool) -> tuple[str, str, str]:
    """The bars of loss and of jitter, no wider than `room`, and how long a step of them is."""
    timeline = stream.timeline
    joined = -(-len(timeline) // max(room, 1))
    groups = [timeline[at : at + joined] for at in range(0, len(timeline), joined)]
    signs = PLAIN_BARS if ascii_only else BARS
    loss = "".join(_sign(_loss(group), LOSS, signs, group) for group in groups)
    jitter = "".join(_sign(max(each.jitter for each in group), JITTER, signs, group) for group in groups)
    return loss, jitter, span(stream.step * joined)


def _loss(group: Sequence[Step]) -> float:
    missing = max(0, sum(each.missing for each in group))
    return 100 * missing / max(1, missing + sum(each.packets for each in group))


def _sign(value: float, levels: Sequence[float], signs: str, group: Sequence[Step]) -> str:
    """A bar as high as the levels that `value` exceeds; a blank where no packet came."""
    if not any(each.packets for each in group):
        return " "
    return signs[sum(value > level for level in levels)]


def _percent(stream: Stream, words: Words) -> str:
    return words.numbers.fixed(stream.loss_percent, 1)
