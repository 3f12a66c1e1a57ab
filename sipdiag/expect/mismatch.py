"""What was not as expected: what was expected, what was seen, and in which frame."""

from __future__ import annotations

import msgspec

from sipdiag.expect.expectations import Range
from sipdiag.trace import Sighting

Value = str | int | float | list[str] | Range | None
"""What may be expected or seen; None: nothing."""


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was not as expected; its words come from the catalogue, by `key`."""

    key: str
    """The key of the expectations file (`outcome`, `setup_s`), or `missing`, `unexpected`."""
    expected: Value
    seen: Value
    detail: str = ""
    """Of `header` and `messages`: which header field, or after which message."""
    capture: int | None = None
    frame: int | None = None
    call_id: str | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was expected, or that nobody expected, and how it differs."""

    kind: str
    """`capture`, `call`, `registration`, `subscription`, `request`."""
    subject: str
    """Its name, else its parties; may hold text of packets."""
    mismatches: list[Mismatch] = []
    call_ids: list[str] = []
    """Of what it was compared with; empty where there was nothing."""


def mismatch_at(
    key: str, expected: Value, seen: Value, sighting: Sighting | None = None, *, detail: str = ""
) -> Mismatch:
    """A mismatch that a message shows."""
    if sighting is None:
        return Mismatch(key=key, expected=expected, seen=seen, detail=detail)
    return Mismatch(
        key=key,
        expected=expected,
        seen=seen,
        detail=detail,
        capture=sighting.capture,
        frame=sighting.frame,
        call_id=sighting.message.call_id,
    )
