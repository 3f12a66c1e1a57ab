"""Alice and Bob agree on a session timer, Bob forgets to refresh, and Alice hangs up in the middle of the talk."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Agent, Dialog, ack_of_failure, sdp
from recording import Recording

INTERVAL = 90.0
"""Seconds: the shortest that RFC 4028 allows."""
BYE_DUE = INTERVAL - INTERVAL / 3


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    not_refreshed(folder / "session-expired.pcap")
    refresh_failed(folder / "refresh-failed.pcap")
    overdue(folder / "overdue.pcap")
    outlived(folder / "outlived.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog) -> None:
    """Alice offers a session timer, and Bob takes it upon himself to refresh."""
    invite = call.request(
        ALICE, "INVITE", ("Supported", "timer"), ("Session-Expires", f"{INTERVAL:.0f}"), body=sdp(ALICE)
    )
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    agreed = ("Session-Expires", f"{INTERVAL:.0f};refresher=uas")
    answer = call.reply(invite, 200, ("Require", "timer"), agreed, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)


def hung_up(wire: Recording, call: Dialog, sender: Agent, *fields: tuple[str, str], after: float) -> None:
    """A BYE of `sender`, and the 200 to it."""
    peer = BOB if sender is ALICE else ALICE
    bye = call.request(sender, "BYE", *fields)
    wire.send(bye, sender, peer, after=after)
    wire.send(call.reply(bye, 200), peer, sender)


def keepalive(wire: Recording, *, after: float) -> None:
    """An OPTIONS and its 200: the recorder still runs."""
    ping = Dialog(caller=ALICE, callee=BOB, name="session-expired-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=after)
    wire.send(ping.reply(options, 200), BOB, ALICE)


def not_refreshed(path: Path) -> None:
    """Sixty seconds pass without a refresh, and Alice's phone does what section 10 wants."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="session-expired")
    set_up(wire, call)
    hung_up(wire, call, ALICE, after=BYE_DUE)
    wire.write()


def refresh_failed(path: Path) -> None:
    """Bob refreshes in time, Alice's side refuses it, and both wait for the end."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="session-expired-refresh-failed")
    set_up(wire, call)
    refresh = call.request(BOB, "INVITE", ("Session-Expires", f"{INTERVAL:.0f};refresher=uac"), body=sdp(BOB))
    wire.send(refresh, BOB, ALICE, after=INTERVAL / 2)
    refusal = call.reply(refresh, 500)
    wire.send(refusal, ALICE, BOB)
    wire.send(ack_of_failure(refresh, refusal), BOB, ALICE)
    reason = ("Reason", 'SIP;cause=408;text="Session timer expired"')
    hung_up(wire, call, BOB, reason, after=INTERVAL / 2)
    wire.write()


def overdue(path: Path) -> None:
    """Nobody refreshes, nobody hangs up: the call is gone, and no one was told."""
    wire = Recording(path=path)
    set_up(wire, Dialog(caller=ALICE, callee=BOB, name="session-expired-overdue"))
    keepalive(wire, after=INTERVAL + 60)
    wire.write()


def outlived(path: Path) -> None:
    """Nobody refreshes, and the talk goes on well beyond the interval: neither side minds its timer."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="session-expired-outlived")
    set_up(wire, call)
    hung_up(wire, call, ALICE, after=INTERVAL * 2)
    wire.write()


def silent(path: Path) -> None:
    """Bob refreshes twice by UPDATE, each time at half of the interval; then they hang up as people do."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="session-expired-silent")
    set_up(wire, call)
    for _ in range(2):
        agreed = ("Session-Expires", f"{INTERVAL:.0f};refresher=uac")
        refresh = call.request(BOB, "UPDATE", agreed)
        wire.send(refresh, BOB, ALICE, after=INTERVAL / 2)
        wire.send(call.reply(refresh, 200, agreed), ALICE, BOB)
    hung_up(wire, call, ALICE, after=42)
    call = Dialog(caller=ALICE, callee=BOB, name="session-expired-silent-short")
    set_up(wire, call)
    hung_up(wire, call, BOB, after=BYE_DUE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
