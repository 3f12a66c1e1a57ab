"""What a rule is given besides its subject: what the captures could have shown, and everything else that was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from sipdiag.calls import (
    SECOND,
    Anew,
    Call,
    Carriage,
    Correlation,
    Duty,
    Exchange,
    Hearing,
    Outage,
    Registration,
    Settled,
    Span,
    Ties,
    Transaction,
    Window,
    carriage_of,
    duties_of,
    duties_under,
    exchanges_of,
    flaws_of,
    hearings_of,
    outages_of,
    requests_by_source,
    ties_of,
    wanted_by,
)
from sipdiag.findings.damage import Damage
from sipdiag.findings.fault import Fault, faults_of
from sipdiag.findings.flow import Flow, Flows, Traffic, behind_nat, devices_of, flows_of, mark_of, traffic_of
from sipdiag.findings.identity import Claim, claims_of
from sipdiag.findings.notices import Notices
from sipdiag.findings.settings import Settings
from sipdiag.findings.surroundings import Facts, Surroundings
from sipdiag.media import Stream
from sipdiag.trace import Sighting, Trace, host
from sipdiag.transport import Connection, Undelivered

SWITCHED = 2 * SECOND
"""Nanoseconds in which voice may go on once a fax was agreed on."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One host, and the requests outside a dialog that it made and did not only pass on."""

    host: str
    asked: list[Transaction]
    """These requests, in the order of time."""


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """The streams from one host to another."""

    stream: Stream
    """The first of them."""
    count: int
    """How many there are."""


class MediaWays(msgspec.Struct, frozen=True, kw_only=True):
    """Between which hosts media go; streams that are not convincing do not count."""

    at: dict[str, list[Passing]]
    """Host → the streams that begin or end there."""
    senders: set[str]
    """The hosts that streams come from."""
    hearers: set[str]
    """The hosts that streams go to."""
    two_way: bool
    """Whether media go both ways between any two hosts."""


def media_ways_of(streams: Iterable[Stream]) -> MediaWays:
    """Between which hosts `streams` go."""
    ways: dict[tuple[str, str], Passing] = {}
    for stream in streams:
        if stream.is_convincing:
            ends = host(stream.source), host(stream.destination)
            known = ways.get(ends)
            first, count = (stream, 0) if known is None else (known.stream, known.count)
            ways[ends] = Passing(stream=first, count=count + 1)
    return ways_together(ways)


def ways_together(ways: Mapping[tuple[str, str], Passing]) -> MediaWays:
    """The same, from (source host, destination host) → the streams between them, in the order they began."""
    at: dict[str, list[Passing]] = {}
    for ends, passing in ways.items():
        for end in dict.fromkeys(ends):
            at.setdefault(end, []).append(passing)
    return MediaWays(
        at=at,
        senders={one for one, _ in ways},
        hearers={other for _, other in ways},
        two_way=any((other, one) in ways for one, other in ways),
    )


def unheard_in(connections: Iterable[Connection]) -> Iterator[tuple[str, int]]:
    """The directions of signalling connections that are wholly missing, each with the bytes that were acknowledged."""
    for each in connections:
        if each.signalling and each.way_unheard:
            yield each.way_unheard, each.acknowledged


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances in which a rule judges."""

    window: Window
    correlation: Correlation
    traces: list[Trace] = []
    """The captures, for what lies below SIP: their defects, their connections."""
    settings: Settings = Settings()
    streams: list[Stream] = []
    """The RTP streams of all captures, those that go on from one capture to the next joined.

    Where the calls are only a part of the traffic, at least the streams that may belong to them.
    """
    streams_elsewhere: bool = False
    """Whether there are other streams in the traffic."""
    with_media: bool = False
    """Whether the captures were read with their media."""
    media_settled: Settled | None = None
    """Where the calls are only a part of the traffic: what has to be known of all calls to tie streams to these."""
    ledger: dict[str, dict[str, list[Duty]]] = {}
    """The pages of each call: duties by kind, worked out once for all the rules that read them."""
    ledger_under: dict[str, dict[str, list[Duty]]] = {}
    """The pages of each Call-ID."""
    laid: dict[tuple[str, str], dict[int, Duty]] = {}
    """(Call-ID, kind of duty) → identity of a message → the duty that it lays."""
    anew_seen: dict[str, Anew] = {}
    """What was sent anew, by Call-ID, worked out once."""
    outages_seen: dict[int, list[Outage]] = {}
    """Outages by registration number, worked out once."""
    exchanges_seen: dict[str, list[Exchange]] = {}
    """Offers and answers by Call-ID, worked out once."""
    carriage_seen: list[Carriage] = []
    """Which media belong to which call, once it was worked out."""
    undelivered: list[Undelivered] = []
    """What ICMP says in captures that are not among `traces`."""
    damages: dict[int, list[Damage]] = {}
    """Number of a capture → the places that could not be read."""
    notices_seen: list[Notices] = []
    """All ICMP errors, once they were asked for."""
    media_ways_seen: list[MediaWays] = []
    """Between which hosts media go, once it was worked out."""
    hearings_seen: dict[str, list[Hearing]] = {}
    """When each side was to be heard, by call, worked out once."""
    claims_seen: dict[str, list[Claim]] = {}
    """PASSporTs by Call-ID, read once."""
    given: dict[str, Facts] = {}
    """Where `correlation` is only a part of the traffic: the pieces of `Surroundings` of all the traffic, by name."""
    flows_seen: list[Flows] = []
    """Flows through a NAT that closed: given, or worked out once."""
    ways_unheard: dict[str, int] = {}
    """`source → destination` of connections that is wholly missing → bytes acknowledged; filled with `gaps`."""
    gaps: set[str] = set()
    """`source → destination` of streams with missing bytes; holds an empty name once it was worked out."""
    around: list[Surroundings] = []
    """What rules ask about other calls, once it was asked for."""

    @property
    def surroundings(self) -> Surroundings:
        """What rules ask about other calls."""
        if not self.around:
            self.around.append(Surroundings(self.correlation, self.settings, self.given))
        return self.around[0]

    def settle(self) -> None:
        """Work out what many rules ask for before a second process is begun, so that not both do it."""
        if self.has_streams or self.notices:
            self.carriage  # noqa: B018

    def claims(self, call: Call) -> list[Claim]:
        """The PASSporTs of the INVITEs that opened `call`."""
        claims = self.claims_seen.get(call.key)
        if claims is None:
            claims = self.claims_seen[call.key] = claims_of(call)
        return claims

    @property
    def notices(self) -> Notices:
        """What ICMP says did not arrive."""
        if not self.notices_seen:
            told = self.undelivered or (each for trace in self.traces for each in trace.undelivered)
            self.notices_seen.append(Notices(told))
        return self.notices_seen[0]

    def sources(self) -> list[Source]:
        """Each host with the requests that it made."""
        return [Source(host=name, asked=asked) for name, asked in requests_by_source(self.correlation).items()]

    def flows(self) -> Flows:
        """The flows through a NAT that closed."""
        if not self.flows_seen:
            behind = [each for each in self.correlation.registrations if behind_nat(each)]
            traffic = traffic_of(self.correlation, devices_of(behind)) if behind else Traffic(spoken={}, asked={})
            self.flows_seen.append(flows_of(behind, traffic, self.window))
        return self.flows_seen[0]

    def flow(self, registration: Registration) -> Flow | None:
        """The flow of `registration`, if a NAT closed it."""
        return self.flows().by_registration.get((registration.call_id, registration.aor))

    def lost_in_flow(self, transaction: Transaction) -> bool:
        """Whether nobody answered because a NAT had closed the flow to the device."""
        return mark_of(transaction) in self.flows().lost

    def last_heard(self, source: str, destination: str) -> int:
        """When SIP last went from the host of one endpoint to that of another; 0 when it never did."""
        time: int = self.surroundings["heard"].get((host(source), host(destination)), 0)
        return time

    def missed_bytes(self, source: str, destination: str) -> bool:
        """Whether bytes of a stream from one endpoint to another are missing: anything may have stood there."""
        if not self.gaps:
            self.gaps.add("")
            found = (each for trace in self.traces for each in trace.facts.defects if each.kind == "stream-gap")
            self.gaps.update(each.detail for each in found)
            for name, acknowledged in unheard_in(each for trace in self.traces for each in trace.connections):
                self.ways_unheard[name] = max(acknowledged, self.ways_unheard.get(name, 0))
        way = f"{source} → {destination}"
        return way in self.gaps or way in self.ways_unheard

    def unheard(self, source: str, destination: str) -> int | None:
        """Bytes acknowledged of a direction of a connection that is wholly missing; None where it is not."""
        self.missed_bytes(source, destination)
        return self.ways_unheard.get(f"{source} → {destination}")

    def outages(self, registration: Registration) -> list[Outage]:
        """The runs of refused REGISTERs in `registration`."""
        outages = self.outages_seen.get(registration.number)
        if outages is None:
            outages = self.outages_seen[registration.number] = outages_of(
                registration, lambda: self.accepted(registration)
            )
        return outages

    def accepted(self, registration: Registration) -> list[Sighting]:
        """Every 2xx that the same client got for the same address, also under another Call-ID after a restart."""
        key = (registration.aor, host(registration.transactions[0].source))
        found: list[Sighting] = self.surroundings["accepted"].get(key, [])
        return found

    def accepted_anywhere(self, aor: str) -> list[Sighting]:
        """Every 2xx that any client got for an address: a phone may have moved to another network."""
        found: list[Sighting] = self.surroundings["accepted"].get((aor, ""), [])
        return found

    def lines_of(self, client: str) -> int:
        """How many addresses-of-record the host of an endpoint asked for: a phone few, a gateway or a scanner many."""
        return len(self.surroundings["lines"].get(host(client), ()))

    def accepted_subscriptions(self, event: str, subscriber: str) -> list[Sighting]:
        """Every 2xx that the host of an endpoint got to a SUBSCRIBE for `event`, under whatever Call-ID."""
        found: list[Sighting] = self.surroundings["watched"].get((event, host(subscriber)), [])
        return found

    def duties(self, call: Call, kind: str) -> list[Duty]:
        """The duties of one kind that messages of `call` lay."""
        pages = self.ledger.get(call.key)
        if pages is None:
            pages = self.ledger[call.key] = {}
        duties = pages.get(kind)
        if duties is None:
            pages |= duties_of(call, kind, self.window, self.exchanges)
            duties = pages[kind]
        return duties

    def duties_under(self, call_id: str, kind: str) -> list[Duty]:
        """The duties of one kind that messages of one Call-ID lay, whether it is a call or not."""
        pages = self.ledger_under.setdefault(call_id, {})
        if kind not in pages:
            pages |= duties_under(self.correlation.transactions_of(call_id), kind, self.window)
        return pages[kind]

    def duty_laid_by(self, trigger: Sighting, kind: str) -> Duty | None:
        """The duty of one kind that a message lays; None where it lays none."""
        key = trigger.message.call_id, kind
        entries = self.laid.get(key)
        if entries is None:
            entries = self.laid[key] = {id(each.trigger): each for each in self.duties_under(*key)}
        return entries.get(id(trigger))

    def anew(self, call_id: str) -> Anew:
        """Which requests of a Call-ID were sent anew, and answered."""
        found = self.anew_seen.get(call_id)
        if found is None:
            found = self.anew_seen[call_id] = Anew(self.correlation.transactions_of(call_id))
        return found

    def faults(self) -> list[Fault]:
        """What is wrong with messages by themselves, by sender."""
        flaws = flaws_of(self.correlation.arrivals, self.surroundings["kinds"])
        return list(faults_of(flaws, self.correlation))

    @property
    def carriage(self) -> Carriage:
        """Which RTP streams belong to which call."""
        if not self.carriage_seen:
            looked = bool(self.has_streams or self.notices)
            exchanges = {leg.key: self.exchanges(leg) for leg in self.correlation.legs} if looked else {}
            self.carriage_seen.append(
                carriage_of(
                    self.correlation.calls, self.streams, exchanges, looked=self.with_media, known=self.media_settled
                )
            )
        return self.carriage_seen[0]

    @property
    def has_streams(self) -> bool:
        """Whether there is any RTP."""
        return self.streams_elsewhere or bool(self.streams)

    @property
    def media_ways(self) -> MediaWays:
        """Between which hosts media go."""
        if not self.media_ways_seen:
            self.media_ways_seen.append(media_ways_of(self.streams))
        return self.media_ways_seen[0]

    def hearings(self, call: Call) -> list[Hearing]:
        """When each side of a leg was to be heard, and when it was; nothing where media were not looked at."""
        return self.wanted(call) if self.has_streams else []

    def wanted(self, call: Call) -> list[Hearing]:
        """When each side of a leg was to be heard, even where media were not looked at; nothing without an answer."""
        if call.answer is None:
            return []
        hearings = self.hearings_seen.get(call.key)
        if hearings is None:
            hearings = self.hearings_seen[call.key] = hearings_of(call, self.carriage.of(call), self.window)
        return hearings

    def faxes(self, call: Call) -> list[Hearing]:
        """When each side of a leg was to send a fax, and when it did; nothing where media were not looked at.

        Nor while voice goes on: a fax may be agreed on beside it, in case that there is one.
        """
        media = self.carriage.of(call)
        if not self.streams or call.answer is None or not any(line.carries_fax for line in media.lines):
            return []
        voices = [each.stream for each in media.carried if not each.stream.is_fax]
        found = hearings_of(call, media, self.window, fax=True)
        return [each for each in found if not any(one.heard(each.begin + SWITCHED, each.end) for one in voices)]

    def ties(self) -> Ties:
        """What ties streams to the calls of this part of the traffic."""
        return ties_of(
            self.correlation.calls, self.streams, {leg.key: self.exchanges(leg) for leg in self.correlation.legs}
        )

    def wanted_streams(self) -> tuple[list[tuple[str, Span]], list[tuple[frozenset[str], Span]]]:
        """See `calls.wanted_by`."""
        return wanted_by(self.correlation.calls, {leg.key: self.exchanges(leg) for leg in self.correlation.legs})

    def exchanges(self, call: Call) -> list[Exchange]:
        """The offers and answers of `call`."""
        exchanges = self.exchanges_seen.get(call.key)
        if exchanges is None:
            exchanges = self.exchanges_seen[call.key] = exchanges_of(call)
        return exchanges
