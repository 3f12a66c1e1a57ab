"""What a rule is given besides its subject: what the captures could have shown, and everything else that was seen."""

from __future__ import annotations

import msgspec

from sipdiag.calls import (
    Arrival,
    Call,
    Correlation,
    Duty,
    Exchange,
    Flaw,
    Outage,
    Registration,
    Transaction,
    Window,
    duties_of,
    exchanges_of,
    flaws_of,
    outages_of,
    requests_by_source,
    status,
)
from sipdiag.findings.settings import Settings
from sipdiag.trace import Sighting, Trace, host


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances in which a rule judges."""

    window: Window
    correlation: Correlation
    traces: list[Trace] = []
    """The captures, for what lies below SIP: their defects, their connections."""
    settings: Settings = Settings()
    ledger: dict[str, list[Duty]] = {}
    """Duties by Call-ID, worked out once for all the rules that read them."""
    outages_seen: dict[int, list[Outage]] = {}
    """Outages by registration number, worked out once."""
    exchanges_seen: dict[str, list[Exchange]] = {}
    """Offers and answers by Call-ID, worked out once."""
    flaws_seen: list[list[Flaw]] = []
    """What is wrong with messages by themselves, once it was worked out."""
    acceptances: dict[tuple[str, str], list[Sighting]] = {}
    """The 2xx to REGISTERs by address-of-record and client, in the order of time, worked out once."""
    by_source: dict[str, list[Transaction]] = {}
    """Requests outside a dialog by the host that sent them, worked out once."""

    def requests_by_source(self) -> dict[str, list[Transaction]]:
        """Host → what it asked of its own accord, in the order of time."""
        if not self.by_source:
            self.by_source.update(requests_by_source(self.correlation))
        return self.by_source

    lines: dict[str, set[str]] = {}
    """The addresses-of-record that each client host registered."""
    watched: dict[tuple[str, str], list[Sighting]] = {}
    """The 2xx to SUBSCRIBEs by event and subscriber, in the order of time, worked out once."""
    heard: dict[tuple[str, str], int] = {}
    """When each host was last heard by each other, worked out once."""

    def last_heard(self, source: str, destination: str) -> int:
        """When SIP last went from the host of one endpoint to that of another; 0 when it never did."""
        if not self.heard:
            ends = {(seen.source, seen.destination): seen.time for seen in map(_sighting, self.correlation.arrivals)}
            for (one, other), time in ends.items():
                between = host(one), host(other)
                self.heard[between] = max(time, self.heard.get(between, 0))
        return self.heard.get((host(source), host(destination)), 0)

    def outages(self, registration: Registration) -> list[Outage]:
        """The runs of refused REGISTERs in `registration`."""
        outages = self.outages_seen.get(registration.number)
        if outages is None:
            outages = self.outages_seen[registration.number] = outages_of(registration, self.accepted(registration))
        return outages

    def accepted(self, registration: Registration) -> list[Sighting]:
        """Every 2xx that the same client got for the same address: one that starts anew takes a new Call-ID."""
        if not self.acceptances:
            self._note_acceptances()
        return self.acceptances.get((registration.aor, host(registration.transactions[0].source)), [])

    def accepted_anywhere(self, aor: str) -> list[Sighting]:
        """Every 2xx that any client got for an address: a phone may have moved to another network."""
        if not self.acceptances:
            self._note_acceptances()
        return self.acceptances.get((aor, ""), [])

    def lines_of(self, client: str) -> int:
        """How many addresses-of-record the host of an endpoint registered: a phone has few, a gateway many."""
        if not self.acceptances:
            self._note_acceptances()
        return len(self.lines.get(host(client), ()))

    def accepted_subscriptions(self, event: str, subscriber: str) -> list[Sighting]:
        """Every 2xx that the host of an endpoint got to a SUBSCRIBE for `event`, under whatever Call-ID."""
        if not self.watched:
            self.watched["", ""] = []
            for subscription in self.correlation.subscriptions:
                for each in subscription.subscribes:
                    final = each.final
                    if final is not None and status(final) < 300:
                        self.watched.setdefault((subscription.event, host(each.source)), []).append(final)
            for finals in self.watched.values():
                finals.sort(key=lambda final: final.time)
        return self.watched.get((event, host(subscriber)), [])

    def _note_acceptances(self) -> None:
        self.acceptances["", ""] = []  # so that it is not empty when nobody was accepted
        for registration in self.correlation.registrations:
            for each in registration.transactions:
                final = each.final
                if final is not None and status(final) < 300:
                    client = host(each.source)
                    self.lines.setdefault(client, set()).add(registration.aor)
                    for key in ((registration.aor, client), (registration.aor, "")):
                        self.acceptances.setdefault(key, []).append(final)
        for finals in self.acceptances.values():
            finals.sort(key=lambda final: final.time)

    def duties(self, call: Call) -> list[Duty]:
        """What the messages of `call` obliged somebody to send, and what became of it."""
        duties = self.ledger.get(call.call_id)
        if duties is None:
            duties = self.ledger[call.call_id] = list(duties_of(call, self.window))
        return duties

    def flaws(self) -> list[Flaw]:
        """What is wrong with messages by themselves, by who sent them."""
        if not self.flaws_seen:
            self.flaws_seen.append(flaws_of(self.correlation.arrivals))
        return self.flaws_seen[0]

    def exchanges(self, call: Call) -> list[Exchange]:
        """The offers and answers of `call`."""
        exchanges = self.exchanges_seen.get(call.call_id)
        if exchanges is None:
            exchanges = self.exchanges_seen[call.call_id] = exchanges_of(call)
        return exchanges


def _sighting(arrival: Arrival) -> Sighting:
    return arrival.sighting
