"""Tests of `sipdiag.findings.scene`."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.calls import Outcome


def test_the_duties_of_a_call_are_worked_out_once() -> None:
    """Several rules read the same ledger."""
    talk = Exchange()
    talk.answered_call()
    scene = talk.scene()
    (call,) = scene.correlation.calls
    assert [duty.outcome for duty in scene.duties(call)] == [Outcome.DONE]
    assert scene.duties(call) is scene.duties(call)


def test_scenes_do_not_share_their_ledgers() -> None:
    """Calls are numbered in each analysis anew."""
    first, second = Exchange(), Exchange()
    first.answered_call()
    second.answered_call(ack=False)
    scenes = [talk.scene() for talk in (first, second)]
    outcomes = [scene.duties(scene.correlation.calls[0])[0].outcome for scene in scenes]
    assert outcomes == [Outcome.DONE, Outcome.UNKNOWN]
