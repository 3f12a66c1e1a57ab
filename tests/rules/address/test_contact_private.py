"""Tests of `sipdiag.rules.address.contact_private`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.address.contact_private import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

INSIDE = "10.0.0.20:5060"
HIDDEN = f"Contact: <sip:b@{INSIDE}>\r\n"
OPEN = f"Contact: <sip:b@{CALLEE}>\r\n"
HIDDEN_CALLER = "Contact: <sip:a@192.168.1.7:5060>\r\n"


def answered(talk: Exchange, invite_fields: str = "", answer_fields: str = HIDDEN) -> Sighting:
    """INVITE and 200; gives the 200."""
    invite = talk.request("INVITE", 0, fields=invite_fields)
    return talk.response(200, invite, 1, fields=answer_fields)


def ack(talk: Exchange, at: float, destination: str = CALLEE) -> Sighting:
    return talk.request("ACK", at, branch="ack", to_tag="callee", destination=destination, uri=f"sip:b@{INSIDE}")


def ack_sent_there(talk: Exchange) -> None:
    talk.again(answered(talk), *ladder(1))
    ack(talk, 1.1, INSIDE)


def ack_not_seen(talk: Exchange) -> None:
    talk.again(answered(talk), *ladder(1))


def bye_to_caller(talk: Exchange, destination: str) -> Sighting:
    answered(talk, HIDDEN_CALLER, OPEN)
    ack(talk, 1.1)
    return talk.request(
        "BYE",
        5,
        source=CALLEE,
        destination=destination,
        from_tag="callee",
        to_tag="caller",
        branch="bye",
        uri="sip:a@192.168.1.7:5060",
    )


def bye_sent_there(talk: Exchange) -> None:
    talk.again(bye_to_caller(talk, "192.168.1.7:5060"), *ladder(5))
    talk.until = 60


def bye_sent_once(talk: Exchange) -> None:
    bye_to_caller(talk, "192.168.1.7:5060")
    talk.until = 60


def bye_refused_by_a_proxy(talk: Exchange) -> None:
    talk.response(408, bye_to_caller(talk, PROXY), 37)


def cut_off_before_the_ack(talk: Exchange) -> None:
    talk.again(answered(talk), 1.5)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (ack_sent_there, ("ack-lost", "error", "certain")),
        (ack_not_seen, ("ack-lost", "error", "likely")),
        (bye_sent_there, ("request-lost", "error", "certain")),
        (bye_sent_once, ("request-lost", "error", "likely")),
        (bye_refused_by_a_proxy, ("request-failed", "error", "likely")),
        (cut_off_before_the_ack, ("unproven", "note", "inconclusive")),
    ],
)
def test_each_loss_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """What went to the inside address and was asked for to the end proves it."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_the_contact_and_what_was_lost() -> None:
    """Whose Contact it is, where it crossed, and the request that went there."""
    talk = Exchange()
    bye_sent_once(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [1, 4]
    assert finding.evidence == {
        "contact_frame": 1,
        "contact": "sip:a@192.168.1.7:5060",
        "contact_address": "192.168.1.7",
        "side": "caller",
        "source": CALLER,
        "destination": CALLEE,
        "request_frame": 4,
        "lost_method": "BYE",
        "sent_to": "192.168.1.7:5060",
        "code": 0,
    }


def public(talk: Exchange) -> None:
    talk.again(answered(talk, answer_fields=OPEN), *ladder(1))


def reached_all_the_same(talk: Exchange) -> None:
    answered(talk)
    ack(talk, 1.1)


def bye_reached(talk: Exchange) -> None:
    talk.response(200, bye_to_caller(talk, CALLER), 5.1)


def bye_lost_elsewhere(talk: Exchange) -> None:
    talk.again(bye_to_caller(talk, CALLER), *ladder(5))
    talk.until = 60


def all_private(talk: Exchange) -> None:
    invite = talk.request("INVITE", 0, source="10.0.0.10:5060", destination=INSIDE)
    talk.again(talk.response(200, invite, 1, fields="Contact: <sip:b@10.9.9.9>\r\n"), *ladder(1))


def a_name(talk: Exchange) -> None:
    talk.again(answered(talk, answer_fields="Contact: <sip:b@phone.example.com>\r\n"), *ladder(1))


def routed(talk: Exchange) -> None:
    talk.again(answered(talk, answer_fields=HIDDEN + f"Record-Route: <sip:{PROXY};lr>\r\n"), *ladder(1))


def never_answered(talk: Exchange) -> None:
    talk.request("INVITE", 0, fields=HIDDEN_CALLER)


@pytest.mark.parametrize(
    "story",
    [public, reached_all_the_same, bye_reached, bye_lost_elsewhere, all_private, a_name, routed, never_answered],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """An inside address by itself harms nobody, and not every loss is its fault."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
