"""Tests of `sipdiag.rules.media.media_source_mismatch`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from described import VOICE, sdp, with_body
from sipdiag.rules.media.media_source_mismatch import NAME
from streaming import ANSWER, HERE, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

STRANGER = ("198.51.100.99", 30_000)


def test_two_sources_at_once_are_crosstalk() -> None:
    """Both are named, with what the description says."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 1.1, 8, ssrc=8)
    (finding,) = talk.say(STRANGER, HERE, 3, 4, ssrc=9).end(10).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("crosstalk", "warning", "likely")
    assert finding.evidence["sources"] == ["203.0.113.20:6000", "198.51.100.99:30000"]
    assert (finding.evidence["described"], finding.evidence["described_frame"]) == ("203.0.113.20:6000", 2)


def test_a_flood_of_streams_is_looked_through_in_time() -> None:
    """Thousands of senders to one end are not compared each with each."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 8)
    for number in range(3_000):
        talk.say((f"198.51.100.{number % 200}", 20_000 + number), HERE, 1.1 + number / 1_000, 1.5, ssrc=10 + number)
    analysed = talk.end(10)
    began = time.process_time()
    assert analysed.told(NAME) == [("crosstalk", "warning", "likely")]
    assert time.process_time() - began < 10


def test_a_source_that_is_not_followed_is_a_note() -> None:
    """The answers go on to the address that was described; whether that is heard nobody can tell here."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 8).say(STRANGER, HERE, 1.1, 8, ssrc=8).end(10)
    assert talk.told(NAME) == [("not-followed", "note", "likely")]


def followed() -> Talk:
    return Talk().begin().say(STRANGER, HERE, 1.1, 8).say(HERE, STRANGER, 1.2, 8, ssrc=8).end(10)


def another_port() -> Talk:
    return Talk().begin().say((THERE[0], 7_777), HERE, 1.1, 8).say(HERE, THERE, 1.1, 8, ssrc=8).end(10)


def taken_over() -> Talk:
    talk = Talk().begin().say(THERE, HERE, 1.1, 4).say(STRANGER, HERE, 5.2, 3, ssrc=9)
    return talk.say(HERE, THERE, 1.1, 4, ssrc=8).say(HERE, STRANGER, 5.3, 3, ssrc=8).end(10)


def to_two_ends() -> Talk:
    """A re-INVITE moves the caller; the old source goes on to where it was."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 1.1, 8, ssrc=8)
    again = talk.exchange.request("INVITE", 3, to_tag="callee", cseq=5, branch="moved")
    with_body(talk.exchange, again, sdp(VOICE.replace("4000", "4002")))
    with_body(talk.exchange, talk.exchange.response(200, again, 3.1), ANSWER)
    there = (HERE[0], 4_002)
    return talk.say(STRANGER, there, 3.2, 5, ssrc=9).say(there, STRANGER, 3.2, 5, ssrc=6).end(10)


def as_described() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 8).say(THERE, HERE, 1.1, 8, ssrc=8).end(10)


@pytest.mark.parametrize("story", [followed, another_port, taken_over, to_two_ends, as_described])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """Answers follow the source, one host uses two ports, one source takes over from another, or sends elsewhere."""
    assert story().told(NAME) == []
