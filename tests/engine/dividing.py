"""The batch's stages with everything in memory: any division into shards, to hold against the serial analysis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import msgspec

from sipdiag.calls import correlate, families_of, settled, window_of
from sipdiag.engine.conclusion import concluded
from sipdiag.engine.judgement import judged
from sipdiag.engine.outlook import Below, Outlook, all_links, homes_of
from sipdiag.engine.survey import survey_of
from sipdiag.findings import PIECES, Finding, Settings, all_traffic, damages_in, flows_of, merged
from sipdiag.trace import Sighting, Trace, joined_streams

Divide = Callable[[str], int]
"""Call-ID → shard."""


def shards_of(sightings: Sequence[Sighting], divide: Divide) -> dict[int, list[Sighting]]:
    shards: dict[int, list[Sighting]] = {}
    for each in sightings:
        shards.setdefault(divide(each.message.call_id), []).append(each)
    return shards


def found_in_parts(traces: Sequence[Trace], divide: Divide, settings: Settings | None = None) -> list[Finding]:
    """The findings on `traces`, judged in the shards that `divide` makes."""
    settings = settings or Settings()
    seen = sorted(
        chain.from_iterable(trace.sightings for trace in traces), key=lambda each: (each.time, each.capture, each.frame)
    )
    times = [
        (trace.facts.first_time, trace.facts.last_time)
        for trace in traces
        if trace.facts.first_time is not None and trace.facts.last_time is not None
    ]
    window = window_of(times, seen)
    endpoints = {each.source for each in seen if each.message.cseq_method == "REGISTER"}
    surveys = [survey_of(shard, settings, endpoints) for shard in shards_of(seen, divide).values()]
    links = all_links((leg for survey in surveys for leg in survey.legs), settings)
    homes = homes_of(links, families_of(links))
    below = Below()
    for trace in traces:
        below.note(trace)
    outlook = Outlook(
        window=window,
        settings=settings,
        facts={name: merged(name, [survey.facts[name] for survey in surveys]) for name in PIECES},
        flows=flows_of(
            (each for survey in surveys for each in survey.behind), all_traffic(s.traffic for s in surveys), window
        ),
        below=below,
        streams=joined_streams([trace.streams for trace in traces]),
        undelivered=[each for trace in traces for each in trace.undelivered],
        with_media=all(trace.media for trace in traces),
        damages=damages_in(traces),
    )
    whole = []
    for shard in shards_of(seen, lambda call_id: divide(homes.get(call_id, call_id))).values():
        mine = {each.message.call_id for each in shard}
        whole.append((shard, [link for link in links if link.call_id in mine]))
    ties = [outlook.scene(correlate(shard, links=tied)).ties() for shard, tied in whole]
    outlook = msgspec.structs.replace(outlook, media_settled=settled(ties, outlook.streams))
    judgements = [judged(shard, tied, outlook)[0] for shard, tied in whole]
    return concluded(judgements, traces, links, outlook)
