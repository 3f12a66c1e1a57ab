"""PASSporTs that are too old, or that come from the future."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recording import Recording
from signing import called, identity


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "identity-stale.pcap")
    old(folder / "old.pcap")
    future(folder / "future.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """Five minutes old, and the verifier says so."""
    wire = Recording(path=path)
    called(wire, "stale", identity(wire.clock - 300), 403, reason="Stale Date")
    wire.write()


def old(path: Path) -> None:
    """Two minutes old, and nobody minds."""
    wire = Recording(path=path)
    called(wire, "old", identity(wire.clock - 120), 200)
    wire.write()


def future(path: Path) -> None:
    """The signer's clock is three minutes ahead."""
    wire = Recording(path=path)
    called(wire, "future", identity(wire.clock + 180), 200)
    wire.write()


def silent(path: Path) -> None:
    """Half a minute old; and a call that is refused with 403 for another reason."""
    wire = Recording(path=path)
    called(wire, "fresh", identity(wire.clock - 30), 200)
    called(wire, "forbidden", identity(wire.clock), 403)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
