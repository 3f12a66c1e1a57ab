"""A phone behind a NAT: its mapping closes while it is silent, and requests to it are lost."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import PROXY, Agent, Dialog, Host, Message
from recording import LADDER, Recording

HOME = Agent(user="alice", address="192.0.2.10", display="Alice Moreau")
"""What the phone believes of itself."""
CONTACT = ("Contact", f"<{HOME.contact_uri}>")
PUBLIC = "203.0.113.77"
"""Where the NAT shows it."""


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    unreached(folder / "flow-expired.pcap")
    moved(folder / "moved.pcap")
    same_port(folder / "same-port.pcap")
    silent(folder / "silent.pcap")
    survived(folder / "survived.pcap")


class Nat:
    """The phone, the NAT before it, and the registrar, as the registrar sees them."""

    def __init__(self, path: Path) -> None:
        self.wire = Recording(path=path)
        name = f"{path.parent.name}-{path.stem}"
        self.binding = Dialog(caller=HOME, callee=HOME, uri="sip:example.com", name=name)
        self.ping = Dialog(caller=PROXY, callee=HOME, uri=f"sip:alice@{PUBLIC}:62001", name=f"{name}-ping")
        self.outside = Host(address=PUBLIC, port=62001)

    def register(self, *, after: float = 0.02, port: int = 0) -> None:
        """A REGISTER, and its 200."""
        self.outside = Host(address=PUBLIC, port=port or self.outside.port)
        request = self.binding.request(HOME, "REGISTER", CONTACT, ("Expires", "600"))
        self.wire.send(request, self.outside, PROXY, after=after)
        granted = ("Contact", f"<{HOME.contact_uri}>;expires=600")
        self.wire.send(self._received(self.binding.reply(request, 200, granted, by=PROXY)), PROXY, self.outside)

    def ask(self, *, after: float, answered: bool) -> None:
        """The registrar asks whether the phone is there."""
        options = self.ping.request(PROXY, "OPTIONS")
        self.wire.send(options, PROXY, self.outside, after=after)
        if answered:
            self.wire.send(self.ping.reply(options, 200), self.outside, PROXY)
        else:
            self.wire.repeat(options, PROXY, self.outside, LADDER)

    def _received(self, response: Message) -> Message:
        via = response.value("Via").partition(";rport=")[0]
        return response.changed("Via", f"{via};rport={self.outside.port};received={PUBLIC}")


def unreached(path: Path) -> None:
    """Half a minute of silence is survived, two minutes are not; the next REGISTER comes from another port."""
    nat = Nat(path)
    nat.register()
    nat.ask(after=30, answered=True)
    nat.ask(after=120, answered=False)
    nat.register(after=120, port=62050)
    nat.ask(after=20, answered=True)
    nat.wire.write()


def same_port(path: Path) -> None:
    """The NAT gives the same port again: only the questions in vain tell."""
    nat = Nat(path)
    nat.register()
    nat.ask(after=30, answered=True)
    nat.ask(after=120, answered=False)
    nat.register(after=120)
    nat.ask(after=20, answered=True)
    nat.wire.write()


def moved(path: Path) -> None:
    """Nobody asked meanwhile; the port has changed after five minutes of silence."""
    nat = Nat(path)
    nat.register()
    nat.register(after=300, port=62050)
    nat.register(after=300, port=62099)
    nat.wire.write()


def silent(path: Path) -> None:
    """Keep-alives every 25 s: the same port all the time."""
    nat = Nat(path)
    nat.register()
    for _ in range(4):
        nat.ask(after=25, answered=True)
    nat.register(after=25)
    nat.wire.write()


def survived(path: Path) -> None:
    """Two minutes were survived before, one minute was not: silence is not what killed it. The phone was away."""
    nat = Nat(path)
    nat.register()
    nat.ask(after=120, answered=True)
    nat.ask(after=60, answered=False)
    nat.register(after=120)
    nat.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
