"""Challenges that a client does not answer: it has no credentials, does not hear them, or is not seen long enough."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recording import LADDER
from registering import Phone


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    repeated(folder / "challenge-ignored.pcap")
    unanswered(folder / "unanswered.pcap")
    unanswered(folder / "capture-ended.pcap", until=12)
    not_received(folder / "not-received.pcap")
    removal(folder / "removal.pcap")
    silent(folder / "silent.pcap")


def repeated(path: Path) -> None:
    """Each minute a REGISTER without credentials, although each was challenged: no password is set."""
    phone = Phone(path)
    phone.register(401, silent=True)
    for _ in range(3):
        phone.register(401, silent=True, after=60)
    phone.wire.write()


def unanswered(path: Path, until: float = 100) -> None:
    """One challenge, and nothing after it."""
    phone = Phone(path, until=until)
    phone.register(401)
    phone.idle(10)
    phone.idle(50)
    phone.wire.write()


def not_received(path: Path) -> None:
    """The phone sends its REGISTER again and again: the 401 does not reach it."""
    phone = Phone(path)
    request = phone.ask(repeats=LADDER)
    phone.answer(request, 401)
    phone.idle(40)
    phone.wire.write()


def removal(path: Path) -> None:
    """The phone is switched off, and does not wait for the answer to its removal: a note."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200)
    phone.register(401, expires=0, after=120, silent=True)
    phone.idle(60)
    phone.wire.write()


def silent(path: Path) -> None:
    """The user types the password: 25 s later the credentials are there."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200, after=25)
    phone.idle(60)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
