"""Tests of `sipdiag.rules.address.sdp_private`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, sdp, with_body
from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.address.sdp_private import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLIC = sdp(VOICE, address="192.0.2.10")
INSIDE = sdp(VOICE, address="10.0.0.10")
OTHER_INSIDE = sdp(VOICE, address="192.168.1.20")
ICE = sdp(VOICE + "\na=candidate:1 1 UDP 1 192.0.2.10 4000 typ srflx", address="10.0.0.10")


def both(talk: Exchange) -> None:
    call(talk, INSIDE, OTHER_INSIDE)


def only_offer(talk: Exchange) -> None:
    call(talk, INSIDE, PUBLIC)


def only_answer(talk: Exchange) -> None:
    call(talk, PUBLIC, INSIDE)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (both, ("both", "warning", "likely")),
        (only_offer, ("offer", "note", "likely")),
        (only_answer, ("answer", "note", "likely")),
    ],
)
def test_two_hidden_sides_are_worse_than_one(story: Callable[[Exchange], None], said: Told) -> None:
    """One may be helped by symmetric RTP, two cannot."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_address_and_port() -> None:
    """What each side asked for, and where it crossed."""
    talk = Exchange()
    both(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [1, 2]
    assert finding.evidence == {
        "addresses": ["10.0.0.10:4000", "192.168.1.20:4000"],
        "sdp_frames": [1, 2],
        "sources": [CALLER, CALLEE],
        "destinations": [CALLEE, CALLER],
    }


def public(talk: Exchange) -> None:
    call(talk, PUBLIC, PUBLIC)


def with_ice(talk: Exchange) -> None:
    call(talk, ICE, ICE)


def all_private(talk: Exchange) -> None:
    call(talk, INSIDE, OTHER_INSIDE, caller="10.0.0.10:5060", callee="192.168.1.20:5060")


def on_hold(talk: Exchange) -> None:
    call(talk, sdp(VOICE + "\na=inactive", address="10.0.0.10"), PUBLIC)


def rejected(talk: Exchange) -> None:
    call(talk, sdp(VOICE.replace("4000", "0"), address="10.0.0.10"), PUBLIC)


def relayed(talk: Exchange) -> None:
    """A media relay puts its own address in, both ways."""
    invite = with_body(talk, talk.request("INVITE", 0, destination=PROXY), INSIDE)
    further = with_body(talk, talk.request("INVITE", 0.1, source=PROXY, branch="two"), PUBLIC)
    with_body(talk, talk.response(200, further, 1), OTHER_INSIDE)
    with_body(talk, talk.response(200, invite, 1.1), PUBLIC)
    talk.request("ACK", 1.2, to_tag="callee", branch="ack", destination=PROXY)


def changed_later(talk: Exchange) -> None:
    both(talk)
    again = with_body(talk, talk.request("INVITE", 3, to_tag="callee", cseq=2, branch="again"), PUBLIC)
    with_body(talk, talk.response(200, again, 3.1), PUBLIC)
    talk.request("ACK", 3.2, to_tag="callee", cseq=2, branch="ack-again")


def never_answered(talk: Exchange) -> None:
    with_body(talk, talk.request("INVITE", 0), INSIDE)


@pytest.mark.parametrize(
    "story", [public, with_ice, all_private, on_hold, rejected, relayed, changed_later, never_answered]
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Nobody is told to send to an address that it cannot reach."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
