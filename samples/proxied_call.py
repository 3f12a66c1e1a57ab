"""A call through a proxy that stays in its path, where what matters comes after it was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation import ALICE, BOB, PROXY, Dialog, forwarded, returned, sdp

if TYPE_CHECKING:
    from recording import Recording


def through_proxy(wire: Recording, call: Dialog) -> None:
    """Alice calls Bob, who answers after two seconds; the ACK follows the route."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PROXY)
    onward = forwarded(invite, PROXY, to=BOB.contact_uri, record_route=True)
    wire.send(onward, PROXY, BOB, after=0.004)
    answer = call.reply(onward, 200, body=sdp(BOB))
    wire.send(answer, BOB, PROXY, after=2)
    wire.send(returned(answer), PROXY, ALICE, after=0.002)
    ack = call.ack(answer)
    wire.send(ack, ALICE, PROXY)
    wire.send(forwarded(ack, PROXY), PROXY, BOB, after=0.002)
