"""Calls that their servers refuse: 403, 404, 488, 503, a challenge left unanswered; a refusal that costs nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import (
    ALICE,
    BOB,
    CAROL,
    PBX,
    PROXY,
    Agent,
    Dialog,
    ack_of_failure,
    challenge,
    forwarded,
    returned,
    sdp,
)
from recording import LADDER_OF_INVITE, TIMEOUT, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    barred = ("Warning", '399 pbx.example.net "International calls are not allowed for this line"')
    refused(folder / "call-failed.pcap", 403, barred)
    refused(folder / "404.pcap", 404)
    refused(folder / "488.pcap", 488, ("Warning", '305 pbx.example.net "Incompatible media format"'), longer=5)
    refused(folder / "503.pcap", 503, ("Retry-After", "120"), longer=5)
    refused(folder / "422-at-the-end.pcap", 422, ("Min-SE", "90"))
    refused(folder / "488-at-the-end.pcap", 488)
    refused(folder / "503-at-the-end.pcap", 503, ("Retry-After", "5"), longer=4)
    retried(folder / "retried.pcap")
    asked = ("Proxy-Authenticate", challenge("example.net", "call-failed"))
    refused(folder / "challenged.pcap", 407, asked, watched_for=8)
    refused(folder / "redirected.pcap", 302, ("Contact", "<sip:+12025550177@198.51.100.77:5060>"), watched_for=8)
    through_proxy(folder / "through-proxy.pcap")
    through_b2bua(folder / "through-b2bua.pcap")
    unanswered_behind(folder / "unanswered-behind.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path, code: int, *fields: tuple[str, str], watched_for: float = 0, longer: float = 0) -> None:
    """The PBX refuses with `code`, Alice acknowledges; the recorder may go on until her phone's next keepalive."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name=f"call-failed-{code}")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    wire.send(call.reply(invite, 100), PBX, ALICE)
    failure = call.reply(invite, code, *fields)
    wire.send(failure, PBX, ALICE, after=0.15)
    wire.send(ack_of_failure(invite, failure), ALICE, PBX)
    if watched_for:
        ping = Dialog(caller=ALICE, callee=PBX, name=f"call-failed-{code}-keepalive")
        options = ping.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, PBX, after=watched_for)
        wire.send(ping.reply(options, 200), PBX, ALICE)
    if longer:
        wire.go_on(longer)
    wire.write()


def retried(path: Path) -> None:
    """The PBX wants a longer session timer, and Alice's phone calls again with one."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="call-failed-retried")
    invite = call.request(ALICE, "INVITE", ("Session-Expires", "60"), body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    failure = call.reply(invite, 422, ("Min-SE", "90"))
    wire.send(failure, PBX, ALICE, after=0.15)
    wire.send(ack_of_failure(invite, failure), ALICE, PBX)
    again = call.request(ALICE, "INVITE", ("Session-Expires", "90"), ("Min-SE", "90"), body=sdp(ALICE))
    wire.send(again, ALICE, PBX)
    answer = call.reply(again, 200, body=sdp(PBX))
    wire.send(answer, PBX, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, PBX)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, PBX, after=9)
    wire.send(call.reply(bye, 200), PBX, ALICE)
    wire.write()


def through_proxy(path: Path) -> None:
    """The PBX behind the proxy does not know the number; the proxy passes its 404 on as it is."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=PBX, name="call-failed-through-proxy")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=PBX.contact_uri)
    wire.send(onward, PROXY, PBX, after=0.003)
    failure = call.reply(onward, 404, ("Reason", "Q.850;cause=1"))
    wire.send(failure, PBX, PROXY, after=0.08)
    wire.send(ack_of_failure(onward, failure), PROXY, PBX, after=0.002)
    wire.send(returned(failure), PROXY, ALICE, after=0.002)
    wire.send(ack_of_failure(invite, returned(failure)), ALICE, PROXY)
    wire.write()


def through_b2bua(path: Path) -> None:
    """Bob's phone refuses the codecs and says why; the B2BUA, under another Call-ID, passes on the code only."""
    wire = Recording(path=path)
    near = replace(PROXY, user="bob", software="Border 6.1")
    far = Agent(user="alice", domain="example.net", address=PROXY.address, software="Border 6.1")
    inner = Dialog(caller=ALICE, callee=near, name="call-failed-through-b2bua near")
    outer = Dialog(caller=far, callee=BOB, name="call-failed-through-b2bua far")
    asked = inner.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(asked, ALICE, near)
    wire.send(inner.reply(asked, 100), near, ALICE, after=0.002)
    onward = outer.request(far, "INVITE", ("X-CID", inner.call_id), body=sdp(far))
    wire.send(onward, far, BOB, after=0.004)
    why = (("Reason", "Q.850;cause=65"), ("Warning", '305 198.51.100.20 "Incompatible media format"'))
    failure = outer.reply(onward, 488, *why)
    wire.send(failure, BOB, far, after=0.05)
    wire.send(ack_of_failure(onward, failure), far, BOB, after=0.002)
    failure = inner.reply(asked, 488)
    wire.send(failure, near, ALICE, after=0.002)
    wire.send(ack_of_failure(asked, failure), ALICE, near)
    wire.go_on(5)
    wire.write()


def unanswered_behind(path: Path) -> None:
    """Bob's phone is gone; the proxy waits for it until Timer B runs out (RFC 3261, section 17.1.1.2) and says 408."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="call-failed-unanswered-behind")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(onward, PROXY, BOB, after=0.003)
    wire.repeat(onward, PROXY, BOB, LADDER_OF_INVITE)
    failure = call.reply(invite, 408, by=PROXY)
    wire.send(failure, PROXY, ALICE, after=TIMEOUT)
    wire.send(ack_of_failure(invite, failure), ALICE, PROXY)
    wire.write()


def silent(path: Path) -> None:
    """Bob's phone is out of service, so the proxy tries Carol, who answers: Alice never hears of the 503."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=CAROL, uri=BOB.uri, name="call-failed-silent")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE, after=0.002)
    to_bob = forwarded(invite, PROXY, to=BOB.contact_uri)
    wire.send(to_bob, PROXY, BOB, after=0.003)
    failure = call.reply(to_bob, 503, by=BOB)
    wire.send(failure, BOB, PROXY)
    wire.send(ack_of_failure(to_bob, failure), PROXY, BOB, after=0.002)
    to_carol = forwarded(invite, PROXY, to=CAROL.contact_uri)
    wire.send(to_carol, PROXY, CAROL, after=0.002)
    answer = call.reply(to_carol, 200, body=sdp(CAROL))
    wire.send(answer, CAROL, PROXY, after=4)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    wire.send(call.ack(answer), ALICE, CAROL)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, CAROL, after=20)
    wire.send(call.reply(bye, 200), CAROL, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
