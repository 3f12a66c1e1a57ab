"""Sides and dialogs of a call, told by tags (RFC 3261, section 12)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import (
    byes_missed,
    dialogs_of,
    later_of_the_same_side,
    of_the_other_side,
    passages_of,
    side_of,
    tags_of,
)


def test_sides_are_told_by_the_from_tag_of_the_first_invite() -> None:
    """Whoever sends a request, and whichever way it goes."""
    talk = Exchange()
    talk.answered_call()
    ours = talk.request("BYE", 9, cseq=2, branch="ours", to_tag="callee")
    theirs = talk.request(
        "BYE", 9, branch="theirs", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER
    )
    (call,) = talk.scene().correlation.calls
    assert [side_of(call, each) for each in (ours, theirs)] == ["caller", "callee"]
    assert tags_of(ours) == tags_of(theirs)
    assert dialogs_of(call) == {frozenset(("caller", "callee"))}
    mine, other = passages_of(call.byes)
    assert (of_the_other_side(mine, [mine, other]), later_of_the_same_side(mine, [mine, other])) == ([other], [])


def test_a_capture_that_begins_later_does_not_show_who_called() -> None:
    """Then neither side is named."""
    talk = Exchange()
    bye = talk.request("BYE", 9, to_tag="callee")
    (call,) = talk.scene().correlation.calls
    assert side_of(call, bye) == "one side"


def test_what_the_same_side_says_later_is_found() -> None:
    """In the same dialog only."""
    talk = Exchange()
    talk.answered_call()
    talk.request("BYE", 9, cseq=2, branch="first", to_tag="callee")
    talk.request("BYE", 10, cseq=3, branch="second", to_tag="callee")
    talk.request("BYE", 11, cseq=4, branch="other", to_tag="stranger")
    first, second, _ = passages_of(talk.scene().correlation.calls[0].byes)
    assert later_of_the_same_side(first, passages_of(talk.scene().correlation.calls[0].byes))[0].first.cseq == 3
    assert second.first.cseq == 3


def test_a_response_alone_shows_a_bye_that_the_recorder_missed() -> None:
    """One that was recorded with its request is none, and so is one of another dialog."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 9, cseq=2, branch="bye", to_tag="callee")
    response = talk.response(200, bye, 9.1)
    (call,) = talk.scene().correlation.calls
    assert byes_missed(call, tags_of(response)) == []
    talk.sightings.remove(bye)
    (call,) = talk.scene().correlation.calls
    assert byes_missed(call, tags_of(response)) == [response]
    assert byes_missed(call, frozenset(("caller", "another"))) == []
