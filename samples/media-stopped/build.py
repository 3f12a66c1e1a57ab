"""Calls in which somebody who was heard is heard no more."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from speaking import PTIME, Talk, offered


def build(folder: Path) -> None:
    """Write media-stopped.pcap and its variants."""
    # Bob falls silent after three seconds, and Alice hangs up nine seconds later.
    one = Talk(path=folder / "media-stopped.pcap")
    one.there.speak(one.wire, 12, at=one.start + 0.05)
    one.back.speak(one.wire, 3, at=one.start + 0.02)
    one.end(12.1)
    # Both fall silent at the same time: the way between them broke.
    both = Talk(path=folder / "both.pcap")
    both.there.speak(both.wire, 3, at=both.start + 0.05)
    both.back.speak(both.wire, 3, at=both.start + 0.02)
    both.end(12.1)
    # Bob is put on hold, so that he has to be silent.
    held = Talk(path=folder / "silent.pcap")
    held.there.speak(held.wire, 12, at=held.start + 0.05)
    held.back.speak(held.wire, 3, at=held.start + 0.02)
    offer, answer = (
        offered(each, direction=direction, version=2) for each, direction in ((ALICE, "sendonly"), (BOB, "recvonly"))
    )
    held.reinvite(ALICE, offer, answer, after=3)
    held.end(12.1)
    # Bob sends comfort noise, and then nothing: his phone saves packets while he listens.
    quiet = Talk(path=folder / "quiet.pcap")
    quiet.there.speak(quiet.wire, 12, at=quiet.start + 0.05)
    number = quiet.back.speak(quiet.wire, 3, at=quiet.start + 0.02)
    quiet.back.noise(quiet.wire, at=quiet.start + 0.02 + number * PTIME, number=number)
    quiet.end(12.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
