"""Alice hangs up, and nobody answers her BYE: Bob may still be in the call."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Agent, Dialog, Message, forwarded, sdp
from proxied_call import through_proxy
from recording import LADDER, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    unanswered(folder / "bye-unanswered.pcap", LADDER)
    unanswered(folder / "cut-off.pcap", LADDER[:1])
    unanswered(folder / "repeated.pcap", LADDER[:5])
    answer_lost(folder / "answer-lost.pcap")
    behind_proxy(folder / "behind-proxy.pcap")
    crossed(folder / "crossed.pcap")
    unrepeated(folder / "unrepeated.pcap")
    crashed(folder / "undelivered.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog) -> Message:
    """Alice calls Bob, who answers after two seconds: the INVITE."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)
    return invite


def unanswered(path: Path, repeats: tuple[float, ...]) -> None:
    """Alice's BYE is said again at `repeats`, and nothing comes back."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"bye-unanswered-{path.stem}")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.repeat(bye, ALICE, BOB, repeats)
    wire.write()


def crashed(path: Path) -> None:
    """Bob's phone has crashed: his host says of each BYE that nobody listens."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"bye-unanswered-{path.stem}")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    before = len(wire.packets) - 1
    wire.repeat(bye, ALICE, BOB, LADDER[:4])
    wire.refuse_each(BOB, 3, 3, wire.packets[before:])
    wire.write()


def relayed(wire: Recording, call: Dialog, sender: Agent) -> tuple[Message, Message]:
    """A BYE of `sender` to the proxy, and from there on."""
    bye = call.request(sender, "BYE")
    peer = BOB if sender is ALICE else ALICE
    onward = forwarded(bye, PROXY)
    wire.send(bye, sender, PROXY, after=15)
    wire.send(onward, PROXY, peer, after=0.002)
    return bye, onward


def answer_lost(path: Path) -> None:
    """Bob answers the proxy; the proxy's 200 never comes to Alice, who asks to the end."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-answer-lost")
    through_proxy(wire, call)
    bye, onward = relayed(wire, call, ALICE)
    wire.send(call.reply(onward, 200), BOB, PROXY)
    wire.repeat(bye, ALICE, PROXY, LADDER)
    wire.write()


def behind_proxy(path: Path) -> None:
    """The proxy passes the BYE on, and Alice, who has gone, answers it nowhere: one finding for two hops."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-behind-proxy")
    through_proxy(wire, call)
    bye, onward = relayed(wire, call, BOB)
    wire.repeat(bye, BOB, PROXY, LADDER)
    wire.repeat(onward, PROXY, ALICE, [time + 0.1 for time in LADDER])
    wire.write()


def crossed(path: Path) -> None:
    """Both hang up at once; Alice answers Bob's BYE, and the answer to hers is never seen."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-crossed")
    set_up(wire, call)
    ours, theirs = call.request(ALICE, "BYE"), call.request(BOB, "BYE")
    wire.send(ours, ALICE, BOB, after=20)
    wire.send(theirs, BOB, ALICE, after=0.005)
    wire.send(call.reply(theirs, 200), ALICE, BOB)
    wire.repeat(ours, ALICE, BOB, LADDER[:6])
    wire.wait(20)
    ping = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


def unrepeated(path: Path) -> None:
    """Alice says BYE once and is content: an answer came that the recorder missed, or her phone does not ask again."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-unrepeated")
    set_up(wire, call)
    wire.send(call.request(ALICE, "BYE"), ALICE, BOB, after=20)
    ping = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-unrepeated-keepalive")
    options = ping.request(ALICE, "OPTIONS")
    wire.send(options, ALICE, BOB, after=45)
    wire.send(ping.reply(options, 200), BOB, ALICE)
    wire.write()


def silent(path: Path) -> None:
    """The BYE is lost three times and answered then; the recording goes on."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="bye-unanswered-silent")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=20)
    wire.repeat(bye, ALICE, BOB, LADDER[:3])
    wire.send(call.reply(bye, 200), BOB, ALICE, after=3.52)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
