"""What the surveys of all shards say together."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sipdiag.calls import Window, families_of, settled
from sipdiag.engine.files import object_in, put_object
from sipdiag.engine.outlook import Below, Outlook, all_links, homes_of
from sipdiag.engine.reading import Reading
from sipdiag.engine.stages import Agreed, Run, agreed_in, survey_in
from sipdiag.findings import PIECES, Settings, all_traffic, flows_of, merged
from sipdiag.media import Stream
from sipdiag.trace import joined_streams


def agree(run: Run, readings: Sequence[Reading], window: Window, settings: Settings) -> Agreed:
    """What all shards are told before they are judged."""
    surveys = [survey_in(run, shard) for shard in range(run.shards)]
    links = all_links((leg for each in surveys for leg in each.legs), settings)
    below = Below()
    for reading in readings:
        below.add(reading.below)
    behind = [each for survey in surveys for each in survey.behind]
    return Agreed(
        outlook=Outlook(
            window=window,
            settings=settings,
            facts={name: merged(name, [each.facts[name] for each in surveys]) for name in PIECES},
            flows=flows_of(behind, all_traffic(each.traffic for each in surveys), window),
            below=below,
            streams=joined_streams(_streams(number, each) for number, each in enumerate(readings)),
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
