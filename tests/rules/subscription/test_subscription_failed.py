"""Tests of `sipdiag.rules.subscription.subscription_failed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.subscription.subscription_failed import NAME
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

EVENT = "Event: presence\r\n"
CREDENTIALS = 'Authorization: Digest username="+12025550100", realm="example.com"\r\n'


def subscribed(talk: Exchange, code: int, at: float = 0, *, cseq: int = 1, fields: str = EVENT) -> Sighting:
    request = talk.request("SUBSCRIBE", at, branch=f"s{cseq}", cseq=cseq, fields=fields)
    return talk.response(code, request, at + 0.1, reason="No")


@pytest.mark.parametrize(
    ("code", "severity"), [(489, "error"), (403, "error"), (503, "error"), (408, "warning"), (480, "note")]
)
def test_the_severity_of_a_refusal_follows_the_code(code: int, severity: str) -> None:
    """It stands in the capture, so it is certain; the code's own entry explains it."""
    talk = Exchange()
    subscribed(talk, code)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("refused", severity, "certain")
    assert finding.knowledge == f"status/{code}"


def test_the_evidence_of_a_refusal() -> None:
    """Which event, who refused whom."""
    talk = Exchange()
    refusal = subscribed(talk, 489)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [refusal.frame - 1, refusal.frame]
    assert finding.evidence == {
        "event": "presence",
        "code": 489,
        "reason": "No",
        "request_frame": refusal.frame - 1,
        "response_frame": refusal.frame,
        "server": CALLEE,
        "client": CALLER,
    }


def test_credentials_that_are_challenged_again_are_refused() -> None:
    """RFC 3261, section 22.2: the second 401 does not accept them."""
    talk = Exchange()
    subscribed(talk, 401)
    subscribed(talk, 401, 1, cseq=2, fields=EVENT + CREDENTIALS)
    assert told(only_finding_of(talk, NAME)) == ("refused", "error", "certain")


def test_a_refusal_whose_request_was_not_recorded_counts() -> None:
    """The response says to which method it belongs, so there is just one frame less to show."""
    talk = Exchange()
    request = talk.request("SUBSCRIBE", 0, fields=EVENT)
    talk.sightings.remove(request)
    refusal = talk.response(489, request, 0.1)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [refusal.frame]
    assert "request_frame" not in finding.evidence


def test_a_481_that_nobody_heals_is_a_failure() -> None:
    """RFC 6665, section 4.1.2.2: the subscription is gone; another event's is no substitute."""
    talk = Exchange()
    subscribed(talk, 481)
    anew = talk.request("SUBSCRIBE", 61, call_id="call-2", branch="anew", fields="Event: dialog\r\n")
    talk.response(200, anew, 61.1)
    assert told(only_finding_of(talk, NAME)) == ("refused", "error", "certain")


def accepted(talk: Exchange) -> None:
    subscribed(talk, 200)


def challenged(talk: Exchange) -> None:
    subscribed(talk, 401)


def accepted_after_a_challenge(talk: Exchange) -> None:
    subscribed(talk, 407)
    subscribed(talk, 200, 1, cseq=2, fields=EVENT + CREDENTIALS)


def accepted_in_the_end(talk: Exchange) -> None:
    subscribed(talk, 503)
    subscribed(talk, 202, 60, cseq=2)


def renewed_after_481(talk: Exchange) -> None:
    subscribed(talk, 200)
    subscribed(talk, 481, 60, cseq=2)
    anew = talk.request("SUBSCRIBE", 61, call_id="call-2", branch="anew", fields=EVENT)
    talk.response(200, anew, 61.1)


def interval_too_brief(talk: Exchange) -> None:
    subscribed(talk, 423)


def notify_refused(talk: Exchange) -> None:
    subscribed(talk, 200)
    notify = talk.request(
        "NOTIFY", 1, source=CALLEE, destination=CALLER, branch="n", from_tag="callee", to_tag="caller", fields=EVENT
    )
    talk.response(481, notify, 1.1)


def seen_on_a_second_link(talk: Exchange) -> None:
    subscribed(talk, 200)
    request, response = talk.sightings
    talk.elsewhere(request, 0.01, source=PROXY, destination=CALLEE)
    talk.elsewhere(response, 0.09, source=CALLEE, destination=PROXY)


@pytest.mark.parametrize(
    "story",
    [
        accepted,
        challenged,
        accepted_after_a_challenge,
        accepted_in_the_end,
        renewed_after_481,
        interval_too_brief,
        notify_refused,
        seen_on_a_second_link,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """What was accepted in the end did not fail; a challenge and 423 ask for another SUBSCRIBE."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
