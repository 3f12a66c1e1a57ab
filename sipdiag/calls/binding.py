"""Bindings: each contact that was bound, for how long, and how often it was refreshed (RFC 3261, section 10).

Where the contact changes under one Call-ID, the device moved, or something on the way rewrites its address.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from sipdiag.calls.registration import Registration, granted_to
from sipdiag.calls.transaction import status
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting


class Binding(msgspec.Struct, kw_only=True):
    """One contact of one address-of-record."""

    contact: str
    """Its URI, as the first REGISTER wrote it."""
    granted: int
    """Seconds that the newest 2xx gave the binding; 0 when it removed it."""
    accepted: list[Sighting]
    """The 2xx responses that set the binding up, refreshed or removed it, in order."""

    @property
    def intervals(self) -> list[int]:
        """Nanoseconds from each 2xx to the next: how often the binding was really refreshed."""
        return [later.time - earlier.time for earlier, later in pairwise(self.accepted)]


def bindings_of(registration: Registration) -> list[Binding]:
    """The bindings of `registration`, in the order they were made."""
    bindings: dict[tuple[str, str, int | None], Binding] = {}
    for attempt in registration.attempts:
        final, request = attempt.final, attempt.request
        if final is None or request is None or not 200 <= status(final) < 300:
            continue
        for value in request.message.values("contact"):
            if value == "*":  # all of them are removed (section 10.2.2)
                for binding in bindings.values():
                    binding.granted = 0
                continue
            asked = parse_name_addr(value)
            key = asked.uri.user, asked.uri.host, asked.uri.port
            binding = bindings.setdefault(key, Binding(contact=asked.uri.text, granted=0, accepted=[]))
            binding.granted = granted_to(asked, final, request)
            binding.accepted.append(final)
    return list(bindings.values())
