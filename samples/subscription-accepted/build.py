"""Alice watches Bob's line (dialog event): accepted, notified, refreshed and ended."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog
from recording import Recording


def build(folder: Path) -> None:
    """Write subscription-accepted.pcap."""
    wire = Recording(path=folder / "subscription-accepted.pcap")
    watch = Dialog(caller=ALICE, callee=PBX, name="subscription-accepted")
    event = ("Event", "dialog")

    def notified(state: str, *, after: float) -> None:
        notify = watch.request(PBX, "NOTIFY", event, ("Subscription-State", state))
        wire.send(notify, PBX, ALICE, after=after)
        wire.send(watch.reply(notify, 200), ALICE, PBX)

    for expires, pause in (("300", 0), ("300", 150), ("0", 60)):
        subscribe = watch.request(
            ALICE, "SUBSCRIBE", event, ("Expires", expires), ("Accept", "application/dialog-info+xml")
        )
        wire.send(subscribe, ALICE, PBX, after=pause + 0.018)
        wire.send(watch.reply(subscribe, 200, ("Expires", expires)), PBX, ALICE)
        notified("terminated;reason=timeout" if expires == "0" else f"active;expires={expires}", after=0.02)
        if not pause:
            notified("active;expires=240", after=60)  # Bob's line rings
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
