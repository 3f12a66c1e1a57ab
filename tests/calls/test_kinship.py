"""Tests of `sipdiag.calls.kinship`; what becomes of the links is tested in `test_legs`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import correlate
from sipdiag.calls.kinship import Leg, legs_in, links_by_header, links_by_likeness

SBC = "198.51.100.9:5060"


def legs_of(talk: Exchange) -> list[Leg]:
    return list(legs_in(correlate(sorted(talk.sightings, key=lambda seen: seen.time)).legs))


@pytest.mark.parametrize(
    ("fields", "tokens"),
    [
        ("", []),
        (f"Session-ID: {'A' * 32};remote={'0' * 32}\r\n", [("session-id", "a" * 32)]),
        (f"Session-ID: {'0' * 32};remote={'A' * 32}\r\n", []),
        ("P-Charging-Vector: icid-value=x7;orig-ioi=a\r\n", [("p-charging-vector", "x7")]),
        ("P-Charging-Vector: orig-ioi=a\r\n", []),
        ("Replaces: other@host;to-tag=a;from-tag=b\r\n", [("replaces", "other@host")]),
        ("X-CID: 1\r\nX-CallID: 2\r\n", [("x-cid", "1"), ("x-callid", "2")]),
    ],
)
def test_identifiers_are_read_from_the_first_invite(fields: str, tokens: list[tuple[str, str]]) -> None:
    """RFC 7989: the nil UUID is none; RFC 3891: the parameters of Replaces are no part of the Call-ID."""
    talk = Exchange()
    talk.request("INVITE", 0, fields=fields)
    (leg,) = legs_of(talk)
    assert leg.tokens == tokens


def test_a_value_that_two_calls_of_one_door_share_ties_nothing() -> None:
    """A constant in a load test's scenario is no identifier."""
    talk = Exchange()
    for number in (1, 2):
        talk.request(
            "INVITE", number / 10, call_id=f"near{number}", branch=f"n{number}", destination=SBC, fields="X-CID: k\r\n"
        )
        talk.request(
            "INVITE", number / 10 + 0.01, call_id=f"far{number}", branch=f"f{number}", source=SBC, fields="X-CID: k\r\n"
        )
    assert list(links_by_header(legs_of(talk))) == []


def test_a_value_is_used_again_once_its_call_is_over() -> None:
    """The second pair is a call of its own."""
    talk = Exchange()
    for number, at in ((1, 0), (2, 60)):
        near = talk.request(
            "INVITE", at, call_id=f"near{number}", branch=f"n{number}", destination=SBC, fields="X-CID: k\r\n"
        )
        far = talk.request(
            "INVITE", at + 0.01, call_id=f"far{number}", branch=f"f{number}", source=SBC, fields="X-CID: k\r\n"
        )
        talk.response(486, far, at + 1)
        talk.response(486, near, at + 1.01)
    ties = [(link.linked_to, link.call_id) for link in links_by_header(legs_of(talk))]
    assert ties == [("near1", "far1"), ("near2", "far2")]


def test_numbers_are_alike_with_and_without_prefix() -> None:
    """A B2BUA adds or takes away `+1`, `00` and the like."""
    talk = Exchange()
    talk.request("INVITE", 0, call_id="near", branch="near", destination=SBC)
    onward = talk.request("INVITE", 0.01, call_id="far", branch="far", source=SBC)
    plain = onward.message.head.replace("sip:+12025550", "sip:2025550")
    talk.sightings.pop()
    talk._seen(plain + "\r\n\r\n", 0.01, SBC, CALLEE, 0, "udp")
    assert [link.linked_to for link in links_by_likeness(legs_of(talk))] == ["near"]


def test_who_does_not_say_who_it_is_is_like_nobody() -> None:
    """Anonymous callers are many."""
    talk = Exchange()
    for call_id, source, destination in (("near", CALLER, SBC), ("far", SBC, CALLEE)):
        seen = talk.request("INVITE", 0, call_id=call_id, branch=call_id, source=source, destination=destination)
        talk.sightings.pop()
        head = seen.message.head.replace("sip:+12025550100@example.com", "sip:anonymous@anonymous.invalid")
        talk._seen(head + "\r\n\r\n", 0, source, destination, 0, "udp")
    assert list(links_by_likeness(legs_of(talk))) == []
