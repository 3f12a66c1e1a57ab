"""Subscriptions that were accepted, and of which nothing is heard any more."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from conversation import PBX, Host
from watching import Watch


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    never(folder / "notify-missing.pcap")
    never(folder / "capture-ended.pcap", until=12)
    other_way(folder / "other-way.pcap")
    refresh(folder / "refresh.pcap")
    silent(folder / "silent.pcap")


def never(path: Path, until: float = 100) -> None:
    """The PBX says 200, and sends no NOTIFY."""
    watch = Watch(path, until=until)
    watch.subscribe()
    watch.sign_of_life()
    watch.sign_of_life(after=60)
    watch.wire.write()


def other_way(path: Path) -> None:
    """The 200 came through a proxy that stays out of the dialog: the NOTIFY may pass by this recorder."""
    watch = Watch(path, notifier=replace(PBX, reached_at=Host(address="198.51.100.99")))
    watch.subscribe()
    watch.sign_of_life(after=60)
    watch.wire.write()


def refresh(path: Path) -> None:
    """The first SUBSCRIBE is followed by its NOTIFY, the refresh is not: a note."""
    watch = Watch(path)
    watch.subscribe()
    watch.notify()
    watch.subscribe(after=300)
    watch.sign_of_life(after=60)
    watch.wire.write()


def silent(path: Path) -> None:
    """A NOTIFY after five seconds, and a subscription that is taken back."""
    watch = Watch(path)
    watch.subscribe()
    watch.notify(after=5)
    watch.subscribe(expires=0, after=60)
    watch.sign_of_life(after=60)
    watch.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
