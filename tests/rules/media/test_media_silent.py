"""Tests of `sipdiag.rules.media.media_silent`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sipdiag.rules.media.media_silent import NAME
from streaming import HERE, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

SILENCE = b"\xff" * 160


def test_packets_of_silence_are_told() -> None:
    """How many, for how long, and from where."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 10).say(THERE, HERE, 1.1, 10, ssrc=8, payload=SILENCE).end(12)
    (finding,) = talk.findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("silent", "warning", "likely")
    assert (finding.evidence["packets"], finding.evidence["seconds"]) == (500, 9.98)
    assert finding.evidence["unheard"] == "sip:+12025550199@example.com"


def test_a_caller_who_is_silent_is_a_note() -> None:
    """Muted in a conference, most of the time."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 10, payload=SILENCE).say(THERE, HERE, 1.1, 10, ssrc=8).end(12)
    assert talk.told(NAME) == [("silent", "note", "likely")]


def speaks_in_the_end() -> Talk:
    talk = Talk().begin().say(THERE, HERE, 1.1, 9, payload=SILENCE).say(THERE, HERE, 10.1, 2, first=450)
    return talk.say(HERE, THERE, 1.1, 10, ssrc=8).end(13)


def short() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 6, payload=SILENCE).end(8)


def held() -> Talk:
    return Talk().begin().hold(1.5).say(THERE, HERE, 1.8, 10, payload=SILENCE).end(13)


def another_codec() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 10, payload_type=18, payload=b"\xff" * 20).end(12)


@pytest.mark.parametrize("story", [speaks_in_the_end, short, held, another_codec])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """Somebody who listens, is on hold, or whose codec is not known to be silent."""
    assert story().told(NAME) == []
