"""Subscriptions that run out: refreshed too late, not at all, ended by the notifier."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, Dialog
from watching import Watch


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    timeout(folder / "subscription-expired.pcap")
    renewed(folder / "renewed.pcap")
    late(folder / "late.pcap")
    not_refreshed(folder / "not-refreshed.pcap")
    vanished(folder / "vanished.pcap")
    silent(folder / "silent.pcap")


def watched(path: Path) -> Watch:
    """A subscription for two minutes."""
    watch = Watch(path)
    watch.subscribe(expires=120)
    watch.notify("active;expires=120")
    return watch


def timeout(path: Path) -> None:
    """The PBX says that time is up."""
    watch = watched(path)
    watch.notify("terminated;reason=timeout", after=121)
    watch.sign_of_life(after=30)
    watch.wire.write()


def renewed(path: Path) -> None:
    """The same, and the phone subscribes anew ten seconds later: a note."""
    watch = watched(path)
    watch.notify("terminated;reason=timeout", after=121)
    watch.dialog = Dialog(caller=ALICE, callee=watch.notifier, name="subscription-expired-renewed-anew")
    watch.subscribe(expires=120, after=10)
    watch.notify("active;expires=120")
    watch.wire.write()


def late(path: Path) -> None:
    """The refresh comes half a minute late, and is accepted."""
    watch = watched(path)
    watch.subscribe(expires=120, after=150)
    watch.notify("active;expires=120")
    watch.wire.write()


def not_refreshed(path: Path) -> None:
    """The phone is there, and lets its subscription run out; the PBX says nothing."""
    watch = watched(path)
    watch.sign_of_life(ALICE, after=150)
    watch.sign_of_life(ALICE, after=30)
    watch.wire.write()


def vanished(path: Path) -> None:
    """The phone is heard no more: a note."""
    watch = watched(path)
    watch.sign_of_life(after=150)
    watch.wire.write()


def silent(path: Path) -> None:
    """Refreshed in time, and taken back: the last NOTIFY says timeout then too."""
    watch = watched(path)
    watch.subscribe(expires=120, after=90)
    watch.notify("active;expires=120")
    watch.subscribe(expires=0, after=60)
    watch.notify("terminated;reason=timeout")
    watch.sign_of_life(after=200)
    watch.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
