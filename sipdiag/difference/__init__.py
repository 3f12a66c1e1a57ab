"""Two recordings of the same test call → what changed: messages, header fields, SDP, timing, outcome, findings.

The door of the room: `difference_between` gives the `Difference`.
"""

from __future__ import annotations

from sipdiag.difference.change import Change, Difference, Pair
from sipdiag.difference.comparing import difference_between

__all__ = ["Change", "Difference", "Pair", "difference_between"]
