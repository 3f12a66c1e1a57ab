"""Tests of `sipdiag.rules.subscription.notify_missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sipdiag.rules.subscription.notify_missing import NAME
from subscriber import Watch
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def never(watch: Watch) -> None:
    watch.subscribes(0)
    watch.talk.until = 60


def capture_ended(watch: Watch) -> None:
    watch.subscribes(0)
    watch.talk.until = 10


def other_way(watch: Watch) -> None:
    watch.subscribes(0, contact="Contact: <sip:198.51.100.99>\r\n")
    watch.talk.until = 60


def refresh(watch: Watch) -> None:
    watch.subscribes(0)
    watch.notifies(0.2)
    watch.subscribes(300)
    watch.talk.until = 360


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (never, ("never", "error", "likely")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
        (other_way, ("other-way", "note", "inconclusive")),
        (refresh, ("refresh", "note", "likely")),
    ],
)
def test_each_way_to_miss_a_notify_is_told_apart(story: Callable[[Watch], None], said: Told) -> None:
    """Timer N decides; where the NOTIFY may pass by, or the first one came, it is no error."""
    watch = Watch()
    story(watch)
    assert told(only_finding_of(watch.talk, NAME)) == said


def followed(watch: Watch) -> None:
    watch.subscribes(0)
    watch.notifies(5)
    watch.talk.until = 60


def overtaken(watch: Watch) -> None:
    watch.notifies(0.05)
    watch.subscribes(0)
    watch.talk.until = 60


def unsubscribed(watch: Watch) -> None:
    watch.subscribes(0, expires=0)
    watch.talk.until = 60


def no_notification_promised(watch: Watch) -> None:
    watch.subscribes(0, 204)
    watch.talk.until = 60


def refused(watch: Watch) -> None:
    watch.subscribes(0, 489)
    watch.talk.until = 60


def at_the_very_end(watch: Watch) -> None:
    watch.subscribes(0)


@pytest.mark.parametrize(
    "story", [followed, overtaken, unsubscribed, no_notification_promised, refused, at_the_very_end]
)
def test_a_near_miss_is_silent(story: Callable[[Watch], None]) -> None:
    """It came, even before the 200; or none was due; or it had no time to come."""
    watch = Watch()
    story(watch)
    assert findings_of(watch.talk, NAME) == []
