"""What ended a call, how long after what, and by whom."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Ending, ending_of


def ending(talk: Exchange) -> Ending | None:
    """The ending of the only call of `talk`."""
    return ending_of(talk.scene().correlation.calls[0])


def test_an_answered_call_is_measured_from_its_answer() -> None:
    """To the BYE of its dialog, by whoever sent it."""
    talk = Exchange()
    talk.answered_call()
    talk.request("BYE", 10, branch="stray", to_tag="stranger")
    talk.request("BYE", 33.5, branch="bye", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER)
    end = ending(talk)
    assert end is not None
    assert (end.since, end.gap, end.actor) == ("answer", 32.0, CALLEE)
    assert end.fit is not None
    assert end.fit.clock.name == "64*T1"


def test_a_short_call_is_measured_only_if_it_says_why() -> None:
    """No clock of the table is so short."""
    talk = Exchange()
    talk.answered_call()
    talk.request("BYE", 6, cseq=2, branch="bye", to_tag="callee")
    assert ending(talk) is None
    talk = Exchange()
    talk.answered_call()
    talk.request("BYE", 6, cseq=2, branch="bye", to_tag="callee", fields="Reason: Q.850;cause=102\r\n")
    assert ending(talk) is not None


def test_a_failure_is_ended_by_the_hop_where_it_arose() -> None:
    """Not by the one that passed it on."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(100, invite, 0.1)
    branch = talk.request("INVITE", 0.1, source=PROXY, branch="two")
    talk.response(100, branch, 0.2)
    talk.response(408, branch, 32)
    talk.response(408, invite, 32.1)
    end = ending(talk)
    assert end is not None
    assert (end.since, end.actor) == ("invite", CALLEE)


def test_what_people_decide_and_what_goes_on_has_no_clock() -> None:
    """Busy, and a call that is still up."""
    talk = Exchange()
    talk.response(486, talk.request("INVITE", 0), 30)
    assert ending(talk) is None
    talk = Exchange()
    talk.answered_call()
    assert ending(talk) is None
