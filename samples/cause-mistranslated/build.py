"""Bob is busy, and what Alice hears of it is something else; and failures whose translation is right."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PBX, PROXY, Agent, Dialog, Fields, ack_of_failure, forwarded, returned, sdp
from recording import Recording

NEAR = replace(PROXY, user="bob", software="Border 6.1")
"""The B2BUA as Alice sees it: the one that answers for Bob."""
FAR = Agent(user="alice", domain="example.net", display="Alice Moreau", address="203.0.113.5", software="Border 6.1")
"""The B2BUA as Bob sees it: the one that calls for Alice."""
ASKS: Fields = (("Session-ID", f"a1b2c3d4e5f60718293a4b5c6d7e8f90;remote={'0' * 32}"),)


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    translated(folder / "cause-mistranslated.pcap", 486, 503, said=q850(17), told=q850(34))
    translated(folder / "number-as-network.pcap", 404, 500)
    translated(folder / "cause-changed.pcap", 503, 503, said=q850(34), told=q850(17))
    contradicted(folder / "contradicted.pcap", 503, q850(17))
    contradicted(folder / "vendor-deviation.pcap", 503, q850(21))
    translated(folder / "silent.pcap", 600, 486, said=q850(17), told=q850(17))
    translated(folder / "silent-ambiguous.pcap", 480, 503, said=q850(31))
    through_proxy(folder / "silent-proxy.pcap")


def q850(cause: int) -> Fields:
    """A Reason header field."""
    return (("Reason", f"Q.850;cause={cause}"),)


def translated(path: Path, code: int, made: int, *, said: Fields = (), told: Fields = ()) -> None:
    """Bob's phone says `code`, and the B2BUA makes `made` of it towards Alice."""
    wire = Recording(path=path)
    inner = Dialog(caller=ALICE, callee=NEAR, name=f"{path.name} near")
    outer = Dialog(caller=FAR, callee=BOB, name=f"{path.name} far")
    asked = inner.request(ALICE, "INVITE", *ASKS, body=sdp(ALICE))
    wire.send(asked, ALICE, NEAR)
    wire.send(inner.reply(asked, 100), NEAR, ALICE, after=0.002)
    onward = outer.request(FAR, "INVITE", *ASKS, body=sdp(FAR))
    wire.send(onward, FAR, BOB, after=0.004)
    failure = outer.reply(onward, code, *said)
    wire.send(failure, BOB, FAR, after=0.2)
    wire.send(ack_of_failure(onward, failure), FAR, BOB, after=0.002)
    failure = inner.reply(asked, made, *told)
    wire.send(failure, NEAR, ALICE, after=0.002)
    wire.send(ack_of_failure(asked, failure), ALICE, NEAR)
    wire.write()


def contradicted(path: Path, code: int, reason: Fields) -> None:
    """The PBX sends a code and a cause."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=path.name)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    wire.send(call.reply(invite, 100), PBX, ALICE)
    failure = call.reply(invite, code, *reason)
    wire.send(failure, PBX, ALICE, after=0.15)
    wire.send(ack_of_failure(invite, failure), ALICE, PBX)
    wire.write()


def through_proxy(path: Path) -> None:
    """The first branch is busy, the second broken: the proxy has to choose one of the two (RFC 3261, section 16.7)."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, uri=BOB.uri, name=path.name)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    failures = []
    for target, code in ((BOB, 486), (PBX, 503)):
        branch = forwarded(invite, PROXY, to=target.contact_uri)
        wire.send(branch, PROXY, target, after=0.003)
        failures.append(call.reply(branch, code, by=target))
        wire.send(failures[-1], target, PROXY)
        wire.send(ack_of_failure(branch, failures[-1]), PROXY, target, after=0.002)
    failure = returned(failures[-1])
    wire.send(failure, PROXY, ALICE, after=0.002)
    wire.send(ack_of_failure(invite, failure), ALICE, PROXY)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
