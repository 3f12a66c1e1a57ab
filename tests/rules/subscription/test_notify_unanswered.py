"""Tests of `sipdiag.rules.subscription.notify_unanswered`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import ladder
from sipdiag.rules.subscription.notify_unanswered import NAME
from subscriber import Watch
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def timed_out(watch: Watch) -> None:
    watch.talk.again(watch.notifies(30, code=0), *ladder(30))


def repeated(watch: Watch) -> None:
    watch.talk.again(watch.notifies(30, code=0), 30.5, 31.5, 33.5)
    watch.talk.until = 37


def silent(watch: Watch) -> None:
    watch.notifies(30, code=0)
    watch.talk.until = 70


def capture_ended(watch: Watch) -> None:
    watch.notifies(30, code=0)
    watch.talk.until = 31


def recovered(watch: Watch) -> None:
    timed_out(watch)
    watch.notifies(90)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (timed_out, ("timed-out", "warning", "certain")),
        (repeated, ("repeated", "warning", "likely")),
        (silent, ("silent", "note", "inconclusive")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (recovered, ("recovered", "note", "certain")),
    ],
)
def test_each_way_of_staying_unanswered_is_told_apart(story: Callable[[Watch], None], said: Told) -> None:
    """As sure as the repeats make it; what is answered later is a note."""
    watch = Watch()
    watch.subscribes(0)
    watch.notifies(0.2)
    story(watch)
    assert told(only_finding_of(watch.talk, NAME)) == said


def test_silence_after_an_answer_counts_anew() -> None:
    """The newest silence is told, with what belongs to it only."""
    watch = Watch()
    watch.subscribes(0)
    recovered(watch)
    last = watch.notifies(120, code=0)
    watch.talk.again(last, *ladder(120))
    finding = only_finding_of(watch.talk, NAME)
    assert (finding.variant, finding.frames) == ("timed-out", [last.frame])


def answered(watch: Watch) -> None:
    request = watch.notifies(30, code=0)
    watch.talk.again(request, 30.5)
    watch.talk.response(200, request, 31)
    watch.talk.until = 90


def refused(watch: Watch) -> None:
    watch.notifies(30, code=481)
    watch.talk.until = 90


def at_the_very_end(watch: Watch) -> None:
    watch.notifies(30, code=0)


@pytest.mark.parametrize("story", [answered, refused, at_the_very_end])
def test_a_near_miss_is_silent(story: Callable[[Watch], None]) -> None:
    """Any response is an answer."""
    watch = Watch()
    watch.subscribes(0)
    watch.notifies(0.2)
    story(watch)
    assert findings_of(watch.talk, NAME) == []
