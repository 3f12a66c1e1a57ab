"""`session-expired`: a session timer that ran out (RFC 4028, section 10)."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import reinvite_rejected, session_expired

AGREED = "Session-Expires: 90;refresher=uas\r\n"


class Session(Exchange):
    """An answered call with a session timer of 90 s that the callee refreshes; the 200 comes after one second."""

    def __init__(self, agreed: str = AGREED) -> None:
        super().__init__()
        invite = self.request("INVITE", 0)
        self.response(200, invite, 1, fields=agreed)
        self.request("ACK", 1.1, branch="ack", to_tag="callee")

    def by_callee(self, method: str, at: float, cseq: int) -> None:
        """A request of the callee's inside the dialog, answered 200 with the timer agreed on anew, if it refreshes."""
        request = self.request(
            method,
            at,
            cseq=cseq,
            branch=f"b{cseq}",
            from_tag="callee",
            to_tag="caller",
            source=CALLEE,
            destination=CALLER,
        )
        fields = "" if method == "BYE" else "Session-Expires: 90;refresher=uac\r\n"
        self.response(200, request, at + 0.02, fields=fields)

    def by_caller(self, at: float) -> None:
        """The caller's BYE."""
        self.response(200, self.request("BYE", at, cseq=2, branch="bye", to_tag="callee"), at + 0.02)


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in session_expired.check(call, scene)]


@pytest.mark.parametrize("at", [61.0, 91.0])
def test_a_bye_at_the_clock_of_the_side_that_waits_is_an_error(at: float) -> None:
    """A third of 90 s ahead of the end, or at the end."""
    talk = Session()
    talk.by_caller(at)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("not-refreshed", Severity.ERROR)
    assert (found.evidence["refresher"], found.evidence["bye_due_s"]) == (CALLEE, 60.0)


@pytest.mark.parametrize("at", [30.0, 50.0, 75.0])
def test_a_bye_at_another_moment_is_somebodys_wish(at: float) -> None:
    """People hang up when they like."""
    talk = Session()
    talk.by_caller(at)
    assert findings(talk) == []


def test_the_refresher_may_hang_up_at_the_clock() -> None:
    """Whoever refreshes does not wait for a refresh."""
    talk = Session()
    talk.by_callee("BYE", 61, 1)
    assert findings(talk) == []


def test_a_refresh_winds_the_clock() -> None:
    """An UPDATE that was accepted agrees on a new interval."""
    talk = Session()
    talk.by_callee("UPDATE", 45, 1)
    talk.by_caller(61)
    assert findings(talk) == []


def test_a_refused_refresh_is_told_once() -> None:
    """The rule on refused re-INVITEs leaves it to this one."""
    talk = Session()
    refresh = talk.request(
        "INVITE", 45, branch="re", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    talk.response(500, refresh, 45.1)
    talk.by_caller(61)
    (found,) = findings(talk)
    assert (found.variant, found.evidence["refresh_code"]) == ("refresh-failed", 500)
    scene = talk.scene()
    assert [each for call in scene.correlation.calls for each in reinvite_rejected.check(call, scene)] == []


def test_a_session_that_nobody_ends_is_a_warning() -> None:
    """The interval and 32 s more went by."""
    talk = Session()
    talk.until = 130
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("overdue", Severity.WARNING)
    talk.until = 100
    assert findings(talk) == []


def test_a_session_that_outlives_its_timer_is_a_note() -> None:
    """Neither side minded."""
    talk = Session()
    talk.by_caller(200)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("outlived", Severity.NOTE)


def test_without_a_timer_there_is_nothing_to_run_out() -> None:
    """The 200 decides (section 7.2)."""
    talk = Session(agreed="")
    talk.by_caller(61)
    assert findings(talk) == []
