"""What a rule is given besides its subject: what the captures could have shown, and everything else that was seen."""

from __future__ import annotations

import msgspec

from sipdiag.calls import (
    Call,
    Correlation,
    Duty,
    Outage,
    Registration,
    Window,
    acknowledgements,
    outages_of,
)
from sipdiag.findings.settings import Settings
from sipdiag.trace import Trace


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances in which a rule judges."""

    window: Window
    correlation: Correlation
    traces: list[Trace] = []
    """The captures, for what lies below SIP: their defects, their connections."""
    settings: Settings = Settings()
    ledger: dict[int, list[Duty]] = {}
    """Duties by call number, worked out once for all the rules that read them."""

    outages_seen: dict[int, list[Outage]] = {}
    """Outages by registration number, worked out once."""
    addresses: dict[str, list[Registration]] = {}
    """Registrations by address-of-record, worked out once."""

    def outages(self, registration: Registration) -> list[Outage]:
        """The runs of refused REGISTERs in `registration`."""
        outages = self.outages_seen.get(registration.number)
        if outages is None:
            others = self.registrations_of(registration.aor)
            outages = self.outages_seen[registration.number] = outages_of(registration, others)
        return outages

    def registrations_of(self, aor: str) -> list[Registration]:
        """The registrations of one address-of-record: a client that starts anew takes a new Call-ID."""
        if not self.addresses:
            for each in self.correlation.registrations:
                self.addresses.setdefault(each.aor, []).append(each)
        return self.addresses.get(aor, [])

    def duties(self, call: Call) -> list[Duty]:
        """What the messages of `call` obliged somebody to send, and what became of it."""
        duties = self.ledger.get(call.number)
        if duties is None:
            duties = self.ledger[call.number] = list(acknowledgements(call, self.window))
        return duties
