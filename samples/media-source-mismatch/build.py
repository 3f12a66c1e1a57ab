"""Calls whose media come from an address that nobody named."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, Agent
from speaking import Talk, Voice, media_end

STRANGER = Agent(user="stranger", address="198.51.100.99", port=30_000)


def build(folder: Path) -> None:
    """Write media-source-mismatch.pcap and its variants."""
    # Beside Bob a second host sends to Alice: she hears both.
    crossed = Talk(path=folder / "media-source-mismatch.pcap")
    crossed.there.speak(crossed.wire, 8, at=crossed.start + 0.05)
    crossed.back.speak(crossed.wire, 8, at=crossed.start + 0.02)
    Voice(source=STRANGER, destination=media_end(ALICE)).speak(crossed.wire, 5, at=crossed.start + 2)
    crossed.end(8.1)
    # Bob's media come from another host than his answer names, and Alice's go on to the one named.
    asymmetric = Talk(path=folder / "not-followed.pcap")
    asymmetric.there.speak(asymmetric.wire, 8, at=asymmetric.start + 0.05)
    Voice(source=STRANGER, destination=media_end(ALICE)).speak(asymmetric.wire, 8, at=asymmetric.start + 0.02)
    asymmetric.end(8.1)
    # The same, and Alice's media follow the source (RFC 4961).
    silent = Talk(path=folder / "silent.pcap")
    Voice(source=STRANGER, destination=media_end(ALICE)).speak(silent.wire, 8, at=silent.start + 0.02)
    Voice(source=media_end(ALICE), destination=STRANGER).speak(silent.wire, 8, at=silent.start + 0.1)
    silent.end(8.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
