"""Session timers: what a 2xx agreed on, and how it ran out (RFC 4028)."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import Lapse, SessionTimer, session_lapse, session_timer


def timer_of(fields: str) -> SessionTimer | None:
    """The timer that a 200 with `fields` agrees on."""
    talk = Exchange()
    talk.response(200, talk.request("INVITE", 0), 1, fields=fields)
    return session_timer(talk.scene().correlation.calls[0])


@pytest.mark.parametrize(
    ("fields", "interval", "refresher"),
    [
        ("Session-Expires: 1800;refresher=uac\r\n", 1800, "caller"),
        ("x: 90 ; refresher=UAS\r\n", 90, "callee"),
        ("Session-Expires: 600\r\n", 600, "caller"),
    ],
)
def test_the_2xx_names_interval_and_refresher(fields: str, interval: int, refresher: str) -> None:
    """Long or compact; without a refresher it is who asked."""
    timer = timer_of(fields)
    assert timer is not None
    assert (timer.interval, timer.refresher) == (interval, refresher)


@pytest.mark.parametrize("fields", ["", "Session-Expires: soon\r\n", "Session-Expires: 0\r\n"])
def test_without_a_number_there_is_no_timer(fields: str) -> None:
    """Section 7.2."""
    assert timer_of(fields) is None


@pytest.mark.parametrize(("interval", "due"), [(1800, 1768.0), (90, 60.0)])
def test_the_bye_is_due_a_third_or_32_s_ahead(interval: int, due: float) -> None:
    """Whichever is less (section 10)."""
    timer = timer_of(f"Session-Expires: {interval}\r\n")
    assert timer is not None
    assert timer.bye_due == due


def lapse_of(code: int, bye_after: float) -> Lapse | None:
    """What an UPDATE after 45 of 90 seconds gives, when it gets `code`, and the caller's BYE comes so long after it."""
    talk = Exchange()
    talk.response(200, talk.request("INVITE", 0), 1, fields="Session-Expires: 90;refresher=uac\r\n")
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")
    refresh = talk.request("UPDATE", 46, cseq=2, branch="update", to_tag="callee")
    talk.response(code, refresh, 46.1, fields="Session-Expires: 90;refresher=uac\r\n")
    talk.response(200, talk.request("BYE", 46 + bye_after, cseq=3, branch="bye", to_tag="callee"), 47 + bye_after)
    scene = talk.scene()
    return session_lapse(scene.correlation.calls[0], scene.window)


@pytest.mark.parametrize(
    ("after", "variant"),
    [(40, None), (60, "not-refreshed"), (75, None), (90, "not-refreshed"), (100, "outlived")],
)
def test_a_bye_tells_of_the_timer_only_when_it_was_due(after: float, variant: str | None) -> None:
    """A third before the interval ends, or at its end (section 10); at another time somebody hung up."""
    talk = Exchange()
    talk.response(200, talk.request("INVITE", 0), 1, fields="Session-Expires: 90;refresher=uac\r\n")
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")
    bye = talk.request(
        "BYE", 1 + after, branch="b", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    talk.response(200, bye, 1.1 + after)
    scene = talk.scene()
    lapse = session_lapse(scene.correlation.calls[0], scene.window)
    assert (lapse and lapse.variant) == variant


def test_a_refresh_that_ends_the_dialog_is_a_lapse() -> None:
    """481 and 408 are followed by BYE at once (section 10)."""
    lapse = lapse_of(481, 0.5)
    assert lapse is not None
    assert (lapse.variant, len(lapse.refreshes)) == ("refresh-failed", 1)


def test_a_refresh_that_was_accepted_is_none() -> None:
    """The clock was wound again."""
    assert lapse_of(200, 16) is None


@pytest.mark.parametrize(("answered", "lapses"), [(False, 1), (True, 0)])
def test_a_bye_of_which_only_the_response_was_recorded_ended_the_session(*, answered: bool, lapses: int) -> None:
    """Without it nobody refreshed the session or hung up, long after the timer ran out."""
    talk = Exchange()
    talk.response(200, talk.request("INVITE", 0), 1, fields="Session-Expires: 90;refresher=uac\r\n")
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")
    bye = talk.request("BYE", 60, cseq=3, branch="bye", to_tag="callee")
    if answered:
        talk.response(200, bye, 60.1)
    talk.sightings.remove(bye)
    talk.until = 200
    scene = talk.scene()
    lapse = session_lapse(scene.correlation.calls[0], scene.window)
    assert (lapse is not None) == lapses
