"""One stream from two parts of it that different captures, or different readers of one capture, have seen.

All figures are those of a single reading but one: of copies, and of packets that come late, across the place where the
parts meet only the later part's first packet is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import iter_unpack, pack

from msgspec.structs import replace

from sipdiag.media.jitter import LONGEST, RATIO
from sipdiag.media.rising import FORM, HELD, UNIT
from sipdiag.media.sequence import FASTEST, MOST_LATE, MOST_LOST, WINDOW
from sipdiag.media.stream import MOST_GAPS, MOST_KEYS, Format, Gap, Jitter, Steps, Stream
from sipdiag.media.timeline import SECOND, STEPS


def whole_streams(parts: Iterable[Stream]) -> list[Stream]:
    """The streams of which `parts` are, in the order of time for each; in the order in which they began."""
    known: dict[tuple[str, str, int], Stream] = {}
    for part in parts:
        key = (part.source, part.destination, part.ssrc)
        known[key] = merged(known[key], part) if key in known else part
    return sorted(known.values(), key=lambda each: each.first_frame)


def merged(earlier: Stream, later: Stream) -> Stream:
    """The stream that two parts of it make, the second of which began when the first had ended."""
    elapsed = later.first_time - earlier.last_time
    step = (later.begun - earlier.number + 0x8000) % 0x10000 - 0x8000
    restart = step < -MOST_LATE or (step > MOST_LOST and elapsed < step * FASTEST)
    step = 1 if restart else step
    shift = earlier.last + step - later.begun
    highest = max(earlier.highest, later.highest + shift)
    gap = [Gap(begin=earlier.last_time, end=later.first_time, frame=later.first_frame)] if elapsed >= SECOND else []
    known = {each.timestamp for each in earlier.keys}
    behind = earlier.highest - earlier.last - step
    twice = 0 <= behind < WINDOW and bool(earlier.received >> behind & 1)
    return replace(
        earlier,
        last_frame=later.last_frame,
        last_time=later.last_time,
        packets=earlier.packets + later.packets,
        bytes=earlier.bytes + later.bytes,
        cut=earlier.cut + later.cut,
        duplicates=earlier.duplicates + later.duplicates + twice,
        reordered=earlier.reordered + later.reordered + (behind > 0 and not twice),
        restarts=earlier.restarts + later.restarts + restart,
        lowest=min(earlier.lowest, later.lowest + shift),
        highest=highest,
        last=later.last + shift,
        number=later.number,
        received=(earlier.received << highest - earlier.highest | later.received << highest - later.highest - shift)
        & ((1 << WINDOW) - 1),
        steady=earlier.steady + later.steady + (step == 1),
        talkspurts=earlier.talkspurts + later.talkspurts,
        noise=earlier.noise + later.noise,
        unrepaired=earlier.unrepaired + later.unrepaired,
        max_delta=max(earlier.max_delta, later.max_delta, elapsed if later.regular else 0),
        formats=_formats(earlier.formats, later.formats),
        jitters=_jitters(earlier, later),
        gaps=(*earlier.gaps, *gap, *later.gaps)[:MOST_GAPS],
        keys=(*earlier.keys, *(each for each in later.keys if each.timestamp not in known))[:MOST_KEYS],
        sampled=earlier.sampled + later.sampled,
        silent=earlier.silent + later.silent,
        last_loud=earlier.last_loud if later.last_loud is None else later.last_loud,
        reports=(*earlier.reports, *later.reports),
        **_timeline(earlier, later, max(0, step - 1)),
    )


def _formats(*parts: Iterable[Format]) -> tuple[Format, ...]:
    known: dict[int, Format] = {}
    for each in (each for part in parts for each in part):
        before = known.get(each.payload_type)
        known[each.payload_type] = each if before is None else replace(before, packets=before.packets + each.packets)
    return tuple(sorted(known.values(), key=lambda each: (-each.packets, each.payload_type)))


def _jitters(earlier: Stream, later: Stream) -> tuple[Jitter, ...]:
    first = {each.rate: each for each in earlier.jitters}
    second = {each.rate: each for each in later.jitters}
    both = sorted(first.keys() | second.keys())
    return tuple(
        _jitter(first[rate], second[rate]) if rate in first and rate in second else first.get(rate) or second[rate]
        for rate in both
    )


def _jitter(earlier: Jitter, later: Jitter) -> Jitter:
    """Each packet of the later part inherits of the estimate at its beginning, a sixteenth less than the one before."""
    apart = (later.first_time - earlier.last_time) / 1_000_000
    ticks = (later.first_timestamp - earlier.last_timestamp + 0x80000000) % (1 << 32) - 0x80000000
    difference = abs(apart - ticks * 1_000 / later.rate)
    begun = earlier.last * RATIO + (difference if difference <= LONGEST else 0.0) / 16
    count = earlier.count + later.count + (not later.marked)
    rose = [] if later.marked else [(0, begun)]
    rose += [(at, height / UNIT + begun * RATIO**at) for at, height in iter_unpack(FORM, later.rising)]
    total = earlier.mean * earlier.count + later.mean * later.count
    total += begun * (later.inherits + (not later.marked))
    return replace(
        earlier,
        mean=total / count if count else 0.0,
        highest=max(earlier.highest, later.highest, *(height for _, height in rose)),
        last=later.last + begun * RATIO ** (later.length - 1),
        count=count,
        inherits=earlier.inherits + RATIO**earlier.length * (later.inherits + (not later.marked)),
        length=earlier.length + later.length,
        rising=earlier.rising + _risen(earlier, rose),
        last_time=later.last_time,
        last_timestamp=later.last_timestamp,
    )


def _risen(earlier: Jitter, later: Iterable[tuple[int, float]]) -> bytes:
    """Where in the later part the jitter rose higher than ever before, as it is noted."""
    top = max((height for _, height in iter_unpack(FORM, earlier.rising)), default=-1)
    found = []
    for at, height in later:
        if earlier.length + at < HELD and round(height * UNIT) > top:
            top = round(height * UNIT)
            found.append(pack(FORM, earlier.length + at, top))
    return b"".join(found)


def _timeline(earlier: Stream, later: Stream, missing: int) -> dict[str, object]:
    """Both timelines on that of the earlier part, as wide as it takes."""
    width = max(earlier.step, later.step)
    while later.last_time // width - earlier.first_time // width >= STEPS:
        width *= 2
    steps: dict[int, tuple[int, int, float]] = {}
    for part in (earlier, later):
        for number, each in enumerate(part.timeline):
            at = (part.first_time // part.step + number) * part.step // width - earlier.first_time // width
            packets, gone, apart = steps.get(at, (0, 0, 0.0))
            gone += each.missing + (missing if part is later and not number else 0)
            steps[at] = packets + each.packets, gone, apart + each.jitter * each.packets
    found = [steps.get(at, (0, 0, 0.0)) for at in range(max(steps, default=-1) + 1)]
    columns = Steps(
        packets=tuple(packets for packets, _, _ in found),
        missing=tuple(gone for _, gone, _ in found),
        jitter=tuple(round(apart / max(packets, 1), 3) for packets, _, apart in found),
    )
    return {"steps": columns, "step": width}
