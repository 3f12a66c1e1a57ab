"""Tests of `sipdiag.rules.subscription.subscription_expired`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER
from sipdiag.rules.subscription.subscription_expired import NAME
from subscriber import EVENT, Watch
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = "terminated;reason=timeout"


def timeout(watch: Watch) -> None:
    watch.notifies(61, TIMEOUT)


def renewed(watch: Watch) -> None:
    watch.notifies(61, TIMEOUT)
    request = watch.talk.request("SUBSCRIBE", 70, call_id="anew", branch="anew", fields=EVENT)
    watch.talk.response(200, request, 70.1, fields="Expires: 60\r\n")


def late(watch: Watch) -> None:
    watch.subscribes(90, expires=60)
    watch.notifies(90.2)


def not_refreshed(watch: Watch) -> None:
    watch.talk.request("OPTIONS", 80, source=CALLER, destination=CALLEE, call_id="ping")
    watch.talk.until = 100


def vanished(watch: Watch) -> None:
    watch.talk.until = 100


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (timeout, ("timeout", "warning", "certain")),
        (renewed, ("renewed", "note", "certain")),
        (late, ("late", "warning", "certain")),
        (not_refreshed, ("not-refreshed", "warning", "likely")),
        (vanished, ("vanished", "note", "likely")),
    ],
)
def test_each_end_of_a_subscription_is_told_apart(story: Callable[[Watch], None], said: Told) -> None:
    """The notifier's own word is certain; a new subscription heals it; a subscriber that is gone may be off."""
    watch = Watch()
    watch.subscribes(0, expires=60)
    watch.notifies(0.2)
    story(watch)
    assert told(only_finding_of(watch.talk, NAME)) == said


def in_time(watch: Watch) -> None:
    watch.subscribes(50, expires=60)
    watch.notifies(50.2)
    watch.talk.until = 100


def taken_back(watch: Watch) -> None:
    watch.subscribes(50, expires=0)
    watch.notifies(50.2, TIMEOUT)
    watch.talk.until = 200


def ended_for_another_reason(watch: Watch) -> None:
    watch.notifies(30, "terminated;reason=noresource")
    watch.talk.until = 200


def still_notified(watch: Watch) -> None:
    watch.notifies(90)
    watch.talk.until = 200


@pytest.mark.parametrize("story", [in_time, taken_back, ended_for_another_reason, still_notified])
def test_a_near_miss_is_silent(story: Callable[[Watch], None]) -> None:
    """Refreshed, wanted so, ended by somebody, or refreshed where nobody recorded."""
    watch = Watch()
    watch.subscribes(0, expires=60)
    watch.notifies(0.2)
    story(watch)
    assert findings_of(watch.talk, NAME) == []
