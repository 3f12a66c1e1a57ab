"""Tests of `sipdiag.calls.hearing`: when a side is to be heard, and when it was."""

from __future__ import annotations

from exchange import START
from sipdiag.calls import Hearing
from streaming import HERE, SECOND, THERE, Talk


def of(talk: Talk, sender: str) -> list[Hearing]:
    scene = talk.scene()
    (call,) = scene.correlation.calls
    return [each for each in scene.hearings(call) if each.sender == sender]


def span(hearing: Hearing) -> tuple[float, float]:
    return (hearing.begin - START) / SECOND, (hearing.end - START) / SECOND


def test_it_begins_with_the_answer_and_ends_with_the_bye() -> None:
    """Both sides alike, where both may send."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 6).end(8)
    assert [span(each) for each in (*of(talk, "caller"), *of(talk, "callee"))] == [(1, 8), (1, 8)]


def test_a_hold_is_left_out() -> None:
    """For the side that is held; a refresh to the same ends changes nothing."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 12).hold(3).hold(6, "a=sendrecv", "a=sendrecv").end(13)
    assert [span(each) for each in of(talk, "callee")] == [(1, 3), (6.1, 13)]
    assert [span(each) for each in of(talk, "caller")] == [(1, 13)]


def test_first_and_last_are_those_of_what_arrives() -> None:
    """Whatever the number of streams, pauses within them, and what was heard before."""
    talk = Talk().begin().say(HERE, THERE, 0.5, 2).say(HERE, THERE, 4, 2, first=100).say(THERE, HERE, 3, 1, ssrc=8)
    (there,), (back,) = of(talk.end(9), "caller"), of(talk, "callee")
    assert there.first == there.begin
    assert there.final == START + round(5.98 * SECOND)
    assert (back.first, back.final) == (START + 3 * SECOND, START + round(3.98 * SECOND))


def test_what_goes_elsewhere_is_astray() -> None:
    """It is the sender's, and does not arrive."""
    (hearing,) = of(Talk().begin().say(THERE, ("192.0.2.10", 4_444), 1.1, 4).end(9), "callee")
    assert hearing.first is None
    assert [each.stream.destination for each in hearing.astray] == ["192.0.2.10:4444"]
