"""A call whose callee sends packets, and nothing in them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from speaking import Talk


def build(folder: Path) -> None:
    """Write media-silent.pcap and its twin."""
    # Ten seconds of exact silence.
    muted = Talk(path=folder / "media-silent.pcap")
    muted.there.speak(muted.wire, 10, at=muted.start + 0.05)
    replace(muted.back, silent=True).speak(muted.wire, 10, at=muted.start + 0.02)
    muted.end(10.1)
    # Silent for seven seconds, then Bob speaks.
    listening = Talk(path=folder / "silent.pcap")
    listening.there.speak(listening.wire, 10, at=listening.start + 0.05)
    number = replace(listening.back, silent=True).speak(listening.wire, 7, at=listening.start + 0.02)
    listening.back.speak(listening.wire, 3, at=listening.start + 0.02 + number * 0.06, begin=number)
    listening.end(10.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
