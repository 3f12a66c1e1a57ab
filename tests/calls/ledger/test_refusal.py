"""Tests of `sipdiag.calls.ledger.refusal`: the entries that conditions make."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.calls import Duty, Outcome, conditions, demands, refusals
from sipdiag.trace import Sighting

STATED = "Unsupported: gruu\r\n"
ASKED = "Require: gruu\r\n"


def entries(talk: Exchange) -> list[Duty]:
    scene = talk.scene()
    return list(refusals(conditions(scene.correlation.transactions), scene.window))


def refused(talk: Exchange, at: float, *, call_id: str, to_tag: str = "", cseq: int = 1) -> Sighting:
    names = {"call_id": call_id, "to_tag": to_tag, "cseq": cseq, "branch": f"b{at}"}
    return talk.response(420, talk.request("INVITE", at, fields=ASKED, **names), at + 0.1, fields=STATED)


def test_every_refusal_has_an_entry() -> None:
    """Three times the same, under new Call-IDs: the first two were broken, the last is open."""
    talk = Exchange()
    for number in range(3):
        refused(talk, number * 10, call_id=f"try-{number}")
    found = entries(talk)
    assert [duty.outcome for duty in found] == [Outcome.WRONG, Outcome.WRONG, Outcome.UNKNOWN]
    assert [len(duty.repeats) for duty in found] == [1, 0, 0]


def test_what_was_refused_in_a_dialog_is_tried_again_there_or_not_at_all() -> None:
    """The next call of the same two is another matter, and no entry stands twice."""
    talk = Exchange()
    for number in range(2):
        name = f"call-{number}"
        talk.response(200, talk.request("INVITE", number * 10, call_id=name, branch=name), number * 10 + 1)
        refused(talk, number * 10 + 2, call_id=name, to_tag="callee", cseq=2)
    talk.until = 60
    assert entries(talk) == []
    scene = talk.scene()
    by_call = [list(demands(each, scene.window)) for each in scene.correlation.by_call_id.values()]
    assert [[duty.outcome for duty in duties] for duties in by_call] == [[Outcome.UNDONE], [Outcome.UNDONE]]


def test_who_comes_back_after_the_time_stayed_away() -> None:
    """503 with Retry-After binds everything that is sent there, and its deadline is its own."""
    talk = Exchange()
    refusal = talk.response(503, talk.request("INVITE", 0), 0.1, fields="Retry-After: 10\r\n")
    back = talk.request("MESSAGE", 20, call_id="other", branch="other")
    (duty,) = entries(talk)
    assert (duty.kind, duty.outcome, duty.fulfilled_by) == ("retry-after", Outcome.DONE, back)
    assert duty.deadline == refusal.time + 10 * 1_000_000_000
