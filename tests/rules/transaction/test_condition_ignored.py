"""Tests of `sipdiag.rules.transaction.condition_ignored`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.transaction.condition_ignored import NAME
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [
    ("INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", "extension"),
    ("INVITE", "Session-Expires: 90\r\n", 422, "Min-SE: 1800\r\n", "session-interval"),
    ("SUBSCRIBE", "Event: dialog\r\nExpires: 30\r\n", 423, "Min-Expires: 300\r\n", "interval"),
    ("SUBSCRIBE", "Event: presence;id=7\r\n", 489, "Allow-Events: dialog\r\n", "event"),
    ("MESSAGE", "", 405, "Allow: INVITE, BYE\r\n", "method"),
    ("MESSAGE", "", 401, 'WWW-Authenticate: Digest realm="example.com", nonce="n"\r\n', "credentials"),
    ("PUBLISH", "", 407, 'Proxy-Authenticate: Digest realm="example.com", nonce="n"\r\n', "credentials"),
    ("INVITE", "", 503, "Retry-After: 600 (busy)\r\n", "retry-after"),
]


def tries(
    talk: Exchange,
    method: str,
    fields: str,
    code: int,
    answer: str,
    times: int,
    *,
    pause: float = 20,
    source: str = CALLER,
) -> None:
    """The same request and the same refusal, under a new Call-ID each time."""
    for number in range(times):
        request = talk.request(
            method, number * pause, call_id=f"try-{number}", branch=f"b{number}", fields=fields, source=source
        )
        talk.response(code, request, number * pause + 0.1, fields=answer)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("times", "severity"), [(2, "note"), (3, "note"), (4, "warning"), (9, "warning")])
def test_each_condition_is_told_once(case: tuple[str, str, int, str, str], times: int, severity: str) -> None:
    """However often it was broken; a client that goes on is a warning, and one that tried twice a note."""
    talk = Exchange()
    *words, variant = case
    method, fields, code, answer = words
    tries(talk, str(method), str(fields), int(code), str(answer), times)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == (variant, severity, "certain")
    assert (finding.evidence["repeats"], finding.evidence["refusals"]) == (times - 1, times)


def test_the_evidence() -> None:
    """What was asked for, what was sent, and the first time it was sent again."""
    talk = Exchange()
    tries(talk, "INVITE", "Require: gruu, timer\r\n", 420, "Unsupported: gruu\r\n", 2)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [1, 2, 3]
    assert finding.knowledge == "rule/condition-ignored"
    assert finding.evidence == {
        "code": 420,
        "method": "INVITE",
        "request_frame": 1,
        "response_frame": 2,
        "stated": ["gruu"],
        "sent": "gruu",
        "refusals": 2,
        "repeats": 1,
        "repeat_frame": 3,
        "repeat_after_s": 19.9,
        "client": CALLER,
        "server": CALLEE,
    }


def test_a_refusal_that_states_nothing_cannot_be_ignored() -> None:
    """415 to a request without a body: no type was refused."""
    talk = Exchange()
    for number in range(2):
        request = talk.request("MESSAGE", number * 20.0, call_id=f"try-{number}", branch=f"b{number}")
        talk.response(415, request, number * 20 + 0.1, fields="Accept: text/plain\r\n")
    assert findings_of(talk, NAME) == []


def test_what_was_heeded_in_the_end_is_a_note() -> None:
    """The client needed two refusals to read one."""
    talk = Exchange()
    tries(talk, "INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", 6, pause=2)
    met = talk.request("INVITE", 20, call_id="try-9", branch="b9")
    talk.response(200, met, 20.1)
    finding = only_finding_of(talk, NAME)
    assert (finding.severity.value, finding.evidence["met_frame"]) == ("note", met.frame)


@pytest.mark.parametrize(
    ("fields", "code", "answer"), [("", 503, "Retry-After: 60\r\n"), ("Require: x\r\n", 420, "Unsupported: x\r\n")]
)
def test_a_client_that_never_pauses_is_told(fields: str, code: int, answer: str) -> None:
    """Refusals that follow each other closely are no excuse for what came half a second after the first."""
    talk = Exchange()
    tries(talk, "INVITE", fields, code, answer, 100, pause=0.02)
    finding = only_finding_of(talk, NAME)
    assert finding.severity.value == "warning"
    assert finding.evidence["repeats"] in range(65, 75)


def test_an_unasked_notify_is_a_note_however_often() -> None:
    """Message waiting for a phone that does not want it harms nobody."""
    talk = Exchange()
    tries(talk, "NOTIFY", "Event: message-summary\r\n", 489, "", 20)
    assert told(only_finding_of(talk, NAME)) == ("event", "note", "certain")


def heeded_each_time(talk: Exchange) -> None:
    for number in range(5):
        first = talk.request("INVITE", number * 10, call_id=f"c{number}", fields="Session-Expires: 90\r\n")
        talk.response(422, first, number * 10 + 0.1, fields="Min-SE: 1800\r\n")
        again = talk.request(
            "INVITE", number * 10 + 0.2, call_id=f"c{number}", cseq=2, branch="two", fields="Session-Expires: 1800\r\n"
        )
        talk.response(200, again, number * 10 + 1)


def challenged_each_time(talk: Exchange) -> None:
    challenge = 'WWW-Authenticate: Digest realm="example.com", nonce="n"\r\n'
    for number in range(5):
        first = talk.request("MESSAGE", number * 10, call_id=f"c{number}")
        talk.response(401, first, number * 10 + 0.1, fields=challenge)
        again = talk.request(
            "MESSAGE",
            number * 10 + 0.2,
            call_id=f"c{number}",
            cseq=2,
            branch="two",
            fields="Authorization: Digest x\r\n",
        )
        talk.response(200, again, number * 10 + 0.3)


def after_the_time(talk: Exchange) -> None:
    tries(talk, "INVITE", "", 503, "Retry-After: 10\r\n", 5)


def without_a_time(talk: Exchange) -> None:
    tries(talk, "INVITE", "", 503, "", 5)


def in_flight(talk: Exchange) -> None:
    for number in range(20):
        request = talk.request("INVITE", number * 0.01, call_id=f"c{number}", branch=f"b{number}")
        talk.response(503, request, number * 0.01 + 0.2, fields="Retry-After: 60\r\n")


def to_another_server(talk: Exchange) -> None:
    refused = talk.request("INVITE", 0)
    talk.response(503, refused, 0.1, fields="Retry-After: 60\r\n")
    for number in range(5):
        talk.response(200, talk.request("INVITE", 1 + number, call_id=f"c{number}", destination=PROXY), 2 + number)


def the_end_of_a_call(talk: Exchange) -> None:
    talk.answered_call()
    refused = talk.request("INVITE", 5, call_id="other", branch="other")
    talk.response(503, refused, 5.1, fields="Retry-After: 60\r\n")
    talk.response(200, talk.request("BYE", 9, cseq=2, branch="bye", to_tag="callee"), 9.1)


def keepalives(talk: Exchange) -> None:
    tries(talk, "OPTIONS", "", 405, "Allow: INVITE\r\n", 9)


def keepalives_of_an_overloaded_server(talk: Exchange) -> None:
    tries(talk, "OPTIONS", "", 503, "Retry-After: 600\r\n", 9)


def registrations(talk: Exchange) -> None:
    tries(talk, "REGISTER", "Expires: 30\r\n", 423, "Min-Expires: 300\r\n", 9)


def tried_once(talk: Exchange) -> None:
    tries(talk, "INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", 1)


def other_people(talk: Exchange) -> None:
    tries(talk, "INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", 1)
    tries(talk, "INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", 1, source="192.0.2.77:5060")


@pytest.mark.parametrize(
    "story",
    [
        heeded_each_time,
        challenged_each_time,
        after_the_time,
        without_a_time,
        in_flight,
        to_another_server,
        the_end_of_a_call,
        keepalives,
        keepalives_of_an_overloaded_server,
        registrations,
        tried_once,
        other_people,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """Only what was refused, sent again to who refused it, is ignored."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def test_through_a_proxy_it_is_told_once() -> None:
    """At the hop of the client that could have left it out."""
    talk = Exchange()
    for number in range(2):
        at, name = number * 20.0, f"try-{number}"
        near = talk.request("MESSAGE", at, destination=PROXY, branch=f"n{number}", call_id=name)
        far = talk.request("MESSAGE", at + 0.01, source=PROXY, branch=f"f{number}", call_id=name)
        talk.response(405, far, at + 0.1, fields="Allow: INVITE\r\n")
        talk.response(405, near, at + 0.11, fields="Allow: INVITE\r\n")
    assert only_finding_of(talk, NAME).evidence["client"] == CALLER
