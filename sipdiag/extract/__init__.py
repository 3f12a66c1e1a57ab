"""One call out of a capture: its packets, as they are or with everything replaced that tells who it was.

The door of the room: `choice_of` says which packets, `packets_of` reads them.
"""

from __future__ import annotations

from sipdiag.extract.choice import Choice, choice_of
from sipdiag.extract.copy import Copied, packets_of

__all__ = ["Choice", "Copied", "choice_of", "packets_of"]
