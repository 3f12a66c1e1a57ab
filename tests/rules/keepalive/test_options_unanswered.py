"""Tests of `sipdiag.rules.keepalive.options_unanswered`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.keepalive.options_unanswered import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting


def ping(
    talk: Exchange, at: float, *, answered: bool = False, source: str = CALLER, destination: str = CALLEE
) -> Sighting:
    name = f"ping{at}{source}{destination}"
    request = talk.request("OPTIONS", at, call_id=name, branch=name, source=source, destination=destination)
    if answered:
        talk.response(200, request, at + 0.01)
    else:
        talk.again(request, *ladder(at))
    return request


def down(talk: Exchange) -> None:
    ping(talk, 0, answered=True)
    ping(talk, 60)
    ping(talk, 120)


def never_there(talk: Exchange) -> None:
    ping(talk, 0)
    ping(talk, 60)


def recovered(talk: Exchange) -> None:
    down(talk)
    ping(talk, 180, answered=True)


def missed(talk: Exchange) -> None:
    ping(talk, 0)
    ping(talk, 60, answered=True)


def ignored(talk: Exchange) -> None:
    ping(talk, 0)
    ping(talk, 60)
    ping(talk, 130, answered=True, source=CALLEE, destination=CALLER)


def once(talk: Exchange) -> None:
    ping(talk, 0)


def capture_ended(talk: Exchange) -> None:
    ping(talk, 0, answered=True)
    talk.request("OPTIONS", 60, call_id="last", branch="last")
    talk.until = 61


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (down, ("down", "error", "certain")),
        (never_there, ("down", "error", "likely")),
        (recovered, ("recovered", "warning", "certain")),
        (missed, ("missed", "note", "certain")),
        (ignored, ("ignored", "warning", "likely")),
        (once, ("once", "note", "likely")),
        (capture_ended, ("capture-ended", "note", "inconclusive")),
    ],
)
def test_each_silence_is_told_once_and_by_what_it_costs(story: Callable[[Exchange], None], said: Told) -> None:
    """All pings of an outage are one finding; a peer that speaks otherwise is not down."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_an_outage_says_how_long_it_lasted() -> None:
    """From the first question in vain to the first answer."""
    talk = Exchange()
    recovered(talk)
    evidence = only_finding_of(talk, NAME).evidence
    assert (evidence["pings"], evidence["recovered_after_s"], evidence["answered_before"]) == (2, 120.01, True)


def test_what_a_proxy_sent_on_is_told_where_it_was_sent_on() -> None:
    """Both hops are silent; the finding is on the second."""
    talk = Exchange()
    ping(talk, 0, answered=True, source=PROXY)
    first = talk.request("OPTIONS", 10, destination=PROXY)
    second = talk.request("OPTIONS", 10.1, source=PROXY, branch="two")
    talk.again(first, *ladder(10))
    talk.again(second, *ladder(10.1))
    finding = only_finding_of(talk, NAME)
    assert (finding.evidence["client"], finding.evidence["server"]) == (PROXY, CALLEE)


def answered_late(talk: Exchange) -> None:
    request = talk.request("OPTIONS", 0)
    talk.again(request, 0.5)
    talk.response(503, request, 3)
    talk.until = 60


def within_a_dialog(talk: Exchange) -> None:
    talk.request("OPTIONS", 0, to_tag="callee")
    talk.until = 60


def many_addresses_once_each(talk: Exchange) -> None:
    for number in range(11):
        ping(talk, number, destination=f"203.0.113.{number + 30}:5060")


@pytest.mark.parametrize("story", [answered_late, within_a_dialog, many_addresses_once_each])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Any response is a sign of life; who asks everybody once is no peer."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
