"""Tests of `sipdiag.rules.message.message_malformed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from described import with_head
from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.rules.message.message_malformed import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

GOOD = "From: <sip:+12025550100@example.com>"
BAD = "From: Moreau, Alice <sip:+12025550100@example.com>"
REQUIRED = "Max-Forwards: 70\r\n"


def bad(talk: Exchange, at: float = 0, **parts: str) -> Sighting:
    request = talk.request("MESSAGE", at, fields=REQUIRED, **parts)  # type: ignore[arg-type]
    return with_head(talk, request, GOOD, BAD)


def refused(talk: Exchange) -> None:
    talk.response(400, bad(talk), 0.1)


def ping(talk: Exchange) -> None:
    """The receiver is there, and answers."""
    asked = talk.request("OPTIONS", 0, call_id="ping", branch="ping", fields="Max-Forwards: 70\r\n")
    talk.response(200, asked, 0.1)


def ignored(talk: Exchange) -> None:
    ping(talk)
    talk.again(bad(talk), *ladder(0))


def response_ignored(talk: Exchange) -> None:
    request = talk.request("MESSAGE", 0, fields=REQUIRED)
    with_head(talk, talk.response(200, request, 0.1), "To: <sip:", 'To: "x <sip:')
    talk.again(request, 0.5, 1.5, 3.5)


def accepted(talk: Exchange) -> None:
    talk.response(200, bad(talk), 0.1)


def noted_where_refused(talk: Exchange) -> None:
    request = talk.request("MESSAGE", 0, fields=REQUIRED + "Date: yesterday\r\n")
    talk.response(400, request, 0.1)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (refused, ("refused", "error", "likely")),
        (ignored, ("ignored", "warning", "likely")),
        (response_ignored, ("ignored", "warning", "likely")),
        (accepted, ("accepted", "note", "certain")),
        (noted_where_refused, ("refused", "error", "likely")),
    ],
)
def test_the_harm_decides(story: Callable[[Exchange], None], said: Told) -> None:
    """One and the same defect is an error where it was refused, and a note where nobody minded."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_a_sender_is_told_of_once() -> None:
    """A hundred messages with one defect are one finding; the worst harm speaks."""
    talk = Exchange()
    for number in range(5):
        talk.response(200, bad(talk, number, call_id=f"call-{number}"), number + 0.1)
    talk.response(400, bad(talk, 9, call_id="last"), 9.1)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("refused", "error", "likely")
    assert finding.evidence == {
        "sender": CALLER,
        "receiver": CALLEE,
        "defect": "display-name-unquoted",
        "detail": "Moreau, Alice <sip:+12025550100@example.com>;tag=caller",
        "messages": 6,
        "message_frame": 11,
        "message": "MESSAGE",
        "code": 400,
        "repeats": 0,
    }


def well_formed(talk: Exchange) -> None:
    talk.response(200, talk.request("MESSAGE", 0, fields=REQUIRED), 0.1)


def harmless_where_accepted(talk: Exchange) -> None:
    talk.response(200, talk.request("MESSAGE", 0, fields=REQUIRED + "Date: yesterday\r\n"), 0.1)


def cut_off_by_the_recorder(talk: Exchange) -> None:
    request = bad(talk)
    talk.sightings[talk.sightings.index(request)] = replace(request, complete=False)


def nobody_there(talk: Exchange) -> None:
    ignored(talk)
    talk.sightings = [each for each in talk.sightings if each.message.call_id != "ping"]


@pytest.mark.parametrize("story", [nobody_there, well_formed, harmless_where_accepted, cut_off_by_the_recorder])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Nothing is wrong, nobody minds, or only the recorder is to blame."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_who_passes_it_on_is_not_to_blame() -> None:
    """Nor is a response that repeats what the request said."""
    talk = Exchange()
    first = bad(talk, destination=PROXY)
    further = bad(talk, 0.1, source=PROXY, branch="two")
    with_head(talk, talk.response(200, further, 0.2), GOOD, BAD)
    with_head(talk, talk.response(200, first, 0.3), GOOD, BAD)
    assert only_finding_of(talk, NAME).evidence["sender"] == CALLER


def test_a_long_value_is_quoted_in_part() -> None:
    """Whoever sends nonsense may send much of it."""
    talk = Exchange()
    request = talk.request("MESSAGE", 0, fields=REQUIRED)
    talk.response(200, with_head(talk, request, GOOD, 'From: "' + "x" * 5000 + "<sip:a@example.com>"), 0.1)
    detail = only_finding_of(talk, NAME).evidence["detail"]
    assert isinstance(detail, str)
    assert len(detail) == 201
