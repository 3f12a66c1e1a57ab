"""Tests of `sipdiag.rules.media.media_loss`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from facsimile import sent, turned
from sipdiag.rules.media.media_loss import NAME
from streaming import HERE, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable


def test_loss_is_told_of_its_stream() -> None:
    """How much, of how many, and when most of it."""
    lost = {*range(10, 300, 30), *range(200, 210)}
    (finding,) = Talk().begin().say(THERE, HERE, 1.1, 6, lost=lost).end(8).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("lossy", "warning", "likely")
    assert (finding.evidence["lost"], finding.evidence["expected"]) == (len(lost), 300)
    assert (finding.evidence["loss_percent"], finding.evidence["worst_second"]) == (6.7, 3.9)
    assert finding.evidence["sender"] == "sip:+12025550199@example.com"


def little() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 6, lost=range(10, 300, 50)).end(8)


def few() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 0.4, lost=(3, 4)).end(8)


def late() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 6, late=dict.fromkeys(range(5, 300, 10), 0.05)).end(8)


def copied() -> Talk:
    return Talk().begin().say(THERE, HERE, 1.1, 6).say(THERE, HERE, 1.1001, 6).end(8)


def nobodys() -> Talk:
    return Talk().begin().say(("192.0.2.77", 1), ("192.0.2.78", 2), 1.1, 6, lost=range(10, 300, 20)).end(8)


@pytest.mark.parametrize("story", [little, few, late, copied, nobodys])
def test_a_near_miss_is_silent(story: Callable[[], Talk]) -> None:
    """Little, few, late, twice, or of no call."""
    assert story().told(NAME) == []


def of_a_fax(lost: set[int], repeated: int = 2) -> Talk:
    talk = sent(turned(), HERE, THERE, 4.2, 12, lost=lost, repeated=repeated)
    return sent(talk, THERE, HERE, 4.2, 12).end(17)


def test_what_a_fax_lost_for_good_is_told() -> None:
    """Though it is little: five packets that none behind them brought again."""
    (finding,) = of_a_fax({at + more for at in range(20, 270, 50) for more in range(3)}).findings(NAME)
    assert (finding.variant, finding.severity.value, finding.confidence.value) == ("fax", "warning", "likely")
    assert (finding.evidence["lost"], finding.evidence["lost_for_good"], finding.evidence["expected"]) == (15, 5, 300)
    assert finding.evidence["sender"] == "sip:+12025550100@example.com"


def test_what_came_again_is_a_note() -> None:
    """Of many packets that were lost."""
    assert of_a_fax(set(range(20, 290, 20))).told(NAME) == [("fax-repaired", "note", "likely")]


def test_little_that_a_fax_lost_is_nothing() -> None:
    """Few for good, or few at all."""
    assert of_a_fax({20, 21, 22, 70, 71, 72, 120, 170}).told(NAME) == []
    assert of_a_fax({20, 70, 120, 170}, repeated=0).told(NAME) == []
