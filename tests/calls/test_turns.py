"""Tests of `sipdiag.calls.turns`: one Call-ID for one call after the other."""

from __future__ import annotations

import pytest

from exchange import CALLER, PROXY, Exchange
from sipdiag.calls import CallState


def told(talk: Exchange) -> list[tuple[str, int]]:
    """State and number of INVITEs of each call."""
    return [(call.state.value, len(call.attempts)) for call in talk.scene().correlation.calls]


def answered(talk: Exchange, at: float, name: str, *, from_tag: str = "", cseq: int = 1, bye: bool = True) -> None:
    """A call of five seconds; `name` makes its branches and the callee's tag."""
    tag = from_tag or f"{name}-caller"
    invite = talk.request("INVITE", at, branch=f"{name}-invite", from_tag=tag, cseq=cseq)
    talk.response(200, invite, at + 1, to_tag=name)
    talk.request("ACK", at + 1.1, branch=f"{name}-ack", from_tag=tag, to_tag=name, cseq=cseq)
    if bye:
        ended = talk.request("BYE", at + 5, branch=f"{name}-bye", from_tag=tag, to_tag=name, cseq=cseq + 1)
        talk.response(200, ended, at + 5.1)


def refused(talk: Exchange, at: float, code: int, name: str, *, from_tag: str = "", cseq: int = 1) -> None:
    tag = from_tag or f"{name}-caller"
    invite = talk.request("INVITE", at, branch=f"{name}-invite", from_tag=tag, cseq=cseq)
    talk.response(code, invite, at + 0.1, to_tag=name)
    talk.request("ACK", at + 0.2, branch=f"{name}-invite", from_tag=tag, to_tag=name, cseq=cseq)


def test_a_call_after_the_bye_is_a_call_of_its_own() -> None:
    """Whatever tags it uses: nothing goes on after a BYE."""
    talk = Exchange()
    answered(talk, 0, "first", from_tag="same")
    answered(talk, 6, "second", from_tag="same", cseq=3)
    answered(talk, 12, "third")
    assert told(talk) == [("answered", 1)] * 3
    first, second, third = talk.scene().correlation.calls
    assert [each.key for each in (first, second, third)] == ["call-1", "call-1\n2", "call-1\n3"]
    assert [each.ack is not None for each in (first, second, third)] == [True] * 3


def test_identifiers_that_are_all_the_same_are_told_apart_by_the_bye() -> None:
    """A client that knows one set of identifiers, after the timers of the first call."""
    talk = Exchange()
    answered(talk, 0, "same")
    answered(talk, 60, "same")
    assert told(talk) == [("answered", 1)] * 2


def test_who_calls_again_after_busy_makes_a_new_call() -> None:
    """With another tag after a moment, with the same one when it took longer than any timer."""
    talk = Exchange()
    refused(talk, 0, 486, "busy")
    refused(talk, 10, 486, "again")
    refused(talk, 60, 486, "late", from_tag="again-caller", cseq=2)
    assert told(talk) == [("failed", 1)] * 3


@pytest.mark.parametrize("code", [401, 407, 302, 422, 484, 491, 503])
def test_who_was_asked_to_come_back_makes_no_new_call(code: int) -> None:
    """However long a person takes to type a password."""
    talk = Exchange()
    refused(talk, 0, code, "first")
    answered(talk, 40, "second")
    assert told(talk) == [("answered", 2)]


def test_the_next_server_at_once_is_no_new_call() -> None:
    """A client that is refused tries its next server (RFC 3263, section 4.3)."""
    talk = Exchange()
    refused(talk, 0, 500, "first")
    answered(talk, 0.5, "second")
    assert told(talk) == [("answered", 2)]


def test_another_hop_is_no_new_call() -> None:
    """A B2BUA that keeps the Call-ID has tags of its own."""
    talk = Exchange()
    near = talk.request("INVITE", 0, branch="near", destination=PROXY)
    far = talk.request("INVITE", 3, branch="far", from_tag="b2bua", source=PROXY)
    talk.response(200, far, 4, to_tag="far")
    talk.response(200, near, 4.1, to_tag="near")
    assert len(talk.scene().correlation.calls) == 1


def test_a_straggler_belongs_to_the_call_whose_tags_it_bears() -> None:
    """A BYE that is sent again after the next call began."""
    talk = Exchange()
    answered(talk, 0, "first")
    answered(talk, 6, "second", bye=False)
    late = talk.request("BYE", 7.5, branch="late", from_tag="first", to_tag="first-caller", cseq=9)
    talk.response(481, late, 7.6)
    first, second = talk.scene().correlation.calls
    assert [len(each.byes) for each in (first, second)] == [2, 0]
    assert second.state is CallState.ANSWERED


def test_a_second_invite_in_an_open_call_of_another_host_stays_in_it() -> None:
    """Only whoever called can call again."""
    talk = Exchange()
    answered(talk, 0, "first")
    talk.request("INVITE", 10, branch="other", from_tag="other", source="203.0.113.99:5060", destination=CALLER)
    assert len(talk.scene().correlation.calls) == 1
