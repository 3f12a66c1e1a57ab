"""What a rule is given besides its subject: what the captures could have shown, and everything else that was seen."""

from __future__ import annotations

import msgspec

from sipdiag.calls import (
    Call,
    Correlation,
    Duty,
    Exchange,
    Outage,
    Registration,
    Window,
    duties_of,
    exchanges_of,
    outages_of,
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
    exchanges_seen: dict[int, list[Exchange]] = {}
    """Offers and answers by call number, worked out once."""
    acceptances: dict[tuple[str, str], list[Sighting]] = {}
    """The 2xx to REGISTERs by address-of-record and client, in the order of time, worked out once."""

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

    def _note_acceptances(self) -> None:
        self.acceptances["", ""] = []  # so that it is not empty when nobody was accepted
        for registration in self.correlation.registrations:
            for each in registration.transactions:
                final = each.final
                if final is not None and status(final) < 300:
                    self.acceptances.setdefault((registration.aor, host(each.source)), []).append(final)
        for finals in self.acceptances.values():
            finals.sort(key=lambda final: final.time)

    def duties(self, call: Call) -> list[Duty]:
        """What the messages of `call` obliged somebody to send, and what became of it."""
        duties = self.ledger.get(call.call_id)
        if duties is None:
            duties = self.ledger[call.call_id] = list(duties_of(call, self.window))
        return duties

    def exchanges(self, call: Call) -> list[Exchange]:
        """The offers and answers of `call`."""
        exchanges = self.exchanges_seen.get(call.number)
        if exchanges is None:
            exchanges = self.exchanges_seen[call.number] = exchanges_of(call)
        return exchanges
