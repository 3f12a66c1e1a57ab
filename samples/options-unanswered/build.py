"""Peers that are asked for signs of life: gone, back again, never there, or deaf to this one question."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, PROXY, Agent, Dialog, Host
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    down(folder / "options-unanswered.pcap")
    recovered(folder / "recovered.pcap")
    missed(folder / "missed.pcap")
    ignored(folder / "ignored.pcap")
    once(folder / "once.pcap")
    capture_ended(folder / "capture-ended.pcap")
    one_sided(folder / "one-sided.pcap")
    silent(folder / "silent.pcap")
    closed(folder / "port-closed.pcap")
    unreachable_once(folder / "unreachable.pcap")
    restarted(folder / "restarted.pcap")


class Pings:
    """The PBX asks its trunk once a minute."""

    def __init__(self, path: Path, *, until: float = float("inf"), hears: tuple[Agent, ...] = ()) -> None:
        self.wire = Recording(path=path, until=until, hears=hears)
        self.ping = Dialog(caller=PBX, callee=PROXY, uri=PROXY.contact_uri, name=f"{path.parent.name}-{path.stem}")

    def ask(self, *, answered: bool, after: float = 60) -> None:
        """One ping, with its answer or with all its repeats."""
        options = self.ping.request(PBX, "OPTIONS")
        self.wire.send(options, PBX, PROXY, after=after)
        if answered:
            self.wire.send(self.ping.reply(options, 200), PROXY, PBX, after=0.004)
        else:
            self.wire.repeat(options, PBX, PROXY, LADDER)


def down(path: Path) -> None:
    """The trunk answers once, and then never again."""
    pings = Pings(path)
    pings.ask(answered=True)
    for _ in range(3):
        pings.ask(answered=False)
    pings.wire.write()


def recovered(path: Path) -> None:
    """Two minutes of silence, then it is back."""
    pings = Pings(path)
    for answered in (True, False, False, True):
        pings.ask(answered=answered)
    pings.wire.write()


def missed(path: Path) -> None:
    """One question in vain between others that were answered: a note."""
    pings = Pings(path)
    for answered in (True, False, True):
        pings.ask(answered=answered)
    pings.wire.write()


def ignored(path: Path) -> None:
    """The trunk does not answer OPTIONS, and asks the PBX itself, which answers: it is there."""
    pings = Pings(path)
    back = Dialog(caller=PROXY, callee=PBX, uri=PBX.contact_uri, name=f"{pings.ping.name}-back")
    for _ in range(3):
        pings.ask(answered=False)
        options = back.request(PROXY, "OPTIONS")
        pings.wire.send(options, PROXY, PBX, after=40)
        pings.wire.send(back.reply(options, 200), PBX, PROXY, after=0.004)
    pings.wire.write()


def once(path: Path) -> None:
    """Somebody asks one time, and nobody is there: a note."""
    pings = Pings(path)
    pings.ask(answered=False)
    pings.wire.write()


def capture_ended(path: Path) -> None:
    """The recording ends one second after the question."""
    pings = Pings(path, until=121.2)
    pings.ask(answered=True)
    pings.ask(answered=False)
    pings.wire.write()


def closed(path: Path) -> None:
    """The trunk answers once; then its host says of every ping that nobody listens there."""
    pings = Pings(path)
    pings.ask(answered=True)
    for _ in range(3):
        pings.ask(answered=False)
    pings.wire.refuse_each(PROXY, 3, 3, pings.wire.packets[2:])
    pings.wire.wait(20)
    pings.wire.write()


def unreachable_once(path: Path) -> None:
    """Somebody asks one time, and a router says that there is no such host: a note."""
    pings = Pings(path)
    pings.ask(answered=False)
    pings.wire.refuse_each(Host(address="203.0.113.254"), 3, 1, pings.wire.packets[-1:], after=2.9)
    pings.wire.write()


def restarted(path: Path) -> None:
    """Two copies meet a closed port, the third a trunk that is up again."""
    pings = Pings(path)
    options = pings.ping.request(PBX, "OPTIONS")
    pings.wire.send(options, PBX, PROXY)
    pings.wire.send(options, PBX, PROXY, after=0.5)
    pings.wire.refuse_each(PROXY, 3, 3, pings.wire.packets)
    pings.wire.send(options, PBX, PROXY, after=1)
    pings.wire.send(pings.ping.reply(options, 200), PROXY, PBX, after=0.004)
    pings.ask(answered=True)
    pings.wire.write()


def one_sided(path: Path) -> None:
    """The trunk answers each time, and only the PBX was recorded."""
    pings = Pings(path, hears=(PBX,))
    for _ in range(3):
        pings.ask(answered=True)
    pings.wire.write()


def silent(path: Path) -> None:
    """The first copy is lost, the second is answered; another peer answers 503, which is an answer too."""
    pings = Pings(path)
    options = pings.ping.request(PBX, "OPTIONS")
    pings.wire.send(options, PBX, PROXY)
    pings.wire.send(options, PBX, PROXY, after=0.5)
    pings.wire.send(pings.ping.reply(options, 200), PROXY, PBX, after=0.004)
    other = Dialog(caller=PBX, callee=ALICE, uri=ALICE.contact_uri, name="options-unanswered-silent-other")
    options = other.request(PBX, "OPTIONS")
    pings.wire.send(options, PBX, ALICE, after=30)
    pings.wire.send(other.reply(options, 503), ALICE, PBX)
    pings.ask(answered=True)
    pings.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
