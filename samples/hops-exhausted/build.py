"""Two proxies send the INVITE to each other, each sure that the other knows Bob, until its hops are used up."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Agent, Dialog, Message, ack_of_failure, forwarded, returned, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    looped(folder / "hops-exhausted.pcap")
    single_hop(folder / "exhausted.pcap", 483, hops=70)
    single_hop(folder / "loop-reported.pcap", 482, hops=70)
    too_few(folder / "too-few.pcap")
    silent(folder / "silent.pcap")


def invited(call: Dialog, *, hops: int) -> Message:
    """Alice's INVITE, which begins with so many hops."""
    return call.request(ALICE, "INVITE", body=sdp(ALICE)).changed("Max-Forwards", str(hops))


def refused(wire: Recording, call: Dialog, legs: list[tuple[Message, Agent, Agent]], code: int) -> None:
    """The last element refuses; each proxy on the way acknowledges, and passes the refusal back."""
    response = call.reply(legs[-1][0], code, by=legs[-1][2])
    for request, sender, receiver in reversed(legs):
        wire.send(response, receiver, sender, after=0.002)
        wire.send(ack_of_failure(request, response), sender, receiver, after=0.001)
        response = returned(response)


def relayed(wire: Recording, request: Message, path: tuple[Agent, ...]) -> list[tuple[Message, Agent, Agent]]:
    """`request` from element to element."""
    legs = []
    for sender, receiver in pairwise(path):
        if sender is not ALICE:
            request = forwarded(request, sender)
        wire.send(request, sender, receiver, after=0.003)
        legs.append((request, sender, receiver))
    return legs


def looped(path: Path) -> None:
    """The INVITE goes to and fro between the proxy and the PBX."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="hops-exhausted")
    circle = (ALICE, *(PROXY, PBX) * 7, PROXY)
    refused(wire, call, relayed(wire, invited(call, hops=14), circle), 483)
    wire.write()


def single_hop(path: Path, code: int, *, hops: int) -> None:
    """Recorded at Alice, who sees only the outcome."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"hops-exhausted-{path.stem}")
    refused(wire, call, relayed(wire, invited(call, hops=hops), (ALICE, PROXY)), code)
    wire.write()


def too_few(path: Path) -> None:
    """Alice's phone begins with a single hop, and there are two proxies on the way."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="hops-exhausted-too-few")
    refused(wire, call, relayed(wire, invited(call, hops=1), (ALICE, PROXY, PBX)), 483)
    wire.write()


def silent(path: Path) -> None:
    """Alice looks for the proxies on the way with OPTIONS; and a fork that comes together again at Bob."""
    wire = Recording(path=path)
    for hops in (0, 1):
        probe = Dialog(caller=ALICE, callee=BOB, name=f"hops-exhausted-silent-{hops}")
        options = probe.request(ALICE, "OPTIONS").changed("Max-Forwards", str(hops))
        wire.send(options, ALICE, PROXY, after=1)
        wire.send(probe.reply(options, 483, by=PROXY), PROXY, ALICE)
    call = Dialog(caller=ALICE, callee=BOB, name="hops-exhausted-silent-merged")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY, after=1)
    one = forwarded(invite, PROXY, to=BOB.contact_uri)
    two = forwarded(invite, PROXY, to=f"{BOB.contact_uri};line=2")
    wire.send(one, PROXY, BOB, after=0.003)
    wire.send(two, PROXY, BOB, after=0.001)
    merged = call.reply(two, 482)
    wire.send(merged, BOB, PROXY)
    wire.send(ack_of_failure(two, merged), PROXY, BOB, after=0.001)
    answer = call.reply(one, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=2)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=7)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
