"""More healthy conversations: refusals that belong to the protocol, networks in between, devices and their ways."""

from __future__ import annotations

from dataclasses import replace

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
)
from healthy_stories import STORIES, Talk, story, talk
from recording import Connection, Recording

__all__ = ["STORIES"]

REASONS |= {421: "Extension Required"}


@story
def longer_interval(wire: Recording) -> None:
    """422 and 423: the client comes back with what was asked for."""
    one = talk(wire, "interval")
    invite = one.ask(ALICE, "INVITE", ("Supported", "timer"), ("Session-Expires", "60"), body=sdp(ALICE))
    one.say(invite, 422, ("Min-SE", "90"))
    invite = one.ask(
        ALICE, "INVITE", ("Supported", "timer"), ("Session-Expires", "90"), ("Min-SE", "90"), body=sdp(ALICE)
    )
    one.say(invite, 180)
    one.ack(one.say(invite, 200, ("Session-Expires", "90;refresher=uac"), ("Require", "timer"), body=sdp(BOB), after=2))
    one.hung_up()
    home = replace(ALICE, address=PBX.address)
    two = talk(wire, "brief", ALICE, home, uri="sip:example.com")
    contact = ("Contact", f"<{ALICE.contact_uri}>")
    two.say(two.ask(ALICE, "REGISTER", contact, ("Expires", "10")), 423, ("Min-Expires", "60"))
    two.say(
        two.ask(ALICE, "REGISTER", contact, ("Expires", "60")), 200, ("Contact", f"<{ALICE.contact_uri}>;expires=60")
    )


@story
def extension_left_out(wire: Recording) -> None:
    """420 to what the callee does not know: the next INVITE does without."""
    one = talk(wire, "extension")
    invite = one.ask(ALICE, "INVITE", ("Require", "100rel"), body=sdp(ALICE))
    one.say(invite, 420, ("Unsupported", "100rel"))
    one.answered()
    one.hung_up()


@story
def other_codecs(wire: Recording) -> None:
    """488 to the first offer, and a second that is taken."""
    one = talk(wire, "codecs")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE).replace("RTP/AVP 0 8 101", "RTP/SAVP 0 8 101"))
    one.say(invite, 488)
    one.answered()
    one.hung_up()


@story
def waited_as_told(wire: Recording) -> None:
    """503 with Retry-After, and the client stays away that long."""
    one = talk(wire, "retry-after", ALICE, PBX)
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 503, ("Retry-After", "5"))
    wire.wait(6)
    one.answered()
    one.hung_up()


@story
def challenged_inside(wire: Recording) -> None:
    """Every request is challenged, BYE and re-INVITE too, by a server that wants to be sure."""
    one = talk(wire, "inside", ALICE, PBX)
    asked = challenge("example.net", "inside")

    def given(method: str, uri: str) -> tuple[str, str]:
        return "Proxy-Authorization", credentials(ALICE, "secret", asked, method, uri)

    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 407, ("Proxy-Authenticate", asked))
    invite = one.ask(ALICE, "INVITE", given("INVITE", invite.uri), body=sdp(ALICE))
    one.say(invite, 180)
    one.ack(one.say(invite, 200, body=sdp(PBX), after=2))
    change = one.ask(ALICE, "INVITE", body=sdp(ALICE, direction="sendonly", version=2), after=4)
    one.say(change, 407, ("Proxy-Authenticate", asked))
    change = one.ask(ALICE, "INVITE", given("INVITE", change.uri), body=sdp(ALICE, direction="sendonly", version=2))
    one.ack(one.say(change, 200, body=sdp(PBX, direction="recvonly", version=2)))
    bye = one.ask(ALICE, "BYE", after=5)
    one.say(bye, 407, ("Proxy-Authenticate", asked))
    one.say(one.ask(ALICE, "BYE", given("BYE", bye.uri)), 200)


@story
def cancelled_when_answered(wire: Recording) -> None:
    """The CANCEL comes after the 200 and finds nothing to cancel: 481 or 200 without effect."""
    one = talk(wire, "too-late")
    invite = one.ask(ALICE, "INVITE", body=sdp(ALICE))
    one.say(invite, 180)
    answer = one.say(invite, 200, body=sdp(BOB), after=3)
    stop = cancel(invite)
    wire.send(stop, ALICE, BOB, after=0.001)
    wire.send(one.call.reply(stop, 481), BOB, ALICE)
    one.ack(answer, after=0.01)
    one.hung_up(after=0.02)


@story
def several_early_dialogs(wire: Recording) -> None:
    """A network behind the gateway forks: two early dialogs that come to nothing, and a third that answers."""
    call = Dialog(caller=ALICE, callee=BOB, name="early-forks")
    ways = [
        Talk(wire=wire, call=call),
        *(Talk(wire=wire, call=call.fork(replace(BOB, user=f"leg{n}"))) for n in (1, 2)),
    ]
    invite = ways[0].ask(ALICE, "INVITE", body=sdp(ALICE))
    ways[0].say(invite, 100)
    for each in ways[1:]:
        wire.send(each.call.reply(invite, 183, body=sdp(BOB)), BOB, ALICE, after=0.5)
    wire.send(ways[1].call.reply(invite, 180), BOB, ALICE, after=2)
    ways[0].ack(ways[0].say(invite, 200, body=sdp(BOB), after=4))
    ways[0].hung_up()


@story
def cancelled_with_prack(wire: Recording) -> None:
    """The caller gives up while reliable early media plays."""
    one = talk(wire, "cancel-prack")
    invite = one.ask(ALICE, "INVITE", ("Supported", "100rel"), body=sdp(ALICE))
    one.say(invite, 100)
    early = one.say(invite, 183, ("Require", "100rel"), ("RSeq", "7"), body=sdp(BOB), after=0.2)
    one.call.confirmed = early
    one.say(one.ask(ALICE, "PRACK", ("RAck", f"7 {invite.cseq} INVITE")), 200)
    stop = cancel(invite)
    wire.send(stop, ALICE, BOB, after=12)
    wire.send(one.call.reply(stop, 200), BOB, ALICE)
    one.say(invite, 487)


@story
def changed_while_busy(wire: Recording) -> None:
    """The other side's UPDATE while one is under way gets 491, an INFO in between does not care."""
    one = talk(wire, "busy-update")
    one.answered()
    first = one.ask(ALICE, "UPDATE", body=sdp(ALICE, version=2), after=3)
    second = one.ask(BOB, "UPDATE", body=sdp(BOB, version=2), after=0.01)
    info = one.ask(ALICE, "INFO", ("Content-Type", "application/dtmf-relay"), body="Signal=1\r\n", after=0.01)
    one.say(second, 491)
    one.say(info, 200)
    one.say(first, 200, body=sdp(BOB, version=2))
    third = one.ask(BOB, "UPDATE", body=sdp(BOB, version=3), after=1.5)
    one.say(third, 200, body=sdp(ALICE, version=3))
    one.hung_up()


INSIDE = replace(ALICE, reached_at=Host(address="192.168.1.10"))


@story
def phone_behind_a_nat(wire: Recording) -> None:
    """Contact and SDP hold an inside address; the server sends to where the packets came from, and all works."""
    home = replace(INSIDE, address=PBX.address, reached_at=None)
    reg = talk(wire, "nat-register", INSIDE, home, uri="sip:example.com")
    contact = ("Contact", f"<{INSIDE.contact_uri}>")
    for pause in (0.1, 40, 40):
        asked = reg.ask(INSIDE, "REGISTER", contact, ("Expires", "60"), after=pause)
        reg.say(asked, 200, ("Contact", f"<{INSIDE.contact_uri}>;expires=60"))
        ping = talk(wire, f"nat-ping-{pause}-{len(wire.packets)}", PBX, INSIDE)
        ping.done(PBX, "OPTIONS", after=5)
    inside = sdp(INSIDE).replace(ALICE.address, "192.168.1.10")
    one = talk(wire, "nat-call", INSIDE, PBX)
    invite = one.ask(INSIDE, "INVITE", body=inside)
    one.say(invite, 180, after=0.2)
    one.ack(one.say(invite, 200, body=sdp(PBX), after=2))
    one.hung_up(PBX)


@story
def two_phones_of_one_account(wire: Recording) -> None:
    """Desk and softphone of one address, each with its binding; one restarts, one is switched off."""
    contacts: dict[str, str] = {}
    for number, (address, pause) in enumerate(
        (("192.0.2.10", 0.1), ("192.0.2.11", 1), ("192.0.2.10", 30), ("192.0.2.11", 10))
    ):
        phone = replace(ALICE, address=address)
        home = replace(ALICE, address=PBX.address)
        one = talk(wire, f"device-{number}", phone, home, uri="sip:example.com")
        off = number == 3
        contact = ("Contact", f"<{phone.contact_uri}>")
        asked = one.ask(phone, "REGISTER", contact, ("Expires", "0" if off else "600"), after=pause)
        if off:
            contacts.pop(address, None)
        else:
            contacts[address] = phone.contact_uri
        one.say(asked, 200, *(("Contact", f"<{uri}>;expires=600") for uri in contacts.values()))


@story
def browser_over_websocket(wire: Recording) -> None:
    """A browser's Contact names no place at all (RFC 7118): requests reach it over its connection."""
    phone = replace(ALICE, transport="WS", reached_at=Host(address="df7jal23ls0d.invalid"))
    one = talk(wire, "browser", phone, PBX)
    one.answered()
    one.hung_up(PBX)


def onward(wire: Recording, hops: list[Agent], message: Message, *, record: bool) -> Message:
    """A request through every hop; gives it as the last one has it."""
    wire.send(message, hops[0], hops[1], after=0.5)
    for at, proxy in enumerate(hops[1:-1], 1):
        message = forwarded(message, proxy, record_route=record)
        wire.send(message, hops[at], hops[at + 1], after=0.004)
    return message


def back(wire: Recording, hops: list[Agent], response: Message, *, after: float = 0.02) -> None:
    """A response the same way back."""
    for at in range(len(hops) - 1, 0, -1):
        wire.send(response, hops[at], hops[at - 1], after=after if at == len(hops) - 1 else 0.004)
        response = returned(response) if at > 1 else response


@story
def three_proxies(wire: Recording) -> None:
    """Through three proxies that all stay in the path: a call that is changed once."""
    hops = [ALICE, *(replace(PROXY, user=f"p{n}", address=f"203.0.113.{n}") for n in (11, 12, 13)), BOB]
    call = Dialog(caller=ALICE, callee=BOB, name="three")
    invite = onward(wire, hops, call.request(ALICE, "INVITE", body=sdp(ALICE)), record=True)
    back(wire, hops, call.reply(invite, 180), after=0.2)
    answer = call.reply(invite, 200, body=sdp(BOB))
    back(wire, hops, answer, after=3)
    onward(wire, hops, call.ack(answer), record=False)
    again = onward(wire, hops, call.request(ALICE, "INVITE", body=sdp(ALICE, version=2)), record=True)
    second = call.reply(again, 200, body=sdp(BOB, version=2))
    back(wire, hops, second)
    onward(wire, hops, call.ack(second), record=False)
    back(wire, hops, call.reply(onward(wire, hops, call.request(ALICE, "BYE"), record=False), 200))


@story
def proxy_that_leaves(wire: Recording) -> None:
    """A proxy that does not record its route: ACK and BYE go straight to the callee."""
    call = Dialog(caller=ALICE, callee=BOB, name="leaves")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE)
    sent_on = forwarded(invite, PROXY)
    wire.send(sent_on, PROXY, BOB)
    for code, pause in ((180, 0.1), (200, 3)):
        response = call.reply(sent_on, code, body=sdp(BOB) if code == 200 else "")
        wire.send(response, BOB, PROXY, after=pause)
        wire.send(returned(response), PROXY, ALICE, after=0.004)
    wire.send(call.ack(response), ALICE, BOB)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, ALICE, after=9)
    wire.send(call.reply(bye, 200), ALICE, BOB)


@story
def forwarded_on_busy(wire: Recording) -> None:
    """The PBX is refused by the first callee and calls the voicemail, under Call-IDs of its own."""
    near = talk(wire, "forwarded", ALICE, PBX)
    invite = near.ask(ALICE, "INVITE", body=sdp(ALICE))
    near.say(invite, 100)
    desk = Talk(
        wire=wire, call=Dialog(caller=replace(PBX, user="alice", domain="example.com"), callee=BOB, name="desk")
    )
    desk.say(desk.ask(desk.call.caller, "INVITE", body=sdp(PBX)), 486)
    near.say(invite, 181, after=0.05)
    box = Talk(wire=wire, call=Dialog(caller=desk.call.caller, callee=CAROL, name="box"))
    asked = box.ask(box.call.caller, "INVITE", ("Diversion", "<sip:bob@example.net>;reason=user-busy"), body=sdp(PBX))
    box.ack(box.say(asked, 200, body=sdp(CAROL), after=0.3))
    near.ack(near.say(invite, 200, body=sdp(PBX)))
    near.hung_up(after=12)
    box.hung_up(box.call.caller, after=0.02)


@story
def reconnected_over_tcp(wire: Recording) -> None:
    """The phone loses its connection between calls, connects anew and registers with the new port."""
    phone = replace(ALICE, transport="TCP")
    home = replace(phone, address=PBX.address)
    call = Dialog(caller=phone, callee=home, name="reconnect", uri="sip:example.com")
    for number in range(2):
        client = Host(address=ALICE.address, port=49_400 + number)
        link = Connection(recording=wire, client=client, server=replace(PBX, transport="TCP"))
        link.open()
        contact = ("Contact", f"<sip:alice@{client.sent_by};transport=tcp>")
        asked = call.request(phone, "REGISTER", contact, ("Expires", "300"))
        link.send(client, bytes(asked))
        link.send(link.server, bytes(call.reply(asked, 200, (contact[0], f"{contact[1]};expires=300"))))
        wire.wait(40)
        if not number:
            link.close()


@story
def unanswered_then_voicemail(wire: Recording) -> None:
    """It rings for 20 s at the phone; the proxy cancels, asks the voicemail, and that one answers at once."""
    call = Dialog(caller=ALICE, callee=BOB, name="voicemail")
    box = call.fork(CAROL)
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    wire.send(call.reply(invite, 100, by=PROXY), PROXY, ALICE)
    first = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(first, PROXY, BOB)
    ringing = call.reply(first, 180)
    wire.send(ringing, BOB, PROXY)
    wire.send(returned(ringing), PROXY, ALICE)
    wire.wait(20)
    late = call.reply(first, 480)
    wire.send(late, BOB, PROXY)
    wire.send(ack_of_failure(first, late), PROXY, BOB)
    second = forwarded(invite, PROXY, to=CAROL.contact_uri, record_route=True)
    wire.send(second, PROXY, CAROL)
    answer = box.reply(second, 200, body=sdp(CAROL))
    wire.send(answer, CAROL, PROXY, after=0.2)
    wire.send(returned(answer), PROXY, ALICE)
    for method in ("ACK", "BYE"):
        request = box.ack(answer) if method == "ACK" else box.request(ALICE, "BYE")
        wire.send(request, ALICE, PROXY, after=0.05 if method == "ACK" else 15)
        sent_on = forwarded(request, PROXY)
        wire.send(sent_on, PROXY, CAROL)
        if method == "BYE":
            done = box.reply(sent_on, 200)
            wire.send(done, CAROL, PROXY)
            wire.send(returned(done), PROXY, ALICE)


@story
def unknown_event(wire: Recording) -> None:
    """A phone asks for what this server does not have, is told so, and asks for something else."""
    one = talk(wire, "no-such-event", ALICE, PBX)
    one.say(
        one.ask(ALICE, "SUBSCRIBE", ("Event", "as-feature-event"), ("Expires", "600")), 489, ("Allow-Events", "dialog")
    )
    two = talk(wire, "such-event", ALICE, PBX)
    two.say(two.ask(ALICE, "SUBSCRIBE", ("Event", "dialog"), ("Expires", "600")), 200, ("Expires", "600"))
    state = ("Subscription-State", "active;expires=600")
    two.done(PBX, "NOTIFY", ("Event", "dialog"), state, body="<dialog-info/>", after=0.02)


@story
def fetched_once(wire: Recording) -> None:
    """SUBSCRIBE with Expires 0: one NOTIFY with the state, and that was it (RFC 6665, section 4.4.3)."""
    one = talk(wire, "fetched", ALICE, PBX)
    event = ("Event", "presence")
    one.say(one.ask(ALICE, "SUBSCRIBE", event, ("Expires", "0")), 200, ("Expires", "0"))
    state = ("Subscription-State", "terminated;reason=timeout")
    one.done(PBX, "NOTIFY", event, state, body="<presence/>", after=0.02)
    bindings = talk(wire, "bindings", ALICE, replace(ALICE, address=PBX.address), uri="sip:example.com")
    bindings.say(bindings.ask(ALICE, "REGISTER"), 200, ("Contact", "<sip:alice@192.0.2.77>;expires=200"))


@story
def late_offer_answered_early(wire: Recording) -> None:
    """The offer in a reliable 183, its answer in the PRACK; an UPDATE changes it before anybody answers."""
    one = talk(wire, "offer-in-183")
    invite = one.ask(ALICE, "INVITE", ("Supported", "100rel"))
    early = one.say(invite, 183, ("Require", "100rel"), ("RSeq", "1"), body=sdp(BOB), after=0.2)
    one.call.confirmed = early
    confirming = one.call.request(ALICE, "PRACK", ("RAck", f"1 {invite.cseq} INVITE"), body=sdp(ALICE))
    wire.send(confirming, ALICE, BOB)
    one.say(confirming, 200)
    one.say(one.ask(ALICE, "UPDATE", body=sdp(ALICE, version=2)), 200, body=sdp(BOB, version=2))
    one.say(invite, 180, after=0.5)
    one.ack(one.say(invite, 200, after=2))
    one.hung_up()


@story
def changed_by_the_other_side(wire: Recording) -> None:
    """491, and then the other side's change is all that either wanted."""
    one = talk(wire, "enough")
    one.answered()
    one.say(one.ask(ALICE, "INVITE", body=sdp(ALICE, version=2), after=5), 491)
    change = one.ask(BOB, "INVITE", body=sdp(BOB, version=2), after=0.5)
    one.ack(one.say(change, 200, body=sdp(ALICE, version=2)))
    one.hung_up(after=50)
