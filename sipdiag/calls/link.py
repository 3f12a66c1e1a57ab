"""Links: why calls of different Call-IDs are taken for legs of one call, and how sure that is."""

from __future__ import annotations

from enum import Enum

import msgspec


class Certainty(Enum):
    """How sure it is that two legs are one call."""

    CERTAIN = "certain"
    """A header field says so."""
    LIKELY = "likely"
    """Caller, callee, time and SDP agree, and no other call comes into question; or a header field hints at it."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What ties one leg to an earlier one."""

    call_id: str
    linked_to: str
    """The Call-ID of the earlier leg."""
    by: str
    """`session-id p-charging-vector x-cid x-call-id x-callid in-reply-to replaces`, or `likeness`."""
    value: str
    """The value that both legs have, or a list of what is alike in them."""
    certainty: Certainty
