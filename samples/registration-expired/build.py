"""Bindings that run out: refreshed too late, not at all, or of a phone that is gone."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import Dialog
from registering import Phone


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    late(folder / "registration-expired.pcap")
    not_refreshed(folder / "not-refreshed.pcap")
    vanished(folder / "vanished.pcap")
    silent(folder / "silent.pcap")
    unseen(folder / "unseen.pcap")


def registered(path: Path, granted: int) -> Phone:
    """A phone that asked for ten minutes and got what the registrar grants."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200, granted=granted)
    return phone


def late(path: Path) -> None:
    """The registrar grants two minutes, the phone comes back after the ten that it asked for."""
    phone = registered(path, 120)
    phone.register(200, granted=120, after=300)
    phone.register(200, granted=120, after=300)
    phone.wire.write()


def not_refreshed(path: Path) -> None:
    """The phone goes on answering, and does not register again."""
    phone = registered(path, 120)
    for _ in range(3):
        phone.wire.wait(60)
        ping = Dialog(
            caller=phone.registrar, callee=phone.agent, uri=phone.agent.contact_uri, name="registration-expired-ping"
        )
        ping.cseq[phone.registrar.user] = len(phone.wire.packets)
        options = ping.request(phone.registrar, "OPTIONS")
        phone.wire.send(options, phone.registrar, phone.agent)
        phone.wire.send(ping.reply(options, 200), phone.agent, phone.registrar)
    phone.wire.write()


def vanished(path: Path) -> None:
    """The phone is heard no more: a note."""
    phone = registered(path, 120)
    phone.idle(200)
    phone.wire.write()


def silent(path: Path) -> None:
    """Refreshed at half time, and once a second late; then taken back in good form."""
    phone = registered(path, 120)
    phone.register(200, granted=120, after=60)
    phone.register(200, granted=120, after=121)
    phone.register(200, expires=0, after=60)
    phone.idle(300)
    phone.wire.write()


def unseen(path: Path) -> None:
    """One refresh went by the recorder, as the CSeq shows: nothing was late."""
    phone = registered(path, 120)
    phone.binding.cseq[phone.agent.user] += 1
    phone.register(200, granted=120, after=180)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
