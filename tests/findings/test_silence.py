"""How sure a request's silence is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exchange import Exchange, ladder
from sipdiag.findings import Confidence, silence_of


def verdict(repeats: list[float], until: float, *, heard: bool = True) -> tuple[str, Confidence] | None:
    """What the silence after a BYE at 10 s says, when it was repeated so, in a capture that goes on `until`."""
    talk = Exchange()
    if heard:
        talk.response(200, talk.request("OPTIONS", 0, call_id="ping", branch="ping"), 0.1)
    bye = talk.request("BYE", 10, branch="bye", to_tag="callee")
    talk.again(bye, *repeats)
    talk.until = until
    scene = talk.scene()
    return silence_of(scene.correlation.transactions[-1], bye, scene.window)


@pytest.mark.parametrize(
    ("repeats", "until", "heard", "due"),
    [
        (ladder(10), 42.0, True, ("timed-out", Confidence.CERTAIN)),
        (ladder(10), 42.0, False, ("timed-out", Confidence.LIKELY)),
        ([10.5, 11.5, 13.5], 20.0, True, ("repeated", Confidence.LIKELY)),
        ([], 50.0, True, ("silent", Confidence.INCONCLUSIVE)),
        ([10.5], 11.0, True, ("capture-ended", Confidence.INCONCLUSIVE)),
        ([], 50.0, False, ("one-sided", Confidence.INCONCLUSIVE)),
        ([], 10.1, True, None),
        ([], 10.1, False, None),
    ],
)
def test_the_ladder_and_the_window_decide(
    repeats: list[float], until: float, *, heard: bool, due: tuple[str, Confidence] | None
) -> None:
    """A full ladder proves it, a short capture proves nothing."""
    assert verdict(repeats, until, heard=heard) == due


def test_what_was_cut_off_before_its_branch_waits_for_nothing() -> None:
    """Whatever answers it has no branch either: nobody can tell them together."""
    talk = Exchange()
    register = talk.request("REGISTER", 0, call_id="", branch="")
    talk.again(register, *ladder(0))
    talk.sightings = [replace(each, message=replace(each.message, branch="", cut_off=True)) for each in talk.sightings]
    scene = talk.scene()
    assert silence_of(scene.correlation.transactions[0], talk.sightings[0], scene.window) is None
