"""Tests of `sipdiag.rules.call.call_failed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.call.call_failed import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

ALWAYS = {"code", "reason", "response_frame", "server", "client", "attempts"}
WITH_INVITE = {"request_frame", "after_s"}


def refused(talk: Exchange, code: int = 403, fields: str = "") -> None:
    talk.response(code, talk.request("INVITE", 0), 1.25, fields=fields, reason="No")
    talk.request("ACK", 1.3, to_tag="callee")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (403, ("failed", "error", "certain")),
        (404, ("failed", "error", "certain")),
        (484, ("failed", "error", "certain")),
        (488, ("failed", "error", "certain")),
        (500, ("failed", "error", "certain")),
        (503, ("failed", "error", "certain")),
        (606, ("failed", "error", "certain")),
        (408, ("failed", "warning", "certain")),
        (480, ("failed", "note", "certain")),
        (486, ("failed", "note", "certain")),
        (600, ("failed", "note", "certain")),
        (603, ("failed", "note", "certain")),
        (302, ("redirected", "note", "certain")),
        (487, ("cancelled", "note", "certain")),
    ],
)
def test_the_severity_follows_the_code(code: int, said: Told) -> None:
    """What people cause is a note, 408 a warning, a refusal an error; the code's own entry explains it."""
    talk = Exchange()
    refused(talk, code)
    talk.until = 10
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert finding.knowledge == f"status/{code}"
    assert finding.frames == [1, 2]
    assert set(finding.evidence) == ALWAYS | WITH_INVITE


def test_the_evidence_of_a_refusal() -> None:
    """Who refused whom, how soon, and the header fields in which servers give reasons."""
    talk = Exchange()
    fields = 'Warning: 399 x "barred"\r\nReason: Q.850;cause=21\r\nServer: pbx/1\r\nRetry-After: 60\r\n'
    refused(talk, fields=fields)
    assert only_finding_of(talk, NAME).evidence == {
        "code": 403,
        "reason": "No",
        "request_frame": 1,
        "response_frame": 2,
        "after_s": 1.25,
        "server": CALLEE,
        "client": CALLER,
        "attempts": 1,
        "header_warning": '399 x "barred"',
        "header_reason": "Q.850;cause=21",
        "header_server": "pbx/1",
        "header_retry_after": "60",
    }


def test_a_caller_that_gave_up_is_a_note() -> None:
    """CANCEL, 487: whatever code ended it, the caller wanted it so."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(180, invite, 0.2)
    talk.response(200, talk.request("CANCEL", 5), 5.1)
    talk.response(487, invite, 5.2)
    assert told(only_finding_of(talk, NAME)) == ("cancelled", "note", "certain")


def test_a_challenge_that_nobody_answers_is_a_failure() -> None:
    """RFC 3261, section 22.1: a client that has credentials comes back at once."""
    talk = Exchange()
    refused(talk, 407)
    talk.until = 5
    assert told(only_finding_of(talk, NAME)) == ("challenged", "error", "certain")


def test_the_attempts_are_counted() -> None:
    """Refused in the second attempt, after a challenge: one finding, on the second."""
    talk = Exchange()
    talk.response(407, talk.request("INVITE", 0), 0.1)
    again = talk.request("INVITE", 0.2, branch="two", cseq=2)
    talk.response(403, again, 0.5)
    finding = only_finding_of(talk, NAME)
    assert (finding.evidence["attempts"], finding.evidence["request_frame"]) == (2, again.frame)


def test_a_call_that_began_before_the_capture_has_no_invite_to_show() -> None:
    """The refusal alone is evidence enough."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.sightings.remove(invite)
    final = talk.response(503, invite, 1)
    finding = only_finding_of(talk, NAME)
    assert (finding.frames, set(finding.evidence)) == ([final.frame], ALWAYS)


def answered(talk: Exchange) -> None:
    talk.answered_call()
    talk.until = 40


def answered_with_credentials(talk: Exchange) -> None:
    talk.response(407, talk.request("INVITE", 0), 0.1)
    talk.response(200, talk.request("INVITE", 0.2, branch="two", cseq=2), 1)
    talk.until = 40


def redirect_that_was_followed(talk: Exchange) -> None:
    talk.response(302, talk.request("INVITE", 0), 0.1)
    second = talk.request("INVITE", 0.2, branch="two", cseq=2, destination="203.0.113.99:5060")
    talk.response(200, second, 1)


def challenge_at_the_end(talk: Exchange) -> None:
    talk.response(401, talk.request("INVITE", 0), 0.1)
    talk.until = 1


def branch_of_a_proxy(talk: Exchange) -> None:
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    talk.response(100, near, 0.01)
    talk.response(503, talk.request("INVITE", 0.1, source=PROXY, branch="dead"), 0.2)
    alive = talk.request("INVITE", 0.3, source=PROXY, branch="alive", destination="203.0.113.99:5060")
    talk.response(200, alive, 1)
    talk.response(200, near, 1.1)


def still_ringing(talk: Exchange) -> None:
    talk.response(180, talk.request("INVITE", 0), 0.1)


@pytest.mark.parametrize(
    "story",
    [
        answered,
        answered_with_credentials,
        redirect_that_was_followed,
        challenge_at_the_end,
        branch_of_a_proxy,
        still_ringing,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """A failure on the way to an answer is none, and one that the capture does not show is not claimed."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []


def relayed(talk: Exchange, code: int, made: int, fields: str = "", passed_on: str = "") -> None:
    """The callee refuses behind a B2BUA, which tells the caller `made`."""
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", call_id="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far", call_id="far", fields="X-CID: near\r\n")
    talk.response(code, far, 1, fields=fields, reason="No")
    talk.response(made, near, 1.1, fields=passed_on, reason="Not now")


def test_who_said_no_is_named_with_those_that_passed_it_on() -> None:
    """The last hop that sent a failure, what each made of it: one finding, as grave as what the caller got."""
    talk = Exchange()
    relayed(talk, 486, 503)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("relayed", "error", "certain")
    evidence = finding.evidence
    assert (evidence["origin"], evidence["origin_code"], evidence["origin_frame"]) == (CALLEE, 486, 3)
    assert evidence["relayed_by"] == [PROXY]
    assert evidence["path"] == [f"{CALLEE} → {PROXY} 486 No", f"{PROXY} → {CALLER} 503 Not now"]
    assert finding.frames == [1, 3, 4]


def test_reason_and_warning_along_the_way_are_told() -> None:
    """RFC 3326: what explained the refusal, and where it was lost."""
    talk = Exchange()
    relayed(talk, 488, 488, 'Reason: Q.850;cause=65\r\nWarning: 305 x "codec"\r\n', "Reason: Q.850;cause=65\r\n")
    talk.until = 10
    finding = only_finding_of(talk, NAME)
    assert finding.variant == "relayed-bare"
    assert finding.evidence["reason_on_the_way"] == [f"{CALLEE}: Q.850;cause=65", f"{PROXY}: Q.850;cause=65"]
    assert finding.evidence["warning_on_the_way"] == [f'{CALLEE}: 305 x "codec"', f"{PROXY}: -"]
    assert finding.evidence["lost_on_the_way"] == ['Warning: 305 x "codec"']


def test_a_leg_that_failed_while_another_was_answered_is_silent() -> None:
    """The B2BUA tried the next carrier, and the caller heard nothing of the first."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", call_id="near")
    first = talk.request("INVITE", 0.1, source=PROXY, branch="a", call_id="a", fields="X-CID: near\r\n")
    talk.response(503, first, 0.2)
    second = talk.request("INVITE", 0.3, source=PROXY, branch="b", call_id="b", fields="X-CID: near\r\n")
    talk.response(200, second, 2)
    talk.response(200, near, 2.1)
    assert findings_of(talk, NAME) == []


def test_a_leg_that_failed_behind_an_answer_is_told() -> None:
    """The B2BUA answered by itself, an announcement perhaps: the callee was still not reached."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", call_id="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far", call_id="far", fields="X-CID: near\r\n")
    talk.response(503, far, 1)
    talk.response(200, near, 1.1)
    assert told(only_finding_of(talk, NAME)) == ("failed", "error", "certain")


def test_an_element_behind_which_nobody_answered_says_so() -> None:
    """408 from a proxy whose next hop stayed silent."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    talk.again(talk.request("INVITE", 0.1, source=PROXY, branch="far"), 0.6, 1.6)
    talk.response(408, near, 32.1)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("unanswered-behind", "warning", "certain")
    assert finding.evidence["unanswered"] == [CALLEE]


@pytest.mark.parametrize(("code", "fields", "ends"), [(422, "", 2.25), (488, "", 2.25), (503, "Retry-After: 5\r\n", 7)])
def test_a_refusal_at_the_end_that_the_caller_may_mend_stays_open(code: int, fields: str, ends: float) -> None:
    """And says how long was recorded after it."""
    talk = Exchange()
    refused(talk, code, fields)
    talk.until = ends
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("capture-ended", "note", "inconclusive")
    assert finding.evidence["recorded_after_ms"] == round((ends - 1.25) * 1000)


@pytest.mark.parametrize("code", [302, 401])
def test_a_redirect_or_challenge_at_the_end_is_worth_no_word(code: int) -> None:
    """The next INVITE was on its way."""
    talk = Exchange()
    refused(talk, code)
    assert findings_of(talk, NAME) == []


@pytest.mark.parametrize(
    ("offered", "warning", "variant"),
    [
        ("RTP/SAVP", "304", "encryption-refused"),
        ("RTP/SAVP", "305", "failed"),
        ("RTP/AVP", "304", "failed"),
    ],
)
def test_a_refusal_over_encryption_says_so(offered: str, warning: str, variant: str) -> None:
    """The steps for a 488 begin with codecs, which are not to blame."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    body = f"v=0\r\nc=IN IP4 192.0.2.10\r\nm=audio 16384 {offered} 0\r\n".encode()
    talk.sightings[0] = replace(invite, message=replace(invite.message, body=body))
    talk.response(488, talk.sightings[0], 1, fields=f'Warning: {warning} x "no"\r\n')
    talk.until = 10
    assert only_finding_of(talk, NAME).variant == variant


def test_a_code_that_is_none_says_nothing_of_the_call() -> None:
    """RFC 4475, 3.1.2.19: of 4294967301 the message is told to be malformed, and no failure is made of it."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(4294967301, invite, 0.1)
    assert not findings_of(talk, NAME)
