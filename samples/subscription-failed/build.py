"""A phone asks for an event package that the server does not know: 489."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, challenge, credentials
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "subscription-failed.pcap")
    renewed(folder / "renewed.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """The server knows other events."""
    wire = Recording(path=path)
    watch = Dialog(caller=ALICE, callee=PBX, name="subscription-failed")
    subscribe = watch.request(ALICE, "SUBSCRIBE", ("Event", "line-seize"), ("Expires", "300"))
    wire.send(subscribe, ALICE, PBX)
    wire.send(watch.reply(subscribe, 489, ("Allow-Events", "dialog, message-summary, presence")), PBX, ALICE)
    wire.write()


def accepted(wire: Recording, watch: Dialog, *fields: tuple[str, str], after: float) -> None:
    """A SUBSCRIBE, its 200 and the first NOTIFY."""
    event = ("Event", "dialog")
    subscribe = watch.request(ALICE, "SUBSCRIBE", event, ("Expires", "300"), *fields)
    wire.send(subscribe, ALICE, PBX, after=after)
    wire.send(watch.reply(subscribe, 200, ("Expires", "300")), PBX, ALICE)
    notify = watch.request(PBX, "NOTIFY", event, ("Subscription-State", "active;expires=300"))
    wire.send(notify, PBX, ALICE)
    wire.send(watch.reply(notify, 200), ALICE, PBX)


def renewed(path: Path) -> None:
    """The PBX was restarted and knows nothing of the subscription (481); the phone makes a new one at once."""
    wire = Recording(path=path)
    watch = Dialog(caller=ALICE, callee=PBX, name="subscription-failed-old")
    accepted(wire, watch, after=0.018)
    refresh = watch.request(ALICE, "SUBSCRIBE", ("Event", "dialog"), ("Expires", "300"))
    wire.send(refresh, ALICE, PBX, after=240)
    wire.send(watch.reply(refresh, 481), PBX, ALICE)
    accepted(wire, Dialog(caller=ALICE, callee=PBX, name="subscription-failed-new"), after=0.03)
    wire.write()


def silent(path: Path) -> None:
    """A challenge and a too short interval on the way to a subscription."""
    wire = Recording(path=path)
    watch = Dialog(caller=ALICE, callee=PBX, name="subscription-failed-silent")
    event = ("Event", "dialog")
    subscribe = watch.request(ALICE, "SUBSCRIBE", event, ("Expires", "10"))
    wire.send(subscribe, ALICE, PBX)
    asked = challenge("example.net", "subscription-failed-silent")
    wire.send(watch.reply(subscribe, 401, ("WWW-Authenticate", asked)), PBX, ALICE)
    allowed = ("Authorization", credentials(ALICE, "made-up-4711", asked, "SUBSCRIBE", PBX.uri))
    subscribe = watch.request(ALICE, "SUBSCRIBE", event, ("Expires", "10"), allowed)
    wire.send(subscribe, ALICE, PBX)
    wire.send(watch.reply(subscribe, 423, ("Min-Expires", "60")), PBX, ALICE)
    accepted(wire, watch, allowed, after=0.02)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
