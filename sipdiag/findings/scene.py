"""What a rule is given besides its subject: what the captures could have shown, and everything else that was seen."""

from __future__ import annotations

import msgspec

from sipdiag.calls import Call, Correlation, Duty, Window, acknowledgements
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

    def duties(self, call: Call) -> list[Duty]:
        """What the messages of `call` obliged somebody to send, and what became of it."""
        duties = self.ledger.get(call.number)
        if duties is None:
            duties = self.ledger[call.number] = list(acknowledgements(call, self.window))
        return duties
