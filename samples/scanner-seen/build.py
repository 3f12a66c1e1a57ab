"""A scanner knocks, and is answered or not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import REGISTRAR, asked, posing
from conversation import ALICE, Dialog
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    answered(folder / "scanner-seen.pcap", "friendly-scanner")
    dropped(folder / "unanswered.pcap")
    answered(folder / "silent.pcap", "Monitoring 3.2 (scans the trunk every minute)")


def answered(path: Path, software: str) -> None:
    """OPTIONS, which the server answers."""
    wire = Recording(path=path)
    for user in ("100", "101"):
        asked(wire, posing("100", software=software), "OPTIONS", user, 200)
    wire.write()


def dropped(path: Path) -> None:
    """The server drops what comes from the scanner without a word, and answers others."""
    wire = Recording(path=path)
    asked(wire, ALICE, "OPTIONS", "ping", 200)
    scanner = posing("100", software="sipvicious")
    talk = Dialog(caller=scanner, callee=replace(REGISTRAR, user="100"), name="dropped")
    wire.send(talk.request(scanner, "OPTIONS"), scanner, REGISTRAR, after=1)
    wire.wait(20)
    asked(wire, ALICE, "OPTIONS", "ping", 200)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
