"""Tests of `sipdiag.rules.transaction.ack_missing_failure`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.rules.transaction.ack_missing_failure import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting


def refused(talk: Exchange, *, transport: str = "udp") -> Sighting:
    return talk.response(486, talk.request("INVITE", 0, transport=transport), 1)


def timed_out(talk: Exchange) -> None:
    talk.again(refused(talk), *ladder(1))


def repeated(talk: Exchange) -> None:
    times = ladder(1, until=16)
    talk.again(refused(talk), *times)
    talk.until = times[-1] + 4.2


def silent(talk: Exchange) -> None:
    refused(talk, transport="tcp")
    talk.until = 40


def one_sided(talk: Exchange) -> None:
    refused(talk)
    talk.sightings = [each for each in talk.sightings if each.source == CALLEE]
    talk.until = 20


def capture_ended(talk: Exchange) -> None:
    refused(talk)


def capture_ended_over_tcp(talk: Exchange) -> None:
    refused(talk, transport="tcp")
    talk.until = 20


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (timed_out, ("timed-out", "warning", "certain")),
        (repeated, ("repeated", "warning", "likely")),
        (silent, ("silent", "warning", "likely")),
        (one_sided, ("one-sided", "note", "inconclusive")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (capture_ended_over_tcp, ("capture-ended", "note", "inconclusive")),
    ],
)
def test_each_way_of_missing_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """A variant has its own severity and confidence: at worst a warning, since the call had failed anyway."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_of_a_full_ladder() -> None:
    """The failure and each of its copies."""
    talk = Exchange()
    final = refused(talk)
    copies = talk.again(final, *ladder(1))
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [final.frame, *(copy.frame for copy in copies)]
    assert finding.knowledge == "rule/ack-missing-failure"
    assert finding.evidence == {
        "response_frame": final.frame,
        "code": 486,
        "repeats": 10,
        "repeated_for_s": 31.5,
        "recorded_after_s": 31.5,
        "server": CALLEE,
        "client": CALLER,
    }


def acknowledged(talk: Exchange) -> None:
    refused(talk)
    talk.request("ACK", 1.1, to_tag="callee")
    talk.until = 40


def acknowledged_late(talk: Exchange) -> None:
    talk.again(refused(talk), 1.5, 2.5)
    talk.request("ACK", 2.6, to_tag="callee")
    talk.until = 40


def quiet_over_udp(talk: Exchange) -> None:
    refused(talk)
    talk.until = 40


def acknowledged_on_another_branch(talk: Exchange) -> None:
    final = refused(talk)
    talk.request("ACK", 1.1, branch="other", to_tag="callee")
    talk.again(final, *ladder(1))


def answered(talk: Exchange) -> None:
    talk.again(talk.answered_call(ack=False), *ladder(1.5))


@pytest.mark.parametrize(
    "story", [acknowledged, acknowledged_late, quiet_over_udp, acknowledged_on_another_branch, answered]
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """An ACK that came, one that a quiet server proves, and what other rules tell of."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
