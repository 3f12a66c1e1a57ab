"""What the surveys of all shards say together."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sipdiag.calls import Leg, Registration, Window, families_of, settled
from sipdiag.engine.files import object_in, put_object
from sipdiag.engine.outlook import Below, Outlook, all_links, homes_of
from sipdiag.engine.reading import Reading
from sipdiag.engine.stages import Agreed, Run, agreed_in, survey_in
from sipdiag.findings import PIECES, Facts, Settings, Traffic, all_traffic, flows_of, merged
from sipdiag.media import Stream
from sipdiag.trace import joined_streams


def agree(run: Run, readings: Sequence[Reading], window: Window, settings: Settings) -> Agreed:
    """What all shards are told before they are judged."""
    legs: list[Leg] = []
    behind: list[Registration] = []
    traffic: list[Traffic] = []
    facts: dict[str, list[Facts]] = {name: [] for name in PIECES}
    for shard in range(run.shards):
        survey = survey_in(run, shard)
        legs += survey.legs
        behind += survey.behind
        traffic.append(survey.traffic)
        for name, mine in survey.facts.items():
            facts[name].append(mine)
    links = all_links(legs, settings)
    below = Below()
    for reading in readings:
        below.add(reading.below)
    return Agreed(
        outlook=Outlook(
            window=window,
            settings=settings,
            facts={name: merged(name, parts) for name, parts in facts.items()},
            flows=flows_of(behind, all_traffic(traffic), window),
            below=below,
            streams=joined_streams(_streams(number, each) for number, each in enumerate(readings)),
            undelivered=[
                replace(each, capture=number)
                for number, reading in enumerate(readings)
                for each in reading.trace.undelivered
            ],
            with_media=all(each.trace.media for each in readings),
        ),
        links=links,
        homes=homes_of(links, families_of(links)),
    )


def settle(run: Run) -> None:
    """Add whose the streams are to what all shards are told."""
    agreed = agreed_in(run)
    ties = (object_in(run.folder / "carried" / f"{shard}") for shard in range(run.shards))
    outlook = replace(agreed.outlook, media_settled=settled(ties, agreed.outlook.streams))
    put_object(run.folder / "settled", replace(agreed, outlook=outlook))


def _streams(number: int, reading: Reading) -> list[Stream]:
    """The streams of a capture with its number."""
    return [replace(stream, capture=number) for stream in reading.trace.streams]
