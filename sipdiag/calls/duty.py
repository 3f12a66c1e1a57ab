"""Duties: what one message obliges somebody to send, and what became of it.

The ledger behind the rules of transactions and calls: an entry is opened by the message that lays the duty and closed
by one of five outcomes, of which the last is that the capture cannot tell.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from sipdiag.trace import Sighting


class Outcome(Enum):
    """How a duty ended."""

    DONE = "done"
    LATE = "late"
    """Done after the other side had to ask again."""
    WRONG = "wrong"
    """Something was sent for it that does not fulfil it."""
    UNDONE = "undone"
    UNKNOWN = "unknown"
    """The capture cannot show it; `reason` says why."""


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ledger."""

    kind: str
    """What is due: `ack-2xx`, `ack-failure`, `prack`, `cancel-bye`."""
    trigger: Sighting
    """The message that lays the duty, where it was seen nearest to its sender."""
    debtor: str
    """`host:port` of the side that owes it, as far from the trigger as it was seen."""
    outcome: Outcome
    reason: str = ""
    """Which way it went undone or wrong, or why nobody can tell: a variant of the rule's messages."""
    repeats: list[Sighting] = []
    """How the other side asked again: retransmissions of the trigger."""
    fulfilled_by: Sighting | None = None
    """What did it, or was meant to."""
    timed_out: bool = False
    """The other side asked until its timer ran out: proof that nothing reached it."""
    target: str = ""
    """Where what is due should have gone, as a URI."""
    followed_by: Sighting | None = None
    """What ended it: the BYE of a callee that gave up."""
