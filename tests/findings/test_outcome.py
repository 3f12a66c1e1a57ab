"""Tests of `sipdiag.findings.outcome`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.findings import Severity, may_go_on, severity_of, was_mended


@pytest.mark.parametrize("code", [300, 301, 302, 305, 380, 480, 486, 487, 600, 603])
def test_an_outcome_that_people_cause_is_a_note(code: int) -> None:
    """Busy, declined, not there, hung up, and a redirect (CONTRACT, names of the rules)."""
    assert severity_of(code) is Severity.NOTE


def test_a_timeout_is_a_warning() -> None:
    """408: nobody refused, somebody did not answer."""
    assert severity_of(408) is Severity.WARNING


@pytest.mark.parametrize(
    "code", [400, 401, 403, 404, 407, 420, 481, 484, 488, 489, 499, 500, 503, 504, 555, 604, 606, 699]
)
def test_any_other_refusal_is_an_error(code: int) -> None:
    """Something is broken for a user; codes that nobody registered are refusals too."""
    assert severity_of(code) is Severity.ERROR


@pytest.mark.parametrize(
    ("code", "fields", "recorded", "open_"),
    [
        (422, "", 0.5, True),
        (422, "", 5, False),
        (488, "", 0.5, True),
        (302, "", 0.5, True),
        (403, "", 0.5, False),
        (503, "", 0.5, False),
        (503, "Retry-After: 5 (busy)\r\n", 6, True),
        (503, "Retry-After: 5\r\n", 8, False),
        (503, "Retry-After: 3600\r\n", 60, False),
        (503, "Retry-After: soon\r\n", 0.5, False),
    ],
)
def test_a_refusal_at_the_end_of_a_capture_may_not_be_the_end(
    code: int,
    fields: str,
    recorded: float,
    open_: bool,  # noqa: FBT001
) -> None:
    """Where a client mends its request by itself, or waits as long as it was told."""
    talk = Exchange()
    refusal = talk.response(code, talk.request("INVITE", 0), 1, fields=fields)
    talk.until = 1 + recorded
    assert may_go_on(refusal, talk.scene().window) == open_


@pytest.mark.parametrize(("second", "mended"), [(200, True), (488, False), (0, True)])
def test_a_call_that_was_tried_again_is_mended_unless_refused_again(second: int, mended: bool) -> None:  # noqa: FBT001
    """The answer may be what the recorder missed."""
    talk = Exchange()
    refusal = talk.response(488, talk.request("INVITE", 0), 1)
    again = talk.request("INVITE", 1.1, cseq=2, branch="two")
    if second:
        talk.response(second, again, 2, to_tag="other")
    (call,) = talk.scene().correlation.calls
    assert was_mended(refusal, call) == mended
