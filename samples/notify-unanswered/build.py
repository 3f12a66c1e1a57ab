"""NOTIFYs that nobody answers: the phone that asked for them is gone, or was away for a while."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recording import LADDER
from watching import Watch


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    timed_out(folder / "notify-unanswered.pcap")
    timed_out(folder / "capture-ended.pcap", until=31.2)
    timed_out(folder / "repeated.pcap", until=40)
    recovered(folder / "recovered.pcap")
    one_sided(folder / "one-sided.pcap")
    sent_once(folder / "once.pcap")
    switched_off(folder / "undelivered.pcap")
    silent(folder / "silent.pcap")


def watched(path: Path, until: float = float("inf")) -> Watch:
    """A subscription that has worked so far."""
    watch = Watch(path, until=until)
    watch.subscribe()
    watch.notify()
    return watch


def timed_out(path: Path, until: float = 200) -> None:
    """The line rings, and the phone does not answer the NOTIFY, repeated to the end."""
    watch = watched(path, until)
    watch.notify(after=30, code=0, repeats=LADDER)
    watch.sign_of_life(after=40)
    watch.wire.write()


def switched_off(path: Path) -> None:
    """Alice's program was ended without a word, and her computer says so of each copy that the PBX sends."""
    watch = watched(path, until=45)
    before = len(watch.wire.packets)
    watch.notify(after=30, code=0, repeats=LADDER[:5])
    watch.wire.refuse_each(watch.dialog.caller, 3, 3, watch.wire.packets[before:])
    watch.wire.write()


def recovered(path: Path) -> None:
    """One NOTIFY in vain, the next is answered: a note."""
    watch = watched(path)
    watch.notify(after=30, code=0, repeats=LADDER)
    watch.notify(after=60)
    watch.wire.write()


def one_sided(path: Path) -> None:
    """Only what the PBX sends was recorded."""
    watch = watched(path)
    watch.wire.hears = (watch.notifier,)
    watch.notify(after=30)
    watch.sign_of_life(after=40)
    watch.wire.write()


def sent_once(path: Path) -> None:
    """The PBX sends its NOTIFY once and never again, as over TCP."""
    watch = watched(path)
    watch.notify(after=30, code=0)
    watch.sign_of_life(after=40)
    watch.wire.write()


def silent(path: Path) -> None:
    """A NOTIFY that is answered at the second copy, and one that is refused: both are answers."""
    watch = watched(path)
    again = watch.notify(after=30, code=0, repeats=(0.5,))
    watch.wire.wait(0.6)
    watch.wire.send(watch.dialog.reply(again, 200), watch.dialog.caller, watch.notifier)
    watch.notify(after=30, code=481)
    watch.sign_of_life(after=40)
    watch.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
