"""Credentials that a registrar turns down: another password, another realm, a block that follows."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from registering import Phone

WRONG = "made-up-wrong"


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    challenged_again(folder / "credentials-rejected.pcap")
    named(folder / "named.pcap")
    blocked(folder / "blocked.pcap")
    wrong_realm(folder / "wrong-realm.pcap")
    corrected(folder / "corrected.pcap")
    silent(folder / "silent.pcap")


def challenged_again(path: Path) -> None:
    """Each answer to a fresh challenge is challenged again, without stale."""
    phone = Phone(path, password=WRONG)
    phone.register(401)
    phone.register(401)
    phone.register(401, after=30)
    phone.wire.write()


def named(path: Path) -> None:
    """The registrar says what is wrong."""
    phone = Phone(path, password=WRONG)
    phone.register(401)
    phone.register(403, reason="Wrong password")
    phone.wire.write()


def blocked(path: Path) -> None:
    """Two answers are challenged again, then the address is blocked: one cause, one finding."""
    phone = Phone(path, password=WRONG)
    phone.register(401)
    phone.register(401)
    phone.register(401, after=5)
    phone.register(403, after=5)
    phone.wire.write()


def wrong_realm(path: Path) -> None:
    """The phone has the password of another realm, and answers for that one."""
    phone = Phone(path)
    phone.register(401)
    phone.asked = phone.asked.replace('realm="example.com"', 'realm="voice.example.net"')
    phone.register(401)
    phone.wire.write()


def corrected(path: Path) -> None:
    """The user mistyped the password, and has it right half a minute later."""
    phone = Phone(path, password=WRONG)
    phone.register(401)
    phone.register(401)
    phone.password = "made-up-4711"  # noqa: S105 - of nobody
    phone.register(200, after=30)
    phone.wire.write()


def silent(path: Path) -> None:
    """A stale nonce, and later a 503: neither has to do with the password."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200)
    phone.register(401, after=300, stale=True)
    phone.register(200)
    phone.register(503, after=300)
    phone.register(200, after=30)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
