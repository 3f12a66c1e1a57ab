"""Alice hangs up in the very moment in which Bob picks up: her CANCEL and his 200 cross."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import (
    ALICE,
    BOB,
    CAROL,
    PROXY,
    Agent,
    Dialog,
    Message,
    ack_of_failure,
    cancel,
    forwarded,
    returned,
    sdp,
)
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    crossing(folder / "cancel-crossed-answer.pcap", bye_after=0)
    crossing(folder / "crossed.pcap", bye_after=0.05)
    crossing(folder / "cut-off.pcap", bye_after=0, until=12.0)
    after_ack(folder / "after-ack.pcap")
    not_heeded(folder / "not-heeded.pcap")
    relayed(folder / "relayed.pcap")
    silent(folder / "silent.pcap")
    forked(folder / "forked.pcap")


def ringing(wire: Recording, call: Dialog) -> Message:
    """Alice calls, Bob's phone rings for six seconds: the INVITE."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    wire.wait(6)
    return invite


def ended(wire: Recording, call: Dialog, *, after: float) -> None:
    """Alice hangs up."""
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=after)
    wire.send(call.reply(bye, 200), BOB, ALICE)


def keepalive(wire: Recording, name: str) -> None:
    """The recorder goes on: Bob's phone is still there after a while."""
    ping = Dialog(caller=ALICE, callee=BOB, name=f"{name}-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=45)
    wire.send(ping.reply(options, 200), BOB, ALICE)


def crossing(path: Path, *, bye_after: float, until: float = 90.0) -> None:
    """The CANCEL is 8 ms older than the 200; a caller that forgets the call acknowledges and says no more."""
    wire = Recording(path=path, until=until)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = ringing(wire, call)
    given_up, answer = cancel(invite), call.reply(invite, 200, body=sdp(BOB))
    wire.send(given_up, ALICE, BOB)
    wire.send(answer, BOB, ALICE, after=0.008)
    wire.send(call.ack(answer), ALICE, BOB)
    wire.send(call.reply(given_up, 200), BOB, ALICE, after=0.002)
    if bye_after:
        ended(wire, call, after=bye_after)
    else:
        keepalive(wire, path.stem)
    wire.write()


def after_ack(path: Path) -> None:
    """Alice's phone sends its CANCEL after its ACK, is told that there is nothing to cancel, and sends BYE."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = ringing(wire, call)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE)
    wire.send(call.ack(answer), ALICE, BOB)
    late = cancel(invite)
    wire.send(late, ALICE, BOB, after=0.3)
    wire.send(call.reply(late, 481), BOB, ALICE)
    ended(wire, call, after=0.1)
    wire.write()


def not_heeded(path: Path) -> None:
    """Bob's phone takes the CANCEL in, rings on, and answers three seconds later."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = ringing(wire, call)
    given_up = cancel(invite)
    wire.send(given_up, ALICE, BOB)
    wire.send(call.reply(given_up, 200), BOB, ALICE)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=3)
    wire.send(call.ack(answer), ALICE, BOB)
    ended(wire, call, after=0.02)
    wire.write()


def relayed(path: Path) -> None:
    """Recorded between proxy and Bob only: the proxy's CANCEL crosses the 200, and the call goes on."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    onward = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(onward, PROXY, BOB)
    wire.send(call.reply(onward, 180), BOB, PROXY)
    given_up = cancel(onward)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(given_up, PROXY, BOB, after=8)
    wire.send(answer, BOB, PROXY, after=0.008)
    wire.send(call.reply(given_up, 200), BOB, PROXY, after=0.004)
    wire.send(forwarded(call.ack(answer), PROXY), PROXY, BOB)
    keepalive(wire, path.stem)
    wire.write()


def silent(path: Path) -> None:
    """Alice gives up in time: 200 to the CANCEL, 487 to the INVITE."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = ringing(wire, call)
    given_up = cancel(invite)
    wire.send(given_up, ALICE, BOB)
    wire.send(call.reply(given_up, 200), BOB, ALICE)
    failure = call.reply(invite, 487)
    wire.send(failure, BOB, ALICE)
    wire.send(ack_of_failure(invite, failure), ALICE, BOB)
    wire.write()


def forked(path: Path) -> None:
    """Bob answers, the proxy cancels the branch to Carol, who is quicker: her 200 crosses, and gets its BYE."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    other = call.fork(CAROL)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE)
    to_bob, to_carol = (forwarded(invite, PROXY, to=each.contact_uri, record_route=True) for each in (BOB, CAROL))
    wire.send(to_bob, PROXY, BOB)
    wire.send(to_carol, PROXY, CAROL, after=0.001)
    answer, surplus = call.reply(to_bob, 200, body=sdp(BOB)), other.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(answer, BOB, PROXY, after=5)
    wire.send(returned(answer), PROXY, ALICE, after=0.001)
    given_up = cancel(to_carol)
    wire.send(given_up, PROXY, CAROL, after=0.001)
    wire.send(surplus, CAROL, PROXY, after=0.004)
    wire.send(returned(surplus), PROXY, ALICE, after=0.001)
    wire.send(other.reply(given_up, 200), CAROL, PROXY, after=0.001)
    for dialog, twoxx, callee in ((call, answer, BOB), (other, surplus, CAROL)):
        dialog.confirmed = returned(twoxx)
        ack = dialog.ack(returned(twoxx))
        wire.send(ack, ALICE, PROXY)
        wire.send(forwarded(ack, PROXY), PROXY, callee, after=0.001)
    hung_up(wire, other, CAROL, after=0.02)
    hung_up(wire, call, BOB, after=12)
    wire.write()


def hung_up(wire: Recording, dialog: Dialog, callee: Agent, *, after: float) -> None:
    """Alice's BYE by way of the proxy."""
    dialog.cseq = {ALICE.user: 1}
    bye = dialog.request(ALICE, "BYE")
    onward = forwarded(bye, PROXY)
    wire.send(bye, ALICE, PROXY, after=after)
    wire.send(onward, PROXY, callee, after=0.001)
    done = dialog.reply(onward, 200)
    wire.send(done, callee, PROXY)
    wire.send(returned(done), PROXY, ALICE, after=0.001)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
