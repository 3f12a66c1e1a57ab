"""Nonces that have grown old: answered at once, not answered, never new enough."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import challenge
from registering import REALM, Phone


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    not_answered(folder / "nonce-stale.pcap")
    not_answered(folder / "capture-ended.pcap", until=292)
    renewed(folder / "renewed.pcap")
    unsaid(folder / "unsaid.pcap")
    recovered(folder / "recovered.pcap")
    repeated(folder / "repeated.pcap")
    silent(folder / "silent.pcap")


def not_answered(path: Path, until: float = 900) -> None:
    """The registrar says stale=true, and the phone does not use the new nonce; its binding runs out."""
    phone = Phone(path, until=until)
    phone.register(401)
    phone.register(200, granted=300)
    phone.register(401, after=280, stale=True)
    phone.idle(10)
    phone.idle(110)
    phone.wire.write()


def renewed(path: Path) -> None:
    """The new nonce is used at once, as it should be."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200)
    phone.register(401, after=300, stale=True)
    phone.register(200)
    phone.wire.write()


def unsaid(path: Path) -> None:
    """The registrar does not say that it is the nonce; the same user is accepted with the new one."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200)
    phone.register(401, after=300)
    phone.register(200)
    phone.wire.write()


def recovered(path: Path) -> None:
    """The phone gives up, starts anew two minutes later, and is accepted."""
    phone = Phone(path)
    phone.register(401)
    phone.register(401, after=17, reason="nonce has changed")
    phone.start()
    phone.register(401, after=120)
    phone.register(200)
    phone.wire.write()


def repeated(path: Path) -> None:
    """Two registrars behind one address do not know each other's nonces: each one given out is stale at once."""
    phone = Phone(path)
    phone.register(401)
    for _ in range(4):
        phone.register(401, stale=True)
    phone.wire.write()


def silent(path: Path) -> None:
    """A phone with a nonce of yesterday is challenged, nobody knows why, and then refused: the password, it seems."""
    phone = Phone(path, password="made-up-wrong")  # noqa: S106 - of nobody
    phone.asked = challenge(REALM, "nonce-stale-yesterday")
    phone.register(401)
    phone.register(401)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
