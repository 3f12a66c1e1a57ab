"""Tests of `sipdiag.calls.ledger.farewell`: what became of each BYE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.calls import Duty, Outcome, farewells

if TYPE_CHECKING:
    from sipdiag.trace import Sighting


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(farewells(scene.correlation.calls[0], scene.window))


def bye(talk: Exchange, at: float = 9, *, cseq: int = 2, destination: str = CALLEE, source: str = CALLER) -> Sighting:
    return talk.request(
        "BYE", at, cseq=cseq, branch=f"{source}{at}", to_tag="callee", destination=destination, source=source
    )


def of_the_callee(talk: Exchange, at: float) -> Sighting:
    ends = {"source": CALLEE, "destination": CALLER, "from_tag": "callee", "to_tag": "caller"}
    return talk.request("BYE", at, branch="theirs", **ends)


def test_a_challenge_is_an_answer() -> None:
    """What became of it is a duty of the one that was challenged."""
    talk = Exchange()
    talk.answered_call()
    talk.response(401, bye(talk), 9.1)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.reason) == (Outcome.DONE, "challenged")


def test_both_that_hung_up_know_it() -> None:
    """481, because the other side's own BYE had ended the dialog there."""
    talk = Exchange()
    talk.answered_call()
    mine, theirs = bye(talk), of_the_callee(talk, 9.01)
    talk.response(481, mine, 9.1)
    talk.response(200, theirs, 9.1)
    assert [(duty.outcome, duty.reason) for duty in entries(talk)] == [(Outcome.DONE, "crossed"), (Outcome.DONE, "")]


def test_silence_while_both_hang_up_is_no_doubt_about_the_end() -> None:
    """It was not answered, and the answered BYE of the other side is named."""
    talk = Exchange()
    talk.answered_call()
    mine, theirs = bye(talk), of_the_callee(talk, 9.01)
    talk.again(mine, *ladder(9))
    talk.response(200, theirs, 9.1)
    duty = entries(talk)[0]
    assert (duty.outcome, duty.reason, duty.followed_by) == (Outcome.UNDONE, "crossed", theirs)


@pytest.mark.parametrize(("again", "due"), [((9.6, 10.6), Outcome.UNDONE), ((), Outcome.DONE)])
def test_an_answer_that_a_proxy_did_not_bring_back(again: tuple[float, ...], due: Outcome) -> None:
    """A sender that asks again has not heard of it; one that does not has, and the recorder missed it."""
    talk = Exchange()
    talk.answered_call()
    near = bye(talk, destination=PROXY)
    answer = talk.response(200, bye(talk, 9.01, source=PROXY), 9.1)
    talk.again(near, *again)
    (duty,) = entries(talk)
    assert (duty.outcome, duty.fulfilled_by, duty.debtor) == (due, answer, CALLEE)


@pytest.mark.parametrize(("first", "reason"), [(0, "said-again"), (500, "recovered")])
def test_a_bye_that_was_said_again_is_late(first: int, reason: str) -> None:
    """Under a new CSeq, and answered."""
    talk = Exchange()
    talk.answered_call()
    once = bye(talk)
    if first:
        talk.response(first, once, 9.1)
    talk.response(200, bye(talk, 20, cseq=3), 20.1)
    assert [(duty.outcome, duty.reason) for duty in entries(talk)] == [(Outcome.LATE, reason), (Outcome.DONE, "")]
