"""One call out of a capture: its packets, as they are or with everything replaced that tells who it was.

The door of the room: `choice_of` says which packets, `packets_of` reads them, `disguised` replaces what they say, and
`proof_of` shows that the diagnosis is the same; `analysed` is the diagnosis of packets.
"""

from __future__ import annotations

from sipdiag.extract.choice import Choice, choice_of
from sipdiag.extract.copy import Copied, packets_of
from sipdiag.extract.disguise import Disguised, disguised
from sipdiag.extract.packet import Unreadable
from sipdiag.extract.proof import Proof, analysed, messages_in, proof_of

__all__ = [
    "Choice",
    "Copied",
    "Disguised",
    "Proof",
    "Unreadable",
    "analysed",
    "choice_of",
    "disguised",
    "messages_in",
    "packets_of",
    "proof_of",
]
