"""A call whose packets come in bursts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speaking import Talk

BURST = 4


def build(folder: Path) -> None:
    """Write media-jitter.pcap and its twin."""
    # Bob's packets are held up and come four at a time, as over a busy wireless network.
    unsteady = Talk(path=folder / "media-jitter.pcap")
    unsteady.there.speak(unsteady.wire, 9, at=unsteady.start + 0.05)
    unsteady.back.speak(unsteady.wire, 9, at=unsteady.start + 0.02, late=bursts(0.06))
    unsteady.end(9.4)
    # The same, a quarter of it: a jitter buffer takes that.
    silent = Talk(path=folder / "silent.pcap")
    silent.there.speak(silent.wire, 9, at=silent.start + 0.05)
    silent.back.speak(silent.wire, 9, at=silent.start + 0.02, late=bursts(0.015))
    silent.end(9.4)


def bursts(step: float) -> dict[int, float]:
    """How late each packet comes: the first of four by three steps, the last in time."""
    return {number: step * (BURST - 1 - number % BURST) for number in range(200)}


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
