"""Tests of `sipdiag.rules.message.header_missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.rules.message.header_missing import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIRED = "Max-Forwards: 70\r\n"
CONTACT = "Contact: <sip:a@192.0.2.10>\r\n"
CHALLENGE = 'WWW-Authenticate: Digest realm="example.com", nonce="a"\r\n'


def refused(talk: Exchange) -> None:
    talk.response(400, talk.request("INVITE", 0, fields=REQUIRED), 0.1)


def ping(talk: Exchange) -> None:
    """The receiver is there, and answers."""
    asked = talk.request("OPTIONS", 0, call_id="ping", branch="ping", fields="Max-Forwards: 70\r\n")
    talk.response(200, asked, 0.1)


def ignored(talk: Exchange) -> None:
    ping(talk)
    talk.again(talk.request("REFER", 0, fields=REQUIRED + CONTACT), *ladder(0))


def accepted(talk: Exchange) -> None:
    state = "Subscription-State: active\r\n"
    talk.response(200, talk.request("NOTIFY", 0, fields=REQUIRED + CONTACT + state), 0.1)


def unusable(talk: Exchange) -> None:
    talk.response(401, talk.request("REGISTER", 0, fields=REQUIRED + CONTACT), 0.1)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (refused, ("refused", "error", "likely")),
        (ignored, ("ignored", "warning", "likely")),
        (accepted, ("accepted", "note", "certain")),
        (unusable, ("unusable", "warning", "certain")),
    ],
)
def test_the_harm_decides(story: Callable[[Exchange], None], said: Told) -> None:
    """What was refused for it is an error; a refusal that does not say what it wants leads nowhere."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_what_is_missing() -> None:
    """Header field, message, both sides."""
    talk = Exchange()
    unusable(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [1, 2]
    assert finding.evidence == {
        "sender": CALLEE,
        "receiver": CALLER,
        "defect": "header-omitted",
        "detail": "WWW-Authenticate",
        "messages": 1,
        "message_frame": 2,
        "message": "401 (REGISTER)",
        "code": 401,
        "repeats": 0,
    }


def complete(talk: Exchange) -> None:
    talk.response(200, talk.request("INVITE", 0, fields=REQUIRED + CONTACT), 0.1, fields=CONTACT)


def done_without(talk: Exchange) -> None:
    talk.response(200, talk.request("INVITE", 0), 0.1, fields=CONTACT)


def got_through(talk: Exchange) -> None:
    unusable(talk)
    talk.response(200, talk.request("REGISTER", 1, fields=REQUIRED + CONTACT, cseq=2, branch="two"), 1.1)


def challenged(talk: Exchange) -> None:
    talk.response(401, talk.request("REGISTER", 0, fields=REQUIRED + CONTACT), 0.1, fields=CHALLENGE)


def method_not_allowed(talk: Exchange) -> None:
    talk.response(405, talk.request("INFO", 0, fields=REQUIRED), 0.1)


def nobody_there(talk: Exchange) -> None:
    ignored(talk)
    talk.sightings = [each for each in talk.sightings if each.message.call_id != "ping"]


@pytest.mark.parametrize("story", [nobody_there, complete, done_without, got_through, challenged, method_not_allowed])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Nothing is missing, or nobody missed it."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
