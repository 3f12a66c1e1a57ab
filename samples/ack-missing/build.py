"""Bob answers, and no ACK reaches him: he repeats his 200 for 32 seconds and hangs up."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, PROXY, Dialog, Host, Message, forwarded, returned, sdp
from recording import LADDER, TIMEOUT, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    never_acknowledged(folder / "ack-missing.pcap")
    never_acknowledged(folder / "cut-off.pcap", until=6.0)
    never_acknowledged(folder / "one-sided.pcap", until=20.0, hears=(BOB,))
    never_acknowledged(folder / "given-up.pcap", repeats=LADDER[:5])
    repeated(folder / "repeated.pcap")
    sent_elsewhere(folder / "sent-elsewhere.pcap")
    not_accepted(folder / "not-accepted.pcap")
    swallowed(folder / "swallowed.pcap")
    reinvite(folder / "reinvite.pcap")
    forked(folder / "forked.pcap")
    silent(folder / "silent.pcap")
    stopped(folder / "stopped.pcap")
    undelivered(folder / "answer-undelivered.pcap")
    astray(folder / "ack-undelivered.pcap")


def answered(wire: Recording, call: Dialog) -> Message:
    """Alice calls, the callee rings and answers after five seconds: the 200."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, call.callee)
    wire.send(call.reply(invite, 100), call.callee, ALICE)
    wire.send(call.reply(invite, 180), call.callee, ALICE, after=0.2)
    answer = call.reply(invite, 200, body=sdp(call.callee))
    wire.send(answer, call.callee, ALICE, after=5)
    return answer


def hung_up(wire: Recording, call: Dialog, by: Host, *, after: float) -> None:
    """A BYE by `by`, and the 200 to it."""
    sender, peer = (ALICE, call.callee) if by is ALICE else (call.callee, ALICE)
    bye = call.request(sender, "BYE")
    wire.send(bye, sender, peer, after=after)
    wire.send(call.reply(bye, 200), peer, sender)


def never_acknowledged(
    path: Path, *, repeats: tuple[float, ...] = LADDER, until: float = 60.0, hears: tuple[Host, ...] = ()
) -> None:
    """No ACK comes by; the recorder may see less than all of it."""
    wire = Recording(path=path, until=until, hears=hears)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-missing")
    answer = answered(wire, call)
    wire.repeat(answer, BOB, ALICE, repeats)
    hung_up(wire, call, BOB, after=TIMEOUT)
    wire.write()


def undelivered(path: Path) -> None:
    """Alice's port is closed by the time that Bob answers: her host says so of every 200."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-missing-undelivered")
    answer = answered(wire, call)
    before = len(wire.packets) - 1
    wire.repeat(answer, BOB, ALICE, LADDER)
    wire.refuse_each(ALICE, 3, 3, wire.packets[before:])
    hung_up(wire, call, BOB, after=TIMEOUT)
    wire.packets.pop()
    wire.write()


def astray(path: Path) -> None:
    """Bob's Contact names a port on which nobody listens: his own host refuses every ACK."""
    closed = Host(address=BOB.address, port=5070)
    bob = replace(BOB, reached_at=closed)
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=bob, name="ack-missing-refused")
    answer = answered(wire, call)
    before = len(wire.packets)
    wire.repeat(call.ack(answer), ALICE, closed, [0.018, *(time + 0.018 for time in LADDER)])
    wire.refuse_each(closed, 3, 3, wire.packets[before:])
    wire.repeat(answer, bob, ALICE, LADDER)
    hung_up(wire, call, bob, after=TIMEOUT)
    wire.write()


def repeated(path: Path) -> None:
    """The recorder was stopped eight seconds after the answer: no ACK until then, and no end of the ladder."""
    never_acknowledged(path, until=13.0)


def sent_elsewhere(path: Path) -> None:
    """Bob's Contact names his address behind a NAT: Alice acknowledges every 200, and every ACK goes astray."""
    lost = Host(address="10.0.0.20")
    bob = replace(BOB, reached_at=lost)
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=bob, name="sent-elsewhere")
    answer = answered(wire, call)
    wire.repeat(answer, bob, ALICE, LADDER)
    wire.repeat(call.ack(answer), ALICE, lost, [0.018, *(time + 0.018 for time in LADDER)])
    hung_up(wire, call, bob, after=TIMEOUT)
    wire.write()


def not_accepted(path: Path) -> None:
    """Every ACK comes to Bob, who is deaf to it and repeats his 200 to the end."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="not-accepted")
    answer = answered(wire, call)
    wire.repeat(answer, BOB, ALICE, LADDER)
    wire.repeat(call.ack(answer), ALICE, BOB, [0.018, *(time + 0.018 for time in LADDER)])
    hung_up(wire, call, BOB, after=TIMEOUT)
    wire.write()


def swallowed(path: Path) -> None:
    """Alice acknowledges to the proxy, which never sends the ACK on."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="swallowed")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(onward, PROXY, BOB, after=0.004)
    ringing = call.reply(onward, 180)
    wire.send(ringing, BOB, PROXY, after=0.2)
    wire.send(returned(ringing), PROXY, ALICE, after=0.002)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=5)
    back = returned(answer)
    wire.repeat(answer, BOB, PROXY, LADDER)
    wire.repeat(back, PROXY, ALICE, [0.002, *(time + 0.002 for time in LADDER)])
    wire.repeat(call.ack(answer), ALICE, PROXY, [0.02, *(time + 0.02 for time in LADDER)])
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, PROXY, after=TIMEOUT)
    onward = forwarded(bye, PROXY)
    wire.send(onward, PROXY, ALICE, after=0.002)
    gone = call.reply(onward, 200)
    wire.send(gone, ALICE, PROXY)
    wire.send(returned(gone), PROXY, BOB, after=0.002)
    wire.write()


def reinvite(path: Path) -> None:
    """The call is set up well; Alice puts Bob on hold, and the ACK of that second INVITE never comes."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="reinvite")
    wire.send(call.ack(answered(wire, call)), ALICE, BOB)
    hold = call.request(ALICE, "INVITE", body=sdp(ALICE, direction="sendonly", version=2))
    wire.send(hold, ALICE, BOB, after=12)
    held = call.reply(hold, 200, body=sdp(BOB, direction="recvonly", version=2))
    wire.send(held, BOB, ALICE)
    wire.repeat(held, BOB, ALICE, LADDER)
    hung_up(wire, call, BOB, after=TIMEOUT)
    wire.write()


def forked(path: Path) -> None:
    """Bob and Carol both answer; Alice acknowledges Bob's 200 only, and Carol gives up."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="forked")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    other = call.fork(CAROL)
    wire.send(invite, ALICE, PROXY)
    to_bob = forwarded(invite, PROXY, to=BOB.contact_uri)
    to_carol = forwarded(invite, PROXY, to=CAROL.contact_uri)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    wire.send(to_bob, PROXY, BOB, after=0.003)
    wire.send(to_carol, PROXY, CAROL, after=0.001)
    answer = call.reply(to_bob, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=3)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    second = other.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(second, CAROL, PROXY, after=0.01)
    wire.repeat(second, CAROL, PROXY, LADDER)
    wire.repeat(returned(second), PROXY, ALICE, [0.002, *(time + 0.002 for time in LADDER)])
    wire.send(call.ack(answer), ALICE, BOB, after=0.006)
    hung_up(wire, call, ALICE, after=20)
    hung_up(wire, other, CAROL, after=TIMEOUT - 20)
    wire.write()


def silent(path: Path) -> None:
    """The recorder lost the ACK of a 200 that was said three times: Bob's hold shows that he got it."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-missing-silent")
    answer = answered(wire, call)
    wire.repeat(answer, BOB, ALICE, LADDER[:2])
    hold = call.request(BOB, "INVITE", body=sdp(BOB, direction="sendonly", version=2))
    wire.send(hold, BOB, ALICE, after=9)
    held = call.reply(hold, 200, body=sdp(ALICE, direction="recvonly", version=2))
    wire.send(held, ALICE, BOB)
    wire.send(call.ack(held), BOB, ALICE)
    hung_up(wire, call, BOB, after=30)
    wire.write()


def stopped(path: Path) -> None:
    """The recorder lost the ACK of the third copy; Bob stops asking, which shows that he got it."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="ack-missing-stopped")
    answer = answered(wire, call)
    wire.repeat(answer, BOB, ALICE, LADDER[:2])
    ping = Dialog(caller=BOB, callee=ALICE, name="ack-missing-stopped-keepalive")
    options = ping.request(BOB, "OPTIONS")
    wire.send(options, BOB, ALICE, after=60)
    wire.send(ping.reply(options, 200), ALICE, BOB)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
