"""Tests of `sipdiag.calls.legs`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import Call, CallState, correlate

SBC = "198.51.100.9:5060"
UUID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
SESSION_ID = f"Session-ID: {UUID};remote={'0' * 32}\r\n"


def leg(
    talk: Exchange,
    at: float,
    call_id: str,
    *,
    source: str = CALLER,
    destination: str = SBC,
    fields: str = "",
    answered_at: float | None = None,
) -> None:
    """INVITE and, unless it is left open, the 200."""
    invite = talk.request(
        "INVITE", at, source=source, destination=destination, call_id=call_id, branch=call_id, fields=fields
    )
    if answered_at is not None:
        talk.response(200, invite, answered_at)


def through(talk: Exchange, *, near: str = "", far: str = "", at: float = 0, name: str = "") -> None:
    """A call from the caller through the SBC to the callee, under two Call-IDs."""
    leg(talk, at, f"near{name}", fields=near, answered_at=at + 2)
    leg(talk, at + 0.01, f"far{name}", source=SBC, destination=CALLEE, fields=far, answered_at=at + 1.9)


def calls_of(talk: Exchange, *, guess: bool = True) -> list[Call]:
    return correlate(sorted(talk.sightings, key=lambda seen: seen.time), guess=guess).calls


@pytest.mark.parametrize(
    ("near", "far", "by"),
    [
        (SESSION_ID, SESSION_ID, "session-id"),
        (SESSION_ID, f"session-id : {UUID.upper()}\r\n", "session-id"),
        (
            "P-Charging-Vector: icid-value=abc1\r\n",
            'P-Charging-Vector: orig-ioi=x;icid-value="abc1"\r\n',
            "p-charging-vector",
        ),
        ("", "X-CID: near\r\n", "x-cid"),
        ("X-CID: 77-shared\r\n", "X-CID: 77-shared\r\n", "x-cid"),
        ("", "X-Call-ID: near\r\n", "x-call-id"),
    ],
)
def test_a_header_field_that_both_legs_share_or_that_names_the_other_makes_them_one(
    near: str, far: str, by: str
) -> None:
    """RFC 7989; P-Charging-Vector; X-CID: said by a header field, so certain."""
    talk = Exchange()
    through(talk, near=near, far=far)
    (call,) = calls_of(talk, guess=False)
    assert call.call_ids == ["near", "far"]
    assert [(link.call_id, link.linked_to, link.by, link.certainty.value) for link in call.links] == [
        ("far", "near", by, "certain")
    ]


def test_in_reply_to_only_hints() -> None:
    """RFC 3261, section 20.21: a call that refers to one still going on is likely its other leg."""
    talk = Exchange()
    through(talk, far="In-Reply-To: near\r\n")
    (call,) = calls_of(talk, guess=False)
    assert [link.certainty.value for link in call.links] == ["likely"]


def test_a_call_back_is_a_call_of_its_own() -> None:
    """RFC 3261, section 20.21: In-Reply-To returns a call that is over."""
    talk = Exchange()
    talk.response(486, talk.request("INVITE", 0, call_id="missed"), 1)
    leg(talk, 60, "back", source=CALLEE, destination=CALLER, fields="In-Reply-To: missed\r\n", answered_at=61)
    assert len(calls_of(talk)) == 2


def test_a_call_that_replaces_another_is_part_of_it_but_no_way_onward() -> None:
    """RFC 3891: the INVITE names the dialog that it takes over."""
    talk = Exchange()
    leg(talk, 0, "first", answered_at=1)
    replaces = "Replaces: first;to-tag=callee;from-tag=caller\r\n"
    leg(talk, 20, "second", source=CALLEE, destination=CALLER, fields=replaces, answered_at=21)
    (call,) = calls_of(talk, guess=False)
    assert (call.call_ids, [hop.call_id for hop in call.path]) == (["first", "second"], ["first"])


def test_without_a_header_field_likeness_is_a_guess_that_can_be_turned_off() -> None:
    """Caller, callee, time, and the host between them: likely, never certain."""
    talk = Exchange()
    through(talk)
    (call,) = calls_of(talk)
    assert [(link.by, link.certainty.value) for link in call.links] == [("likeness", "likely")]
    assert len(calls_of(talk, guess=False)) == 2


def test_what_the_caller_got_is_what_the_call_got() -> None:
    """The leg nearest the caller speaks for the whole; the hops go on through the other."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=SBC, call_id="near", branch="near")
    onward = talk.request("INVITE", 0.01, source=SBC, call_id="far", branch="far")
    talk.response(486, onward, 1)
    final = talk.response(503, invite, 1.01)
    (call,) = calls_of(talk)
    assert (call.state, call.final, call.number) == (CallState.FAILED, final, 1)
    assert [(hop.source, hop.destination) for hop in call.path] == [(CALLER, SBC), (SBC, CALLEE)]
    assert [leg.number for leg in call.legs] == [1, 1]


def test_calls_of_one_load_test_are_never_linked() -> None:
    """SIPp: the same caller and callee at the same millisecond between the same hosts."""
    talk = Exchange()
    for number in range(40):
        leg(talk, 0.001 * number, f"call-{number}", fields=SESSION_ID, answered_at=1)
    assert len(calls_of(talk)) == 40


def test_two_calls_at_once_through_a_b2bua_are_not_guessed_apart() -> None:
    """A guess needs a partner that is the only one."""
    talk = Exchange()
    through(talk, name="1")
    through(talk, name="2", at=0.5)
    assert len(calls_of(talk)) == 4


def test_calls_one_after_the_other_are() -> None:
    """Far enough apart in time, each leg has one partner."""
    talk = Exchange()
    through(talk, name="1")
    through(talk, name="2", at=10)
    assert [call.call_ids for call in calls_of(talk)] == [["near1", "far1"], ["near2", "far2"]]


def test_a_load_test_through_a_b2bua_is_linked_by_its_header_fields_only() -> None:
    """Thousands at once: what says so is believed, nothing is guessed."""
    talk = Exchange()
    for number in range(50):
        through(talk, name=str(number), at=0.001 * number, far=f"X-CID: near{number}\r\n" if number % 2 else "")
    calls = calls_of(talk)
    assert (len(calls), sum(bool(call.legs) for call in calls)) == (75, 25)


def test_a_chain_of_b2buas_is_one_call() -> None:
    """Each leg is the partner of the one before it."""
    talk = Exchange()
    second = "198.51.100.19:5060"
    leg(talk, 0, "one")
    leg(talk, 0.01, "two", source=SBC, destination=second)
    leg(talk, 0.02, "three", source=second, destination=CALLEE)
    (call,) = calls_of(talk)
    assert call.call_ids == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("fields", "source", "at"),
    [
        ("", "203.0.113.77:5060", 0.1),  # not the host that got the first INVITE
        ("", SBC, 4),  # too late to be its other side
    ],
)
def test_a_stranger_is_no_leg(fields: str, source: str, at: float) -> None:
    """All of caller, callee, time and host must agree."""
    talk = Exchange()
    leg(talk, 0, "near")
    leg(talk, at, "far", source=source, destination=CALLEE, fields=fields)
    assert len(calls_of(talk)) == 2


def test_the_order_of_call_ids_is_that_of_the_invites() -> None:
    """The Call-IDs lead from the caller to the callee."""
    talk = Exchange()
    through(talk, near=SESSION_ID, far=SESSION_ID)
    (call,) = calls_of(talk)
    assert call.transactions == sorted(call.transactions, key=lambda each: each.time)
    assert call.call_id == "near"
