"""Tests of `sipdiag.rules.transaction.prack_missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.transaction.prack_missing import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

LADDER = (1.5, 2.5, 4.5, 8.5, 16.5, 32.5)
"""When a response of second 1 is repeated: the pauses double and double (RFC 3262, section 3)."""


def rung(talk: Exchange, *, offer: str = "Supported: 100rel\r\n", rseq: int = 7, at: float = 1) -> Sighting:
    """An INVITE and a reliable 183 at second 1."""
    invite = talk.request("INVITE", 0, fields=offer)
    return talk.response(183, invite, at, fields=f"Require: 100rel\r\nRSeq: {rseq}\r\n")


def prack(talk: Exchange, at: float, rack: str = "7 1 INVITE", *, destination: str = CALLEE) -> Sighting:
    return talk.request(
        "PRACK",
        at,
        cseq=2,
        branch=f"prack{at}",
        to_tag="callee",
        fields=f"RAck: {rack}\r\n",
        destination=destination,
        transport="tcp",
    )


def timed_out(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER)


def given_up(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:-1])
    talk.response(504, talk.sightings[0], 33)


def repeated(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:3])


def not_offered(talk: Exchange) -> None:
    talk.again(rung(talk, offer=""), *LADDER[:4])


def answered_anyway(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:3])
    talk.response(200, talk.sightings[0], 6)
    talk.request("ACK", 6.1, branch="ack", to_tag="callee")


def mismatched(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER)
    talk.response(481, prack(talk, 1.1, "8 1 INVITE"), 1.2)


def rejected(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER)
    talk.response(403, prack(talk, 1.1), 1.2)


def not_accepted(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER)
    prack(talk, 1.1)


def sent_elsewhere(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER)
    prack(talk, 1.1, destination=PROXY)


def capture_ended(talk: Exchange) -> None:
    talk.again(rung(talk), 1.5)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (timed_out, ("timed-out", "error", "certain")),
        (given_up, ("given-up", "error", "likely")),
        (repeated, ("repeated", "error", "likely")),
        (not_offered, ("not-offered", "error", "likely")),
        (answered_anyway, ("answered-anyway", "warning", "likely")),
        (mismatched, ("mismatched", "error", "certain")),
        (rejected, ("rejected", "error", "certain")),
        (not_accepted, ("not-accepted", "error", "certain")),
        (sent_elsewhere, ("sent-elsewhere", "error", "certain")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
    ],
)
def test_each_way_of_missing_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """A variant has its own severity and confidence; certain is only a full ladder."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_of_a_full_ladder() -> None:
    """The response, each of its copies, and between whom."""
    talk = Exchange()
    response = rung(talk)
    copies = talk.again(response, *LADDER)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [response.frame, *(copy.frame for copy in copies)]
    assert finding.knowledge == "rule/prack-missing"
    assert finding.evidence == {
        "response_frame": response.frame,
        "code": 183,
        "rseq": "7",
        "repeats": 6,
        "repeated_for_s": 31.5,
        "recorded_after_s": 31.5,
        "callee": CALLEE,
        "caller": CALLER,
    }


@pytest.mark.parametrize("story", [not_accepted, sent_elsewhere])
def test_its_prack_is_not_told_of_a_second_time(story: Callable[[Exchange], None]) -> None:
    """That nothing answered it is the cause, not another failure."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, "request-unanswered") == []


def test_a_direction_that_was_not_recorded_leaves_it_open() -> None:
    """Only the callee's packets are there: nobody can tell."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(183, invite, 1, fields="Require: 100rel\r\nRSeq: 7\r\n")
    talk.sightings.remove(invite)
    talk.until = 1.4
    assert told(only_finding_of(talk, NAME)) == ("one-sided", "note", "inconclusive")


def in_time(talk: Exchange) -> None:
    rung(talk)
    talk.response(200, prack(talk, 1.1), 1.2)
    talk.until = 60


def late(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:3])
    talk.response(200, prack(talk, 4.6), 4.7)


def asked_no_more(talk: Exchange) -> None:
    rung(talk)
    talk.until = 60


def asked_once_more_and_no_more(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:2])
    talk.until = 60


def went_on(talk: Exchange) -> None:
    rung(talk)
    talk.response(180, talk.sightings[0], 1.3, fields="Require: 100rel\r\nRSeq: 8\r\n")
    talk.response(200, prack(talk, 1.4, "8 1 INVITE"), 1.5)


def answered_at_once(talk: Exchange) -> None:
    rung(talk)
    talk.response(200, talk.sightings[0], 1.4)
    talk.request("ACK", 1.5, branch="ack", to_tag="callee")


def plain(talk: Exchange) -> None:
    talk.again(talk.response(183, talk.request("INVITE", 0), 1, fields="RSeq: 7\r\n"), *LADDER)


def at_the_very_end(talk: Exchange) -> None:
    rung(talk)
    talk.until = 1.1


def failed_for_another_reason(talk: Exchange) -> None:
    talk.again(rung(talk), *LADDER[:3])
    talk.response(504, talk.sightings[0], 33)


def through_a_proxy(talk: Exchange) -> None:
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", fields="Supported: 100rel\r\n")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far", fields="Supported: 100rel\r\n")
    fields = "Require: 100rel\r\nRSeq: 7\r\n"
    talk.response(183, far, 1, fields=fields)
    talk.response(183, near, 1.01, fields=fields)
    talk.response(200, prack(talk, 1.1), 1.2)
    talk.until = 60


@pytest.mark.parametrize(
    "story",
    [
        in_time,
        late,
        asked_no_more,
        asked_once_more_and_no_more,
        went_on,
        answered_at_once,
        plain,
        at_the_very_end,
        failed_for_another_reason,
        through_a_proxy,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A callee that asks no more has what it wanted, whatever the recorder saw."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
