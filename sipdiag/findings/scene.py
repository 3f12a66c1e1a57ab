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
from sipdiag.findings.flow import Flow, behind_nat, flow_of, traffic_of
from sipdiag.findings.identity import Claim, claims_of
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
    claims_seen: dict[str, list[Claim]] = {}
    """PASSporTs by Call-ID, read once."""

    def claims(self, call: Call) -> list[Claim]:
        """The PASSporTs of the INVITEs that opened `call`."""
        claims = self.claims_seen.get(call.key)
        if claims is None:
            claims = self.claims_seen[call.key] = claims_of(call)
        return claims

    def requests_by_source(self) -> dict[str, list[Transaction]]:
        """Host → what it asked of its own accord, in the order of time."""
        if not self.by_source:
            self.by_source.update(requests_by_source(self.correlation))
        return self.by_source

    lines: dict[str, set[str]] = {}
    """The addresses-of-record that each client host asked for."""
    watched: dict[tuple[str, str], list[Sighting]] = {}
    """The 2xx to SUBSCRIBEs by event and subscriber, in the order of time, worked out once."""
    flows: dict[int, Flow] = {}
    """Flows through a NAT that closed, by registration number, worked out once."""
    flow_victims: set[int] = set()
    """Which requests were lost in them: the identity of the transaction; -1 once it is worked out."""
    heard: dict[tuple[str, str], int] = {}
    """When each host was last heard by each other, worked out once."""

    def flow(self, registration: Registration) -> Flow | None:
        """The flow of `registration`, if a NAT closed it."""
        if -1 not in self.flow_victims:
            self._note_flows()
        return self.flows.get(registration.number)

    def lost_in_flow(self, transaction: Transaction) -> bool:
        """Whether a NAT that had closed explains that nobody answered."""
        if -1 not in self.flow_victims:
            self._note_flows()
        return id(transaction) in self.flow_victims

    def _note_flows(self) -> None:
        self.flow_victims.add(-1)
        behind = [each for each in self.correlation.registrations if behind_nat(each)]
        traffic = traffic_of(self.correlation) if behind else None
        for registration in behind:
            flow = flow_of(registration, traffic, self.window) if traffic is not None else None
            if flow is not None:
                self.flows[registration.number] = flow
                self.flow_victims.update(id(each) for death in flow.deaths for each in death.lost)

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
            outages = self.outages_seen[registration.number] = outages_of(
                registration, lambda: self.accepted(registration)
            )
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
        """How many addresses-of-record the host of an endpoint asked for: a phone few, a gateway or a scanner many."""
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
                client, final = host(each.source), each.final
                self.lines.setdefault(client, set()).add(registration.aor)
                if final is not None and status(final) < 300:
                    for key in ((registration.aor, client), (registration.aor, "")):
                        self.acceptances.setdefault(key, []).append(final)
        for finals in self.acceptances.values():
            finals.sort(key=lambda final: final.time)

    def duties(self, call: Call) -> list[Duty]:
        """What the messages of `call` obliged somebody to send, and what became of it."""
        duties = self.ledger.get(call.key)
        if duties is None:
            duties = self.ledger[call.key] = list(duties_of(call, self.window))
        return duties

    def flaws(self) -> list[Flaw]:
        """What is wrong with messages by themselves, by who sent them."""
        if not self.flaws_seen:
            self.flaws_seen.append(flaws_of(self.correlation.arrivals))
        return self.flaws_seen[0]

    def exchanges(self, call: Call) -> list[Exchange]:
        """The offers and answers of `call`."""
        exchanges = self.exchanges_seen.get(call.key)
        if exchanges is None:
            exchanges = self.exchanges_seen[call.key] = exchanges_of(call)
        return exchanges


def _sighting(arrival: Arrival) -> Sighting:
    return arrival.sighting
