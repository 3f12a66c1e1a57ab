"""Tests of `sipdiag.calls.ledger.glare`: who tries again after a 491, and when."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import Duty, Outcome, glares

ENDS = {
    "caller": {"source": CALLER, "destination": CALLEE, "from_tag": "caller", "to_tag": "callee"},
    "callee": {"source": CALLEE, "destination": CALLER, "from_tag": "callee", "to_tag": "caller"},
}


def entry(talk: Exchange) -> Duty:
    scene = talk.scene()
    return next(iter(glares(scene.correlation.calls[0], scene.window)))


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize(
    ("side", "waited", "due"),
    [
        ("caller", 0.5, Outcome.WRONG),
        ("caller", 1.999, Outcome.WRONG),
        ("caller", 2.0, Outcome.DONE),
        ("caller", 2.1, Outcome.DONE),
        ("caller", 4.0, Outcome.DONE),
        ("caller", 9.0, Outcome.LATE),
        ("callee", 0.1, Outcome.DONE),
        ("callee", 2.0, Outcome.DONE),
        ("callee", 6.0, Outcome.LATE),
    ],
)
def test_the_owner_of_the_call_id_waits_longer(method: str, side: str, waited: float, due: Outcome) -> None:
    """2.1 to 4 s (0.1 s is blur), the other side up to 2 s (RFC 3261, section 14.1; RFC 3311, section 5.3)."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request(method, 10, cseq=2, branch="first", **ENDS[side]), 10)
    again = talk.request(method, 10 + waited, cseq=3, branch="again", **ENDS[side])
    duty = entry(talk)
    assert (duty.outcome, duty.fulfilled_by, duty.debtor) == (due, again, ENDS[side]["source"])


def test_a_call_that_ends_needs_no_change() -> None:
    """Somebody hung up within the time."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", **ENDS["caller"]), 10.1)
    bye = talk.request("BYE", 12, cseq=3, branch="bye", **ENDS["caller"])
    talk.until = 60
    duty = entry(talk)
    assert (duty.outcome, duty.reason, duty.closed_by) == (Outcome.DONE, "hung-up", bye)


def test_a_try_that_the_recorder_missed_counts() -> None:
    """Its response is there."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", **ENDS["caller"]), 10.1)
    again = talk.request("INVITE", 13, cseq=3, branch="again", **ENDS["caller"])
    answer = talk.response(200, again, 13.1)
    talk.sightings.remove(again)
    talk.until = 60
    duty = entry(talk)
    assert (duty.outcome, duty.reason, duty.fulfilled_by) == (Outcome.DONE, "unseen", answer)


@pytest.mark.parametrize("side", ["caller", "callee"])
def test_the_ack_of_a_change_that_the_recorder_missed_counts(side: str) -> None:
    """Of the try of either side only the ACK is there: it went through."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", **ENDS["caller"]), 10.1)
    ack = talk.request("ACK", 13, cseq=3, branch="ack3", **ENDS[side])
    talk.until = 60
    duty = entry(talk)
    assert (duty.outcome, duty.reason, duty.fulfilled_by) == (Outcome.DONE, "unseen", ack)


@pytest.mark.parametrize(
    ("number", "side", "ends"),
    [
        (1, "caller", {"from_tag": "caller", "to_tag": "other"}),
        (2, "callee", {"from_tag": "callee", "to_tag": "caller", "at": 10.05}),
    ],
)
def test_an_ack_of_another_dialog_or_before_the_491_proves_nothing(
    number: int, side: str, ends: dict[str, Any]
) -> None:
    """Nobody tried again by it."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", **ENDS["caller"]), 10.1)
    talk.request("ACK", ends.pop("at", 13), cseq=number + 2, branch="ack3", **(ENDS[side] | ends))
    talk.until = 60
    assert entry(talk).outcome is Outcome.UNDONE


def test_the_ack_of_an_earlier_change_proves_nothing() -> None:
    """It is said again whenever the answer is."""
    talk = Exchange()
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", **ENDS["caller"]), 10.1)
    talk.request("ACK", 10.5, cseq=1, branch="again", **ENDS["caller"])
    talk.until = 60
    assert entry(talk).outcome is Outcome.UNDONE
