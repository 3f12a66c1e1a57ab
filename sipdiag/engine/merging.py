"""What the surveys of all shards say together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from sipdiag.calls import Window, window_of
from sipdiag.engine.asking import MANY
from sipdiag.engine.carrying import Collector, media_ways_in
from sipdiag.engine.nat import NO_FLOWS, Devices
from sipdiag.engine.outlook import Below, Outlook
from sipdiag.engine.reading import Outcome
from sipdiag.engine.rotation import told_in
from sipdiag.engine.run import Run
from sipdiag.engine.stages import Agreed, survey_in
from sipdiag.findings import PIECES, Damage, Facts, Settings, merged
from sipdiag.transport import Undelivered

MOST_PARTS = 64
"""What so many shards tell is put together before more is looked at."""


class Beneath(msgspec.Struct, frozen=True, kw_only=True):
    """What the captures show besides their messages, all together."""

    window: Window
    below: Below
    streams: bool
    """Whether there are any."""
    undelivered: list[Undelivered]
    devices: frozenset[str]
    """Endpoints that register and may be behind a NAT."""
    with_media: bool
    damages: dict[int, list[Damage]]


def beneath_of(run: Run, readable: Sequence[Outcome]) -> Beneath:
    """What the captures show together, each looked at once."""
    times: list[tuple[int, int]] = []
    directions: set[tuple[str, str]] = set()
    below = Below()
    streams = Collector(run)
    undelivered: list[Undelivered] = []
    devices = Devices()
    damages: dict[int, list[Damage]] = {}
    with_media = True
    for number, outcome in enumerate(readable):
        reading = told_in(run, number, outcome)
        first, last = reading.trace.facts.first_time, reading.trace.facts.last_time
        if first is not None and last is not None:
            times.append((first, last))
        directions |= reading.directions
        below.add(reading.below)
        if reading.below.damages:
            damages[number] = [
                Damage(each.frame, each.since - outcome.ahead, each.until - outcome.ahead)
                for each in reading.below.damages
            ]
        streams.add(number, reading.trace.streams)
        undelivered += [each.in_capture(number) for each in reading.trace.undelivered]
        devices.add(reading.registering, reading.natted)
        with_media = with_media and reading.trace.media
    return Beneath(
        window=replace(window_of(times, []), directions=frozenset(directions)),
        below=below,
        streams=streams.finish(),
        undelivered=undelivered,
        devices=devices.behind(),
        with_media=with_media,
        damages=damages,
    )


def agree(run: Run, beneath: Beneath, settings: Settings) -> Agreed:
    """What all shards are told before they are judged; flows and what is on disk they look up themselves."""
    facts: dict[str, list[Facts]] = {name: [] for name in PIECES if name not in MANY}
    for shard in range(run.shards):
        survey = survey_in(run, shard)
        for name, parts in facts.items():
            parts.append(survey[name])
            if len(parts) > MOST_PARTS:
                parts[:] = [merged(name, parts)]
    return Agreed(
        outlook=Outlook(
            window=beneath.window,
            settings=settings,
            facts={name: merged(name, parts) for name, parts in facts.items()},
            flows=NO_FLOWS,
            below=beneath.below,
            streams_elsewhere=beneath.streams,
            media_ways=media_ways_in(run) if beneath.streams else None,
            undelivered=beneath.undelivered,
            with_media=beneath.with_media,
            damages=beneath.damages,
        )
    )
