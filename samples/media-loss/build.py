"""Calls that lose packets on the way."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speaking import Talk


def build(folder: Path) -> None:
    """Write media-loss.pcap and its twin."""
    # Of 200 packets of Bob's every twentieth is lost.
    lossy = Talk(path=folder / "media-loss.pcap")
    lossy.there.speak(lossy.wire, 12, at=lossy.start + 0.05)
    lossy.back.speak(lossy.wire, 12, at=lossy.start + 0.02, lost=range(10, 200, 20))
    lossy.end(12.1)
    # Two are lost, and every tenth comes after its next: late is not lost.
    silent = Talk(path=folder / "silent.pcap")
    silent.there.speak(silent.wire, 12, at=silent.start + 0.05)
    late = dict.fromkeys(range(5, 200, 10), 0.07)
    silent.back.speak(silent.wire, 12, at=silent.start + 0.02, lost=(33, 34), late=late)
    silent.end(12.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
