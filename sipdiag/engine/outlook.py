"""What all shards tell together: the circumstances in which each of them is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sipdiag.calls import Correlation, Leg, Link, Settled, Window, links_of
from sipdiag.findings import Damage, Facts, Flows, MediaWays, Scene, Settings, damages_of, unheard_in
from sipdiag.media import Stream
from sipdiag.sip import parse
from sipdiag.trace import Trace, host
from sipdiag.transport import Undelivered

ABOVE = frozenset({"facts", "sightings", "streams", "undelivered", "media", "edges", "edges_left_out", "parts"})
"""What a trace holds for rules on calls, or has for every capture; the rest is for rules on captures."""


class Below(msgspec.Struct, kw_only=True):
    """What lies below SIP and may have calls to answer for: which calls the rules on captures will ask about."""

    ends: set[frozenset[str]] = set()
    """Both ends of connections that broke."""
    clients: set[str] = set()
    """Hosts that could not connect, or negotiated."""
    call_ids: set[str] = set()
    """Of messages that lack a fragment."""
    unheard: dict[str, int] = {}
    """The ways of connections of which nothing is in the capture → bytes that were acknowledged of them."""
    gaps: set[str] = set()
    """The streams of which bytes are missing, as their defects name them."""
    damages: list[Damage] = []
    """The places of one capture that were passed over."""

    def note(self, trace: Trace) -> bool:
        """Add one capture; whether a rule on captures may have anything to say of it."""
        for each in trace.connections:
            if each.reset_frame is not None:
                self.ends.add(frozenset((each.client, each.server)))
            if each.established_frame is None:
                self.clients.add(host(each.client))
        for name, acknowledged in unheard_in(trace.connections):
            self.unheard[name] = max(acknowledged, self.unheard.get(name, 0))
        self.clients.update(host(each.client) for each in trace.handshakes)
        self.gaps.update(each.detail for each in trace.facts.defects if each.kind == "stream-gap")
        self.damages += damages_of(trace)
        for partial in trace.partial:
            message = parse(partial.payload) if partial.payload else None
            if message is not None:
                self.call_ids.add(message.call_id)
        beside = (name for name in trace.__struct_fields__ if name not in ABOVE)
        return bool(trace.facts.defects) or any(getattr(trace, name) for name in beside)

    def add(self, other: Below) -> None:
        """Add what another capture shows."""
        self.ends |= other.ends
        self.clients |= other.clients
        self.call_ids |= other.call_ids
        self.gaps |= other.gaps
        for name, acknowledged in other.unheard.items():
            self.unheard[name] = max(acknowledged, self.unheard.get(name, 0))

    def concerns(self, seen: Correlation) -> set[str]:
        """The Call-IDs of `seen` that such rules may ask about."""
        found = {call_id for call_id in self.call_ids if call_id in seen.by_call_id}
        if self.ends or self.clients:
            for each in seen.transactions:
                if frozenset((each.source, each.destination)) in self.ends or (
                    self.clients and each.final is not None and host(each.destination) in self.clients
                ):
                    found.add(each.call_id)
        return found


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances, the same for all shards."""

    window: Window
    settings: Settings
    facts: dict[str, Facts]
    """Every piece of the surroundings, of all shards together."""
    flows: Flows
    below: Below
    streams: list[Stream] = []
    """The RTP streams of all captures, those that go on from one to the next joined."""
    streams_elsewhere: bool = False
    """Whether there are streams that are not among those."""
    media_ways: MediaWays | None = None
    """Between which hosts all of them go; None where they are all here."""
    undelivered: list[Undelivered] = []
    """What did not arrive, as ICMP says, in all captures."""
    damages: dict[int, list[Damage]] = {}
    """Capture → the places that were passed over."""
    with_media: bool = False
    media_settled: Settled | None = None
    """What all calls together say of whose the streams are; None until that is known."""

    def scene(self, correlation: Correlation, traces: Sequence[Trace] = ()) -> Scene:
        """The scene of a shard, or of what is told of all of them."""
        return Scene(
            window=self.window,
            correlation=correlation,
            traces=list(traces),
            settings=self.settings,
            given=dict(self.facts),
            flows_seen=[self.flows],
            streams=self.streams,
            streams_elsewhere=self.streams_elsewhere,
            media_ways_seen=[] if self.media_ways is None else [self.media_ways],
            undelivered=self.undelivered,
            with_media=self.with_media,
            damages=self.damages,
            media_settled=self.media_settled,
            gaps={"", *self.below.gaps},
            ways_unheard=dict(self.below.unheard),
        )


def all_links(legs: Iterable[Leg], settings: Settings) -> list[Link]:
    """What ties calls of all shards together."""
    legs = list(legs)
    return links_of(legs, guess=settings.guess_legs) if len(legs) > 1 else []


def homes_of(links: Sequence[Link], families: Mapping[str, int]) -> dict[str, str]:
    """Call-ID of a leg → the Call-ID whose shard all legs of its call go to."""
    first: dict[int, str] = {}
    for link in links:
        for call_id in (link.linked_to, link.call_id):
            family = families[call_id]
            first[family] = min(call_id, first.get(family, call_id))
    return {call_id: first[family] for call_id, family in families.items()}
