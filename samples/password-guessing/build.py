"""Somebody tries one password after the other; and users who have forgotten theirs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import PHONE, posing, registered
from conversation import Dialog
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    one_account(folder / "password-guessing.pcap")
    many_accounts(folder / "many-accounts.pcap")
    silent(folder / "silent.pcap")
    looping(folder / "looping.pcap")


def one_account(path: Path) -> None:
    """Twenty-four passwords for one extension within ten seconds, each under a Call-ID of its own."""
    wire = Recording(path=path)
    for number in range(24):
        registered(wire, posing("1001"), f"guess-{number}", f"password{number}", right=False)
    wire.write()


def many_accounts(path: Path) -> None:
    """The same weak password for twenty-four extensions."""
    wire = Recording(path=path)
    for number in range(24):
        registered(wire, posing(str(2000 + 10 * number)), f"spray-{number}", "1234", right=False)
    wire.write()


def silent(path: Path) -> None:
    """A user mistypes the password three times and then gets it right."""
    wire = Recording(path=path)
    for number, password in enumerate(("corect horse", "Correct horse", "correct hose", "correct horse")):
        registered(wire, PHONE, f"mistyped-{number}", password, right=number == 3, after=6)
    wire.write()


def looping(path: Path) -> None:
    """A phone with an old password tries it again and again, as it should not: one Call-ID, one password."""
    wire = Recording(path=path)
    talk = Dialog(caller=PHONE, callee=PHONE, name="looping", uri="sip:example.com")
    for _ in range(24):
        registered(wire, PHONE, "looping", "old password", right=False, after=1, dialog=talk)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
