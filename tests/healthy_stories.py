"""Healthy conversations of every kind that look like trouble at some moment: nothing in them deserves a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scapy.layers.inet import UDP
from scapy.packet import Raw

from conversation import (
    ALICE,
    BOB,
    CAROL,
    PBX,
    PROXY,
    REASONS,
    Agent,
    Dialog,
    Host,
    Message,
    ack_of_failure,
    cancel,
    challenge,
    credentials,
    forwarded,
    returned,
    sdp,
    token,
)
from recording import Connection, Recording

REASONS |= {
    484: "Address Incomplete",
    181: "Call Is Being Forwarded",
    182: "Queued",
    202: "Accepted",
    412: "Conditional Request Failed",
    603: "Decline",
}

Story = Callable[[Recording], None]
STORIES: dict[str, Story] = {}


def story(tell: Story) -> Story:
    """List a story under its name."""
    STORIES[tell.__name__.replace("_", "-")] = tell
    return tell


@dataclass(kw_only=True)
class Talk:
    """A dialog between two hosts that speak to each other directly."""

    wire: Recording
    call: Dialog

    def ask(self, sender: Agent, method: str, *fields: tuple[str, str], body: str = "", after: float = 0.02) -> Message:
        """The next request of `sender`, sent to the other side."""
        message = self.call.request(sender, method, *fields, body=body)
        self.wire.send(message, sender, self.other(sender), after=after)
        return message

    def say(
        self, request: Message, code: int, *fields: tuple[str, str], body: str = "", after: float = 0.02
    ) -> Message:
        """The response to a request, sent back; a failure of an INVITE is acknowledged."""
        response = self.call.reply(request, code, *fields, body=body)
        asked = self.call.caller if f"tag={self.call.caller_tag}" in request.value("From") else self.call.callee
        self.wire.send(response, self.other(asked), asked, after=after)
        if code >= 300 and request.method == "INVITE":
            self.wire.send(ack_of_failure(request, response), asked, self.other(asked))
        return response

    def ack(self, answer: Message, *, after: float = 0.02, body: str = "") -> Message:
        """The ACK of a 2xx."""
        message = self.call.ack(answer)
        if body:
            message = replace(message, body=body, fields=(*message.fields, ("Content-Type", "application/sdp")))
        sender = self.call.caller if f"tag={self.call.caller_tag}" in message.value("From") else self.call.callee
        self.wire.send(message, sender, self.other(sender), after=after)
        return message

    def done(self, sender: Agent, method: str, *fields: tuple[str, str], code: int = 200, **more: object) -> Message:
        """A request and its response."""
        body, after = str(more.get("body", "")), float(str(more.get("after", 0.5)))
        request = self.ask(sender, method, *fields, body=body, after=after)
        self.say(request, code)
        return request

    def answered(self, *, ringing: float = 2.0, offer: bool = True) -> Message:
        """INVITE, 100, 180, 200, ACK."""
        invite = self.ask(self.call.caller, "INVITE", body=sdp(self.call.caller) if offer else "")
        self.say(invite, 100)
        self.say(invite, 180, after=0.1)
        answer = self.say(invite, 200, body=sdp(self.call.callee), after=ringing)
        self.ack(answer, body="" if offer else sdp(self.call.caller))
        return answer

    def hung_up(self, by: Agent | None = None, *, after: float = 8.0) -> None:
        """BYE and 200."""
        self.done(by or self.call.caller, "BYE", after=after)

    def other(self, agent: Agent) -> Agent:
        """The other side."""
        return self.call.callee if agent is self.call.caller else self.call.caller


def talk(wire: Recording, name: str, caller: Agent = ALICE, callee: Agent = BOB, **more: str) -> Talk:
    """A dialog that has not begun."""
    return Talk(wire=wire, call=Dialog(caller=caller, callee=callee, name=name, **more))


@story
def plain(wire: Recording) -> None:
    """The callee hangs up."""
    one = talk(wire, "plain")
    one.answered()
    one.hung_up(BOB)


@story
def late_offer(wire: Recording) -> None:
    """The offer stands in the 200, the answer in the ACK."""
    one = talk(wire, "late-offer")
    one.answered(offer=False)
    one.hung_up()


@story
def reliable_provisional(wire: Recording) -> None:
    """183 with the answer, said twice because PRACK took its time; then 180 and 200, both without."""
    one = talk(wire, "prack")
    invite = one.ask(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    one.say(invite, 100)
    early = one.say(invite, 183, ("Require", "100rel"), ("RSeq", "101"), body=sdp(BOB), after=0.2)
    wire.repeat(early, BOB, ALICE, [0.5])
    one.call.confirmed = early
    prack = one.call.request(ALICE, "PRACK", ("RAck", f"101 {invite.cseq} INVITE"))
    wire.send(prack, ALICE, BOB, after=0.6)
    one.say(prack, 200)
    ringing = one.say(invite, 180, ("Require", "100rel"), ("RSeq", "102"), after=1)
    prack = one.call.request(ALICE, "PRACK", ("RAck", f"102 {invite.cseq} INVITE"))
    wire.send(prack, ALICE, BOB)
    one.say(prack, 200)
    assert ringing
    one.ack(one.say(invite, 200, after=4))
    one.hung_up()


@story
def glare(wire: Recording) -> None:
    """Both change the call at once, both get 491, and each comes back after its own time."""
    one = talk(wire, "glare")
    one.answered()
    wire.wait(5)
    mine = one.call.request(ALICE, "INVITE", body=sdp(ALICE, version=2))
    theirs = one.call.request(BOB, "INVITE", body=sdp(BOB, version=2))
    wire.send(mine, ALICE, BOB)
    wire.send(theirs, BOB, ALICE, after=0.005)
    one.say(mine, 491)
    one.say(theirs, 491)
    again = one.ask(BOB, "INVITE", body=sdp(BOB, version=2), after=1.2)
    one.ack(one.say(again, 200, body=sdp(ALICE, version=2)))
    again = one.ask(ALICE, "INVITE", body=sdp(ALICE, version=3), after=1.5)
    one.ack(one.say(again, 200, body=sdp(BOB, version=3)))
    one.hung_up()


@story
def hold_and_resume(wire: Recording) -> None:
    """Either side holds, in both ways that there are, and takes the call up again."""
    one = talk(wire, "hold")
    one.answered()
    for number, (holder, direction, answer) in enumerate(
        ((ALICE, "sendonly", "recvonly"), (ALICE, "sendrecv", "sendrecv"), (BOB, "inactive", "inactive")), 2
    ):
        other = one.other(holder)
        change = one.ask(holder, "INVITE", body=sdp(holder, direction=direction, version=number), after=6)
        one.say(change, 100)
        one.ack(one.say(change, 200, body=sdp(other, direction=answer, version=number)))
    body = sdp(BOB, version=9).replace(f"IN IP4 {BOB.address}\r\nt=", "IN IP4 0.0.0.0\r\nt=")
    change = one.ask(BOB, "INVITE", body=body, after=3)
    one.ack(one.say(change, 200, body=sdp(ALICE, version=9)))
    one.hung_up()


@story
def attended_transfer(wire: Recording) -> None:
    """Alice talks to Bob, asks Carol, and connects the two: REFER with Replaces."""
    first = talk(wire, "transfer")
    first.answered()
    second = talk(wire, "consult", ALICE, CAROL)
    second.answered()
    replaces = f"{second.call.call_id}%3Bto-tag%3D{second.call.tag_of(CAROL)}%3Bfrom-tag%3D{second.call.caller_tag}"
    refer = first.ask(ALICE, "REFER", ("Refer-To", f"<{CAROL.contact_uri}?Replaces={replaces}>"), after=3)
    first.say(refer, 202)
    progress = (("Event", "refer"), ("Content-Type", "message/sipfrag"))
    first.done(BOB, "NOTIFY", *progress, ("Subscription-State", "active;expires=60"), body="SIP/2.0 100 Trying\r\n")
    third = talk(wire, "replacing", BOB, CAROL)
    value = f"{second.call.call_id};to-tag={second.call.tag_of(CAROL)};from-tag={second.call.caller_tag}"
    invite = third.ask(BOB, "INVITE", ("Replaces", value), body=sdp(BOB))
    third.ack(third.say(invite, 200, body=sdp(CAROL)))
    second.hung_up(CAROL, after=0.1)
    done = ("Subscription-State", "terminated;reason=noresource")
    first.done(BOB, "NOTIFY", *progress, done, body="SIP/2.0 200 OK\r\n")
    first.hung_up(ALICE, after=0.2)
    third.hung_up(BOB)


@story
def pings_both_ways(wire: Recording) -> None:
    """OPTIONS every few seconds, answered with 200 or, as some do, with 404 or 405."""
    for number in range(6):
        for caller, callee, code in ((PBX, PROXY, 200), (PROXY, PBX, (200, 404, 405)[number % 3])):
            one = talk(wire, f"ping-{number}-{caller.user}", caller, callee)
            one.done(caller, "OPTIONS", code=code, after=5)


@story
def session_timer(wire: Recording) -> None:
    """The refresher keeps the session alive by UPDATE, once by re-INVITE."""
    one = talk(wire, "timer")
    timer = ("Session-Expires", "90;refresher=uac")
    invite = one.ask(ALICE, "INVITE", ("Supported", "timer"), ("Session-Expires", "90"), body=sdp(ALICE))
    one.say(invite, 180)
    one.ack(one.say(invite, 200, timer, ("Require", "timer"), body=sdp(BOB), after=2))
    for _ in range(3):
        update = one.ask(ALICE, "UPDATE", timer, ("Supported", "timer"), after=45)
        one.say(update, 200, timer)
    again = one.ask(ALICE, "INVITE", timer, body=sdp(ALICE), after=45)
    one.ack(one.say(again, 200, timer, body=sdp(BOB)))
    one.hung_up(after=60)


@story
def nat_keepalives(wire: Recording) -> None:
    """Double CRLF and single bytes in between, over UDP."""
    one = talk(wire, "keepalive")
    one.answered()
    for data in (b"\r\n\r\n", b"\0", b"\0\0\0\0", b"\r\n"):
        wire.wait(2)
        wire.add(ALICE, BOB, UDP(sport=ALICE.port, dport=BOB.port) / Raw(data))
    one.hung_up()


def through(wire: Recording, hops: list[Host], message: Message, *, proxies: list[Agent]) -> list[Message]:
    """A request from hop to hop; gives it as each receiver has it."""
    sent = [message]
    wire.send(message, hops[0], hops[1])
    for at, proxy in enumerate(proxies, 1):
        message = forwarded(message, proxy, to=message.uri, record_route=message.method == "INVITE")
        wire.send(message, hops[at], hops[at + 1], after=0.003)
        sent.append(message)
    return sent


def back(wire: Recording, hops: list[Host], response: Message, *, after: float = 0.02) -> None:
    """A response the same way back."""
    for at in range(len(hops) - 1, 0, -1):
        wire.send(response, hops[at], hops[at - 1], after=after if at == len(hops) - 1 else 0.003)
        if at > 1:
            response = returned(response)


@story
def spiral(wire: Recording) -> None:
    """The proxy resolves an alias and sends the INVITE to itself before it goes out: once more, with another URI."""
    call = Dialog(caller=ALICE, callee=BOB, name="spiral", uri="sip:support@example.net")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    trying = call.reply(invite, 100, by=PROXY)
    wire.send(trying, PROXY, ALICE)
    inner = Agent(user="inner", domain="example.net", address="203.0.113.6", software="Edge Proxy 5.7.4")
    first = forwarded(invite, PROXY, to=BOB.uri, record_route=True)
    wire.send(first, PROXY, inner)
    second = forwarded(first, inner, to=f"sip:bob@{PROXY.sent_by}")
    wire.send(second, inner, PROXY)
    third = forwarded(second, PROXY, to=BOB.contact_uri)
    wire.send(third, PROXY, BOB)
    hops: list[Host] = [ALICE, PROXY, inner, PROXY, BOB]
    back(wire, hops, call.reply(third, 180), after=0.1)
    answer = call.reply(third, 200, body=sdp(BOB))
    back(wire, hops, answer, after=2)
    for method in ("ACK", "BYE"):
        request = call.ack(answer) if method == "ACK" else call.request(ALICE, "BYE")
        wire.send(request, ALICE, PROXY, after=0.1 if method == "ACK" else 9)
        onward = forwarded(request, PROXY)
        wire.send(onward, PROXY, BOB)
        if method == "BYE":
            back(wire, [ALICE, PROXY, BOB], call.reply(onward, 200))


@dataclass(kw_only=True)
class SameCallId(Dialog):
    """A dialog under the Call-ID of another one."""

    first: str

    @property
    def call_id(self) -> str:
        """That of the first leg."""
        return f"{token('call', self.first)}@{ALICE.address}"


@story
def b2bua_with_one_call_id(wire: Recording) -> None:
    """An SBC keeps the Call-ID and gives its far side tags, branch and CSeq of its own."""
    near = talk(wire, "one-call-id", ALICE, PBX)
    far = Talk(wire=wire, call=SameCallId(caller=PBX, callee=BOB, name="far", first="one-call-id"))
    invite = near.ask(ALICE, "INVITE", body=sdp(ALICE))
    near.say(invite, 100)
    onward = far.ask(PBX, "INVITE", body=sdp(PBX))
    far.say(onward, 100)
    far.say(onward, 180, after=0.2)
    near.say(invite, 180)
    far.ack(far.say(onward, 200, body=sdp(BOB), after=3))
    near.ack(near.say(invite, 200, body=sdp(PBX)))
    bye = near.ask(ALICE, "BYE", after=12)
    near.say(bye, 200)
    far.done(PBX, "BYE", after=0.01)


@story
def b2bua_that_tries_two(wire: Recording) -> None:
    """The SBC with one Call-ID is refused by the first carrier and served by the second."""
    near = talk(wire, "two-carriers", ALICE, PBX)
    invite = near.ask(ALICE, "INVITE", body=sdp(ALICE))
    near.say(invite, 100)
    first = Talk(wire=wire, call=SameCallId(caller=PBX, callee=CAROL, name="far-1", first="two-carriers"))
    first.say(first.ask(PBX, "INVITE", body=sdp(PBX)), 503)
    second = Talk(wire=wire, call=SameCallId(caller=PBX, callee=BOB, name="far-2", first="two-carriers"))
    onward = second.ask(PBX, "INVITE", body=sdp(PBX))
    second.say(onward, 180, after=0.3)
    near.say(invite, 180)
    second.ack(second.say(onward, 200, body=sdp(BOB), after=2))
    near.ack(near.say(invite, 200, body=sdp(PBX)))
    near.hung_up()
    second.done(PBX, "BYE", after=0.01)


@story
def redirected(wire: Recording) -> None:
    """A 302 that is followed."""
    first = talk(wire, "moved", ALICE, PROXY)
    invite = first.ask(ALICE, "INVITE", body=sdp(ALICE))
    first.say(invite, 302, ("Contact", f"<{BOB.contact_uri}>"))
    second = talk(wire, "moved", uri=BOB.contact_uri)
    second.call.cseq[ALICE.user] = invite.cseq
    second.answered()
    second.hung_up()


@story
def challenged_twice(wire: Recording) -> None:
    """The proxy asks with 407, the callee behind it with 401, and the call goes on with both answers."""
    one = talk(wire, "twice", ALICE, PBX)
    given: list[tuple[str, str]] = []
    for code, asking, answering in (
        (407, "Proxy-Authenticate", "Proxy-Authorization"),
        (401, "WWW-Authenticate", "Authorization"),
    ):
        invite = one.ask(ALICE, "INVITE", *given, body=sdp(ALICE))
        asked = challenge(f"{code}.example.com", f"twice-{code}")
        one.say(invite, code, (asking, asked))
        given.append((answering, credentials(ALICE, "secret", asked, "INVITE", invite.uri)))
    invite = one.ask(ALICE, "INVITE", *given, body=sdp(ALICE))
    one.say(invite, 180, after=0.2)
    one.ack(one.say(invite, 200, body=sdp(PBX), after=2))
    one.hung_up()


@story
def message_and_publish(wire: Recording) -> None:
    """A text, a state that is published, refreshed after a 412, and removed."""
    talk(wire, "text").done(ALICE, "MESSAGE", ("Content-Type", "text/plain"), body="Lunch?")
    state = talk(wire, "state", ALICE, PBX)
    event = ("Event", "presence")
    publish = state.ask(ALICE, "PUBLISH", event, ("Expires", "60"), body="<presence/>")
    state.say(publish, 200, ("SIP-ETag", "a1"), ("Expires", "60"))
    publish = state.ask(ALICE, "PUBLISH", event, ("SIP-If-Match", "a1"), ("Expires", "60"), after=40)
    state.say(publish, 412)
    publish = state.ask(ALICE, "PUBLISH", event, ("Expires", "60"), body="<presence/>")
    state.say(publish, 200, ("SIP-ETag", "a2"), ("Expires", "60"))
    publish = state.ask(ALICE, "PUBLISH", event, ("SIP-If-Match", "a2"), ("Expires", "0"), after=30)
    state.say(publish, 200, ("Expires", "0"))


@story
def overlap_dialling(wire: Recording) -> None:
    """Digit after digit, each INVITE refused with 484 until the number is complete (RFC 3578)."""
    for number in range(1, 4):
        part = talk(wire, "overlap", ALICE, PBX, uri=f"sip:+1202555{'0123'[:number]}@example.net")
        part.call.cseq[ALICE.user] = number - 1
        one = part
        invite = one.ask(ALICE, "INVITE", body=sdp(ALICE), after=1.5)
        one.say(invite, 484)
    whole = talk(wire, "overlap", ALICE, PBX, uri="sip:+12025550123@example.net")
    whole.call.cseq[ALICE.user] = 3
    whole.answered()
    whole.hung_up()


@story
def early_media(wire: Recording) -> None:
    """Announcements with 183 for half a minute, no 180, then the answer with the same description."""
    one = talk(wire, "early")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 100)
    one.say(invite, 183, body=sdp(BOB), after=0.4)
    one.say(invite, 183, body=sdp(BOB), after=20)
    one.ack(one.say(invite, 200, body=sdp(BOB), after=15))
    one.hung_up()


@story
def long_ringing(wire: Recording) -> None:
    """It rings for two minutes, said again every minute; queued before; then somebody answers."""
    one = talk(wire, "ringing")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 100)
    one.say(invite, 182, after=0.4)
    for _ in range(3):
        one.say(invite, 180, after=55)
    one.ack(one.say(invite, 200, body=sdp(BOB), after=10))
    one.hung_up()


@story
def slow_ack(wire: Recording) -> None:
    """The ACK takes 0.6 s, and the 200 is said twice meanwhile; the INVITE too had to be."""
    one = talk(wire, "slow-ack")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    wire.repeat(invite, ALICE, BOB, [0.5])
    wire.wait(0.52)
    one.say(invite, 100)
    one.say(invite, 180)
    answer = one.say(invite, 200, body=sdp(BOB), after=2)
    wire.repeat(answer, BOB, ALICE, [0.5])
    first = one.ack(answer, after=0.6)
    wire.send(first, ALICE, BOB, after=0.02)
    one.hung_up()


@story
def cancelled(wire: Recording) -> None:
    """The caller gives up while it rings."""
    one = talk(wire, "cancelled")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 100)
    one.say(invite, 180)
    stop = cancel(invite)
    wire.send(stop, ALICE, BOB, after=9)
    wire.send(one.call.reply(stop, 200), BOB, ALICE)
    one.say(invite, 487)


@story
def cancelled_too_late(wire: Recording) -> None:
    """CANCEL and 200 cross: the caller acknowledges and hangs up at once."""
    one = talk(wire, "crossed")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 180)
    stop = cancel(invite)
    answer = one.call.reply(invite, 200, body=sdp(BOB))
    wire.send(stop, ALICE, BOB, after=5)
    wire.send(answer, BOB, ALICE, after=0.001)
    wire.send(one.call.reply(stop, 200), BOB, ALICE, after=0.01)
    one.ack(answer)
    one.hung_up(after=0.05)


@story
def both_hang_up(wire: Recording) -> None:
    """BYE from both sides in the same moment; one answers 200, one 481."""
    one = talk(wire, "both")
    one.answered()
    mine, theirs = one.call.request(ALICE, "BYE"), one.call.request(BOB, "BYE")
    wire.send(mine, ALICE, BOB, after=9)
    wire.send(theirs, BOB, ALICE, after=0.004)
    one.say(mine, 200)
    one.say(theirs, 481)


@story
def forked(wire: Recording) -> None:
    """The proxy rings two phones; one answers, the other is told to stop."""
    call = Dialog(caller=ALICE, callee=BOB, name="forked", uri="sip:sales@example.net")
    other = call.fork(CAROL)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE)
    branches = [
        (each, forwarded(invite, PROXY, to=each.callee.contact_uri, record_route=True)) for each in (call, other)
    ]
    for each, branch in branches:
        wire.send(branch, PROXY, each.callee)
        back(wire, [ALICE, PROXY, each.callee], each.reply(branch, 180), after=0.1)
    answer = call.reply(branches[0][1], 200, body=sdp(BOB))
    back(wire, [ALICE, PROXY, BOB], answer, after=3)
    stop = cancel(branches[1][1])
    wire.send(stop, PROXY, CAROL)
    wire.send(other.reply(stop, 200), CAROL, PROXY)
    ended = other.reply(branches[1][1], 487)
    wire.send(ended, CAROL, PROXY)
    wire.send(ack_of_failure(branches[1][1], ended), PROXY, CAROL)
    for method in ("ACK", "BYE"):
        request = call.ack(answer) if method == "ACK" else call.request(ALICE, "BYE")
        wire.send(request, ALICE, PROXY, after=0.1 if method == "ACK" else 9)
        onward = forwarded(request, PROXY)
        wire.send(onward, PROXY, BOB)
        if method == "BYE":
            back(wire, [ALICE, PROXY, BOB], call.reply(onward, 200))


@story
def hunted(wire: Recording) -> None:
    """The proxy tries the first phone for a while, gives it up, and the second answers; the caller hears 181."""
    call = Dialog(caller=ALICE, callee=CAROL, name="hunted", uri="sip:sales@example.net")
    last = call.fork(BOB)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE)
    first = forwarded(invite, PROXY, to=CAROL.contact_uri, record_route=True)
    wire.send(first, PROXY, CAROL)
    back(wire, [ALICE, PROXY, CAROL], call.reply(first, 180))
    stop = cancel(first)
    wire.send(stop, PROXY, CAROL, after=15)
    wire.send(call.reply(stop, 200), CAROL, PROXY)
    ended = call.reply(first, 487)
    wire.send(ended, CAROL, PROXY)
    wire.send(ack_of_failure(first, ended), PROXY, CAROL)
    wire.send(call.reply(invite, 181, by=PROXY), PROXY, ALICE)
    second = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(second, PROXY, BOB)
    back(wire, [ALICE, PROXY, BOB], last.reply(second, 180))
    answer = last.reply(second, 200, body=sdp(BOB))
    back(wire, [ALICE, PROXY, BOB], answer, after=4)
    for method in ("ACK", "BYE"):
        request = last.ack(answer) if method == "ACK" else last.request(ALICE, "BYE")
        wire.send(request, ALICE, PROXY, after=0.1 if method == "ACK" else 9)
        onward = forwarded(request, PROXY)
        wire.send(onward, PROXY, BOB)
        if method == "BYE":
            back(wire, [ALICE, PROXY, BOB], last.reply(onward, 200))


@story
def refreshed_registration(wire: Recording) -> None:
    """Challenged, refreshed with the same nonce, once with one that had grown too old, then removed."""
    desk = Agent(user="alice", address=ALICE.address, display="Alice Moreau")
    home = Agent(user="alice", address=PBX.address, software=PBX.software)
    one = talk(wire, "register", desk, home, uri="sip:example.com")
    nonce = challenge("example.com", "first")
    contact = ("Contact", f"<{desk.contact_uri}>")
    one.say(one.ask(desk, "REGISTER", contact, ("Expires", "120")), 401, ("WWW-Authenticate", nonce))
    for number, pause in enumerate((0.1, 90, 90)):
        given = ("Authorization", credentials(desk, "secret", nonce, "REGISTER", "sip:example.com"))
        asked = one.ask(desk, "REGISTER", contact, ("Expires", "120"), given, after=pause)
        if number == 2:
            nonce = challenge("example.com", "second", stale=True)
            one.say(asked, 401, ("WWW-Authenticate", nonce))
            given = ("Authorization", credentials(desk, "secret", nonce, "REGISTER", "sip:example.com"))
            asked = one.ask(desk, "REGISTER", contact, ("Expires", "120"), given)
        one.say(asked, 200, ("Contact", f"<{desk.contact_uri}>;expires=120"))
    given = ("Authorization", credentials(desk, "secret", nonce, "REGISTER", "sip:example.com"))
    one.say(one.ask(desk, "REGISTER", contact, ("Expires", "0"), given, after=60), 200)


@story
def subscribed(wire: Recording) -> None:
    """NOTIFY before the 200, refreshes, a change, the end; and messages waiting told without being asked."""
    one = talk(wire, "subscribed", ALICE, PBX)
    event = ("Event", "dialog")
    state = ("Subscription-State", "active;expires=90")
    asked = one.call.request(ALICE, "SUBSCRIBE", event, ("Expires", "90"))
    wire.send(asked, ALICE, PBX)
    accepted = one.call.reply(asked, 200, ("Expires", "90"))
    wire.send(accepted, PBX, ALICE)
    one.done(PBX, "NOTIFY", event, state, body="<dialog-info/>", after=0.01)
    for _ in range(2):
        again = one.ask(ALICE, "SUBSCRIBE", event, ("Expires", "90"), after=60)
        one.say(again, 200, ("Expires", "90"))
        one.done(PBX, "NOTIFY", event, state, body="<dialog-info/>", after=0.02)
    last = one.ask(ALICE, "SUBSCRIBE", event, ("Expires", "0"), after=30)
    one.say(last, 200, ("Expires", "0"))
    one.done(PBX, "NOTIFY", event, ("Subscription-State", "terminated;reason=timeout"), after=0.02)
    waiting = talk(wire, "waiting", PBX, ALICE)
    summary = ("Event", "message-summary")
    waiting.done(PBX, "NOTIFY", summary, ("Subscription-State", "active"), body="Messages-Waiting: no\r\n")


@story
def next_carrier(wire: Recording) -> None:
    """The PBX gets 503 from the first carrier and is served by the second, under the same Call-ID."""
    first = talk(wire, "carriers", PBX, CAROL)
    invite = first.ask(PBX, "INVITE", body=sdp(PBX))
    first.say(invite, 503)
    second = talk(wire, "carriers", PBX, BOB)
    second.call.cseq[PBX.user] = invite.cseq
    second.answered()
    second.hung_up()


@story
def fax_that_stays_voice(wire: Recording) -> None:
    """A re-INVITE to T.38 is refused with 488, and the fax goes through as sound."""
    one = talk(wire, "fax")
    one.answered()
    lines = sdp(BOB, version=2).split("m=audio")[0] + "m=image 40000 udptl t38\r\na=T38FaxVersion:0\r\n"
    one.say(one.ask(BOB, "INVITE", body=lines, after=4), 488)
    one.hung_up(after=30)


@story
def dtmf_by_info(wire: Recording) -> None:
    """Digits, one INFO each, sent faster than they are answered."""
    one = talk(wire, "info")
    one.answered()
    kind = ("Content-Type", "application/dtmf-relay")
    asked = [one.ask(ALICE, "INFO", kind, body=f"Signal={each}\r\nDuration=160\r\n", after=0.1) for each in "1234"]
    for each in asked:
        one.say(each, 200)
    one.hung_up()


@story
def changed_before_the_answer(wire: Recording) -> None:
    """UPDATE in an early dialog: codecs are changed before anybody answers (RFC 3311)."""
    one = talk(wire, "update")
    invite = one.ask(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    early = one.say(invite, 183, ("Require", "100rel"), ("RSeq", "1"), body=sdp(BOB), after=0.2)
    one.call.confirmed = early
    one.say(one.ask(ALICE, "PRACK", ("RAck", f"1 {invite.cseq} INVITE")), 200)
    update = one.ask(ALICE, "UPDATE", body=sdp(ALICE, version=2))
    one.say(update, 200, body=sdp(BOB, version=2))
    one.say(invite, 180, after=0.1)
    one.ack(one.say(invite, 200, after=3))
    one.hung_up()


@story
def outcomes_of_people(wire: Recording) -> None:
    """Busy, no answer, declined: what people do is no fault of the network."""
    for code in (486, 480, 603, 600):
        one = talk(wire, f"outcome-{code}")
        invite = one.ask(ALICE, "INVITE", body=sdp(ALICE), after=3)
        one.say(invite, 180)
        one.say(invite, code, after=20)


@story
def over_tcp(wire: Recording) -> None:
    """A call over one connection, with keep-alives in between; opened by the phone, used both ways."""
    phone = replace(ALICE, transport="TCP")
    server = replace(BOB, transport="TCP")
    call = Dialog(caller=phone, callee=server, name="tcp")
    link = Connection(recording=wire, client=Host(address=ALICE.address, port=49_200), server=server)
    link.open()
    invite = call.request(phone, "INVITE", body=sdp(phone))
    answer = call.reply(invite, 200, body=sdp(server))
    link.send(link.client, bytes(invite))
    link.send(server, bytes(call.reply(invite, 180)))
    link.send(server, bytes(answer), after=2)
    link.send(link.client, bytes(call.ack(answer)))
    for _ in range(3):
        link.send(link.client, b"\r\n\r\n", after=10)
        link.send(server, b"\r\n")
    bye = call.request(server, "BYE")
    link.send(server, bytes(bye), after=4)
    link.send(link.client, bytes(call.reply(bye, 200)))
    link.close()


@story
def large_and_in_fragments(wire: Recording) -> None:
    """An INVITE of 2,000 bytes over UDP, in two fragments, and a call that works."""
    one = talk(wire, "large")
    padding = tuple((f"X-Route-{number}", "a" * 60) for number in range(20))
    invite = one.call.request(ALICE, "INVITE", *padding, body=sdp(ALICE))
    layer = UDP(sport=ALICE.port, dport=BOB.port) / Raw(bytes(invite))
    wire.fragments(layer, ALICE, BOB, 1480, kept=2)
    one.say(invite, 100)
    one.say(invite, 180)
    one.ack(one.say(invite, 200, body=sdp(BOB), after=2))
    one.hung_up()


def recorded(path: Path, tell: Story) -> Path:
    """One story as a capture."""
    wire = Recording(path=path)
    tell(wire)
    wire.write()
    return path


def named() -> Iterator[tuple[str, Story]]:
    """Every story with its name."""
    yield from STORIES.items()
