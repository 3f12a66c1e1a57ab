"""Bob rings, and then nothing more comes: no answer, no refusal, though the recording goes on for minutes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Dialog, Message, ack_of_failure, cancel, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    no_final(folder / "call-unfinished.pcap", 180, after=200)
    no_final(folder / "trying.pcap", 100, after=200)
    no_final(folder / "cut-off.pcap", 180, after=12)
    failure_withheld(folder / "failure-withheld.pcap")
    cancelled(folder / "cancel-unfinished.pcap")
    silent(folder / "silent.pcap")


def ringing(wire: Recording, call: Dialog, *codes: int) -> Message:
    """Alice's INVITE and the provisional responses of Bob."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    for code in codes:
        wire.send(call.reply(invite, code), BOB, ALICE, after=0.1)
    return invite


def keepalive(wire: Recording, name: str, *, after: float) -> None:
    """An OPTIONS and its 200: both hosts live, and the recorder still runs."""
    ping = Dialog(caller=ALICE, callee=BOB, name=f"{name}-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=after)
    wire.send(ping.reply(options, 200), BOB, ALICE)


def no_final(path: Path, code: int, *, after: float) -> None:
    """Bob says `code`, and never a final response."""
    wire = Recording(path=path)
    ringing(wire, Dialog(caller=ALICE, callee=BOB, name=path.stem), *{100: None, code: None})
    keepalive(wire, path.stem, after=after)
    wire.write()


def failure_withheld(path: Path) -> None:
    """Bob is busy; the proxy takes his 486 and tells Alice nothing."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="failure-withheld")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(onward, PROXY, BOB, after=0.004)
    rings = call.reply(onward, 180)
    wire.send(rings, BOB, PROXY, after=0.15)
    wire.send(returned(rings), PROXY, ALICE, after=0.002)
    busy = call.reply(onward, 486)
    wire.send(busy, BOB, PROXY, after=3)
    wire.send(ack_of_failure(onward, busy), PROXY, BOB)
    keepalive(wire, "failure-withheld", after=40)
    wire.write()


def cancelled(path: Path) -> None:
    """Alice gives up; Bob answers her CANCEL and sends no 487 to the INVITE, as elements of RFC 2543 did."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="cancel-unfinished")
    invite = ringing(wire, call, 100, 180)
    given_up = cancel(invite)
    wire.send(given_up, ALICE, BOB, after=8)
    wire.send(call.reply(given_up, 200), BOB, ALICE)
    keepalive(wire, "cancel-unfinished", after=40)
    wire.write()


def silent(path: Path) -> None:
    """Bob lets it ring for almost five minutes, says so every minute (section 13.3.1.1), and answers."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="call-unfinished-silent")
    invite = ringing(wire, call, 100, 180)
    for _ in range(4):
        wire.send(call.reply(invite, 180), BOB, ALICE, after=60)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=50)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=15)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    keepalive(wire, "silent", after=200)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
