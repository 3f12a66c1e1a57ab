"""Intervals that are too short for the registrar, or for the good of it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from registering import Phone

LEAST = (("Min-Expires", "600"),)


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    ignored(folder / "interval-too-brief.pcap")
    unanswered(folder / "unanswered.pcap")
    unanswered(folder / "capture-ended.pcap", until=12)
    min_expires_missing(folder / "min-expires-missing.pcap")
    never_enough(folder / "never-enough.pcap")
    each_time(folder / "each-time.pcap")
    storm(folder / "storm.pcap")
    silent(folder / "silent.pcap")


def ignored(path: Path) -> None:
    """The phone is told that 600 s are the least, and asks for 60 again."""
    phone = Phone(path)
    phone.register(401, expires=60)
    for _ in range(3):
        phone.register(423, expires=60, fields=LEAST, after=30)
    phone.wire.write()


def unanswered(path: Path, until: float = 100) -> None:
    """The phone gives up after the 423."""
    phone = Phone(path, until=until)
    phone.register(401, expires=60)
    phone.register(423, expires=60, fields=LEAST)
    phone.idle(10)
    phone.idle(50)
    phone.wire.write()


def min_expires_missing(path: Path) -> None:
    """The registrar does not say how long would be long enough."""
    phone = Phone(path)
    phone.register(401, expires=60)
    phone.register(423, expires=60)
    phone.register(423, expires=60, after=30)
    phone.wire.write()


def never_enough(path: Path) -> None:
    """The phone does as it was told, and is refused all the same."""
    phone = Phone(path)
    phone.register(401, expires=60)
    phone.register(423, expires=60, fields=LEAST)
    phone.register(423, expires=600, fields=LEAST)
    phone.wire.write()


def each_time(path: Path) -> None:
    """The phone asks for 60 s each time, is told 600, and asks for these: one exchange too many at each refresh."""
    phone = Phone(path)
    phone.register(401, expires=60)
    for _ in range(3):
        phone.register(423, expires=60, fields=LEAST)
        phone.register(200, expires=600)
        phone.wire.wait(500)
    phone.wire.write()


def storm(path: Path) -> None:
    """The registrar grants an hour, and the phone comes back every two seconds."""
    phone = Phone(path)
    phone.register(401, expires=3600)
    for _ in range(15):
        phone.register(200, expires=3600, granted=3600, after=2)
    phone.wire.write()


def silent(path: Path) -> None:
    """A 423 that the phone heeds at once, and refreshes every half minute of a binding of a minute."""
    phone = Phone(path)
    phone.register(401, expires=30)
    phone.register(423, expires=30, fields=(("Min-Expires", "60"),))
    for _ in range(15):
        phone.register(200, expires=60, granted=60, after=30)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
