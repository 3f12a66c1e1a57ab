"""Calls without an Identity header field: where one is demanded, and where all others have one."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import Agent
from recording import Recording
from signing import HERE, called, identity


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    demanded(folder / "identity-missing.pcap")
    unsigned(folder / "unsigned.pcap")
    silent(folder / "silent.pcap")


def demanded(path: Path) -> None:
    """The other operator wants every call signed."""
    wire = Recording(path=path)
    called(wire, "demanded", None, 428)
    wire.go_on(5)
    wire.write()


def unsigned(path: Path) -> None:
    """Six calls on the link are signed, one is not."""
    wire = Recording(path=path)
    for number in range(6):
        called(wire, f"signed-{number}", identity(wire.clock + 1), 200)
    called(wire, "unsigned", None, 200)
    wire.write()


def silent(path: Path) -> None:
    """A network that signs nothing, except for one call; and an anonymous caller."""
    wire = Recording(path=path)
    for number in range(6):
        called(wire, f"plain-{number}", None, 200)
    called(wire, "one", identity(wire.clock + 1), 200)
    anonymous = Agent(user="anonymous", domain="anonymous.invalid", address=HERE.address)
    called(wire, "anonymous", None, 200, caller=anonymous)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
