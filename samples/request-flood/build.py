"""A host sends MESSAGEs by the hundred; and one that sends as many, which are delivered."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import asked, posing
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    messages(folder / "request-flood.pcap", 403)
    messages(folder / "silent.pcap", 202)


def messages(path: Path, code: int) -> None:
    """Five hundred MESSAGEs within four seconds."""
    wire = Recording(path=path)
    for number in range(500):
        asked(wire, posing("promo"), "MESSAGE", str(1_202_555_0100 + number % 100), code, after=0.003)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
