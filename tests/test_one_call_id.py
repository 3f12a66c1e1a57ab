"""Whoever sends everything under one Call-ID costs no more than anybody else: nothing is held against all the rest."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from exchange import CALLEE, Exchange
from sipdiag.findings import caused, diagnose, folded
from sipdiag.rules import RULES

CONTACT = f"Contact: <sip:callee@{CALLEE}>\r\n"
PAUSE = 0.05


def attempts(talk: Exchange, count: int) -> None:
    for number in range(count):
        talk.request("INVITE", number * PAUSE, branch=f"{number}", from_tag=f"{number}", cseq=number)


def changes(talk: Exchange, count: int) -> None:
    for number in range(count):
        at, tag = number * PAUSE, "callee" if number else ""
        invite = talk.request("INVITE", at, branch=f"{number}", cseq=number + 1, to_tag=tag)
        talk.response(200, invite, at + 0.01, fields=CONTACT)
        talk.request("ACK", at + 0.02, branch=f"a{number}", cseq=number + 1, to_tag="callee")


def calls(talk: Exchange, count: int) -> None:
    for number in range(count):
        at, tag = number * PAUSE, f"callee-{number}"
        invite = talk.request("INVITE", at, branch=f"{number}", from_tag=f"{number}")
        talk.response(200, invite, at + 0.01, to_tag=tag, fields=CONTACT)
        talk.request("ACK", at + 0.02, branch=f"a{number}", from_tag=f"{number}", to_tag=tag)
        bye = talk.request("BYE", at + 0.03, branch=f"b{number}", from_tag=f"{number}", to_tag=tag, cseq=2)
        talk.response(200, bye, at + 0.04)


def hang_ups(talk: Exchange, count: int) -> None:
    for number in range(count):
        bye = talk.request("BYE", number * PAUSE, branch=f"{number}", to_tag=f"{number}", cseq=number)
        talk.response(481, bye, number * PAUSE + 0.01)


def answers(talk: Exchange, count: int) -> None:
    invite = talk.request("INVITE", 0)
    for number in range(count):
        talk.response(200, invite, 0.1 + number * PAUSE, to_tag=f"{number}", fields=CONTACT)


def confirmations(talk: Exchange, count: int) -> None:
    invite = talk.request("INVITE", 0)
    for number in range(1, count + 1):
        at = number * PAUSE
        talk.response(183, invite, at, fields=f"Require: 100rel\r\nRSeq: {number}\r\n")
        rack = f"RAck: {number} 1 INVITE\r\n"
        prack = talk.request("PRACK", at + 0.01, branch=f"{number}", to_tag="callee", cseq=number + 1, fields=rack)
        talk.response(200, prack, at + 0.02)


def refusals(talk: Exchange, count: int) -> None:
    for number in range(count):
        asked = talk.request("REGISTER", number * PAUSE, branch=f"{number}", cseq=number)
        talk.response(403, asked, number * PAUSE + 0.01)


def seconds(told: Callable[[Exchange, int], None], count: int) -> float:
    """Of processor time, from the messages to the findings."""
    talk = Exchange()
    told(talk, count)
    begun = process_time()
    scene = talk.scene()
    caused(folded(diagnose(scene, RULES), scene.correlation.arrivals), scene.correlation)
    return process_time() - begun


@pytest.mark.parametrize("told", [attempts, changes, calls, hang_ups, answers, confirmations, refusals])
def test_ten_times_as_many_take_no_hundred_times_as_long(told: Callable[[Exchange, int], None]) -> None:
    """Ten times would be right; a quarter of the square is far beyond what a busy machine adds."""
    few = max(min(seconds(told, 300) for _ in range(2)), 0.02)
    assert any(seconds(told, 3000) < 45 * few for _ in range(3))
