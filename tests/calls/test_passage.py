"""One request at every hop: what became of it is asked once."""

from __future__ import annotations

from exchange import CALLEE, PROXY, Exchange
from sipdiag.calls import passages_of, status


def test_hops_of_one_request_are_one_passage_nearest_the_sender_first() -> None:
    """Method, CSeq and tags stay, the branch changes (RFC 3261, section 16.6)."""
    talk = Exchange()
    invite = talk.request("BYE", 0, destination=PROXY, to_tag="callee")
    onward = talk.request("BYE", 0.01, source=PROXY, branch="two", to_tag="callee")
    talk.response(403, onward, 0.1)
    talk.response(403, invite, 0.11)
    (passage,) = passages_of(talk.scene().correlation.transactions)
    assert [hop.destination for hop in passage.hops] == [PROXY, CALLEE]
    assert passage.request is invite
    assert passage.born is passage.hops[1]
    assert passage.final is not None
    assert (status(passage.final), passage.answered) == (403, False)


def test_another_cseq_is_another_passage() -> None:
    """A request that is tried again, with credentials."""
    talk = Exchange()
    talk.response(407, talk.request("BYE", 0, to_tag="callee"), 0.1)
    talk.response(200, talk.request("BYE", 1, cseq=2, branch="two", to_tag="callee"), 1.1)
    first, second = passages_of(talk.scene().correlation.transactions)
    assert (first.answered, second.answered) == (False, True)


def test_the_same_traffic_on_a_second_link_and_lone_responses_are_left_out() -> None:
    """A bridge adds no Via; a response without its request has no way to tell."""
    talk = Exchange()
    bye = talk.request("BYE", 0, to_tag="callee")
    talk.elsewhere(bye, 0.001, source="192.0.2.99:5060", destination=PROXY)
    assert len(passages_of(talk.scene().correlation.transactions)) == 1
    alone = Exchange()
    alone.response(200, talk.sightings[0], 0)
    assert passages_of(alone.scene().correlation.transactions) == []
