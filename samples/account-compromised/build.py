"""A stranger guesses until one password is right; and a user who only needs a few attempts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attacking import PHONE, posing, registered
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    taken_over(folder / "account-compromised.pcap", owner=True)
    taken_over(folder / "guessed.pcap", owner=False)
    silent(folder / "silent.pcap")


def taken_over(path: Path, *, owner: bool) -> None:
    """The owner's phone may be registered; elsewhere the twenty-third password is right."""
    wire = Recording(path=path)
    if owner:
        registered(wire, PHONE, "owner", "letmein22", right=True)
    for number in range(23):
        registered(wire, posing("1001"), f"break-in-{number}", f"letmein{number}", right=number == 22)
    wire.write()


def silent(path: Path) -> None:
    """The user mistypes the password four times; another stranger guesses in vain at another extension."""
    wire = Recording(path=path)
    for number in range(5):
        registered(wire, PHONE, f"mistyped-{number}", f"correct{number}", right=number == 4, after=5)
    for number in range(22):
        registered(wire, posing("1002"), f"in-vain-{number}", f"letmein{number}", right=False)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
