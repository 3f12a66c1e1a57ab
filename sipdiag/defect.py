"""What was wrong with bytes that could still be read: a value, never raised."""

from __future__ import annotations

import msgspec


class Defect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with a capture, a packet or a message."""

    kind: str
    """What is wrong, in kebab case: `record-cut-off`, `content-length-missing`."""
    detail: str = ""
    """The value or place that shows it, as found; may hold hostile text."""
    frame: int | None = None
    """1-based number of the packet it was found in, where one is known."""
