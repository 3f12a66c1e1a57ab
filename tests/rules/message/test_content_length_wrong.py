"""Tests of `sipdiag.rules.message.content_length_wrong`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from described import with_body
from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.rules.message.content_length_wrong import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting


def stating(talk: Exchange, length: int, body: bytes = b"v=0\r\n") -> Sighting:
    return with_body(talk, talk.request("MESSAGE", 0, fields="Max-Forwards: 70\r\n"), body, stated=length)


def refused(talk: Exchange) -> None:
    talk.response(400, stating(talk, 9), 0.1)


def ping(talk: Exchange) -> None:
    """The receiver is there, and answers."""
    asked = talk.request("OPTIONS", 0, call_id="ping", branch="ping", fields="Max-Forwards: 70\r\n")
    talk.response(200, asked, 0.1)


def ignored(talk: Exchange) -> None:
    ping(talk)
    first = stating(talk, 9)
    for copy in talk.again(first, *ladder(0)):
        talk.sightings[talk.sightings.index(copy)] = replace(copy, message=first.message)


def accepted(talk: Exchange) -> None:
    talk.response(200, stating(talk, 2), 0.1)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (refused, ("refused", "error", "likely")),
        (ignored, ("ignored", "warning", "likely")),
        (accepted, ("accepted", "note", "certain")),
    ],
)
def test_the_harm_decides(story: Callable[[Exchange], None], said: Told) -> None:
    """A wrong length is an error where it was refused, and a note where nobody minded."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_both_lengths() -> None:
    """What is stated, and what is there."""
    talk = Exchange()
    refused(talk)
    assert only_finding_of(talk, NAME).evidence == {
        "sender": CALLER,
        "receiver": CALLEE,
        "defect": "content-length-too-large",
        "detail": "9, 5 bytes there",
        "messages": 1,
        "message_frame": 1,
        "message": "MESSAGE",
        "code": 400,
        "repeats": 0,
    }


def right(talk: Exchange) -> None:
    talk.response(200, stating(talk, 5), 0.1)


def padded(talk: Exchange) -> None:
    talk.response(200, stating(talk, 5, b"v=0\r\n\r\n\r\n\0"), 0.1)


def cut_off_by_the_recorder(talk: Exchange) -> None:
    request = stating(talk, 900)
    talk.sightings[talk.sightings.index(request)] = replace(request, complete=False)


def nobody_there(talk: Exchange) -> None:
    ignored(talk)
    talk.sightings = [each for each in talk.sightings if each.message.call_id != "ping"]


@pytest.mark.parametrize("story", [nobody_there, right, padded, cut_off_by_the_recorder])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """The length is right but for what means nothing, or only the recorder is to blame."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
