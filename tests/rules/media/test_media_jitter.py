"""Tests of `sipdiag.rules.media.media_jitter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import sdp
from sipdiag.rules.media.media_jitter import NAME
from streaming import HERE, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable


def bursts(step: float) -> dict[int, float]:
    return {number: step * (3 - number % 4) for number in range(400)}


def test_packets_in_bursts_are_told() -> None:
    """Mean, maximum and the longest gap, in milliseconds."""
    (finding,) = Talk().begin().say(THERE, HERE, 1.1, 6, late=bursts(0.06)).end(8).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("unsteady", "warning", "likely")
    mean, top = finding.evidence["jitter_ms"], finding.evidence["jitter_max_ms"]
    assert isinstance(mean, float)
    assert isinstance(top, float)
    assert 60 < mean < top < 180


def mild() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 6, late=bursts(0.01)).end(8)


def few() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 0.8, late=bursts(0.06)).end(8)


def other_clock() -> Talk:
    """The timestamps run at the rate that the session description names; at 8 kHz they would be far apart."""
    opus = "m=audio {} RTP/AVP 111\na=rtpmap:111 opus/48000/2"
    talk = Talk().begin(sdp(opus.format(4000)), sdp(opus.format(6000), address=THERE[0]))
    return talk.say(THERE, HERE, 1.1, 6, payload_type=111, ticks=960).end(8)


@pytest.mark.parametrize("story", [mild, few, other_clock])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """A jitter buffer takes it, or there is too little to judge."""
    assert story().told(NAME) == []
