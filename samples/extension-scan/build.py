"""A stranger counts extensions; a gateway registers many, and a dialler has a list of bad numbers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import STRANGER, asked, posing, registered
from conversation import Host
from recording import Recording

GATEWAY = Host(address="192.0.2.80", port=5060)


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    registrations(folder / "extension-scan.pcap")
    calls(folder / "calls.pcap")
    silent(folder / "silent.pcap")


def registrations(path: Path) -> None:
    """REGISTER for 100, 101 and so on: 404 where nobody is, 401 where somebody is."""
    wire = Recording(path=path)
    for user in range(100, 125):
        asked(wire, posing(str(user)), "REGISTER", str(user), 401 if user in (101, 110) else 404)
    wire.write()


def calls(path: Path) -> None:
    """OPTIONS for 200, 201 and so on."""
    wire = Recording(path=path)
    for user in range(200, 225):
        asked(wire, posing("200"), "OPTIONS", str(user), 404)
    wire.write()


def silent(path: Path) -> None:
    """A gateway registers 22 extensions and answers each challenge; a tester asks for numbers here and there."""
    wire = Recording(path=path)
    for user in range(300, 322):
        registered(wire, posing(str(user), host=GATEWAY), f"gateway-{user}", "secret", right=True)
    for number in range(22):
        asked(wire, posing("9", host=STRANGER), "OPTIONS", str(1_202_555_0000 + 37 * number), 404)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
