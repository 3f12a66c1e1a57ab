"""Tests of `sipdiag.calls.failure`."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Certainty, Failure, correlate, failure_of

OTHER = "203.0.113.99:5060"


def failure_in(talk: Exchange) -> Failure | None:
    (call,) = correlate(sorted(talk.sightings, key=lambda seen: seen.time)).calls
    return failure_of(call)


def codes(failure: Failure | None) -> list[int]:
    assert failure is not None
    return [step.code for step in failure.steps]


def test_the_last_hop_that_sent_the_code_is_where_it_was_born() -> None:
    """RFC 3261, section 16.7: a proxy passes a final response on."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    via = f"Via: SIP/2.0/UDP {CALLER};branch=z9hG4bKnear\r\n"
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far", fields=via)
    talk.response(404, far, 1)
    talk.response(404, near, 1.1)
    failure = failure_in(talk)
    assert failure is not None
    assert (failure.origin.final.source, failure.relays, failure.certainty) == (CALLEE, [PROXY], Certainty.CERTAIN)


def test_of_several_branches_the_one_whose_code_was_passed_on_counts() -> None:
    """The best response goes back, wherever it stands in time."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    one = talk.request("INVITE", 0.1, source=PROXY, branch="one")
    two = talk.request("INVITE", 0.1, source=PROXY, branch="two", destination=OTHER)
    talk.response(486, one, 1)
    talk.response(503, two, 2)
    talk.response(486, near, 2.1)
    failure = failure_in(talk)
    assert failure is not None
    assert failure.origin.final.source == CALLEE
    assert codes(failure) == [486, 486]


def test_the_via_tells_which_request_was_sent_on() -> None:
    """A request of the same element that has another Via below its own is another's."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    via = f"Via: SIP/2.0/UDP {CALLER};branch=z9hG4bK"
    mine = talk.request("INVITE", 0.1, source=PROXY, branch="mine", fields=f"{via}near\r\n")
    other = talk.request(
        "INVITE", 0.1, source=PROXY, branch="other", destination=OTHER, fields=f"{via}elsewhere\r\n{via}near\r\n"
    )
    talk.response(486, mine, 1)
    talk.response(486, other, 1.05)
    talk.response(486, near, 1.1)
    failure = failure_in(talk)
    assert failure is not None
    assert failure.origin.final.source == CALLEE


def test_a_branch_that_was_given_up_did_not_say_no() -> None:
    """The proxy's ring timer ran out: it sent CANCEL, and 408 is its own."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far")
    talk.response(200, talk.request("CANCEL", 30, source=PROXY, branch="far"), 30.1)
    talk.response(487, far, 30.2)
    talk.response(408, near, 30.3)
    assert codes(failure_in(talk)) == [408]


def test_a_hop_that_never_answered_is_named() -> None:
    """What the element that said no may have waited for."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    talk.request("INVITE", 0.1, source=PROXY, branch="far")
    talk.response(408, near, 32.1)
    failure = failure_in(talk)
    assert failure is not None
    assert [hop.destination for hop in failure.unanswered] == [CALLEE]


def test_the_way_leads_through_a_b2bua() -> None:
    """Under another Call-ID; a guess makes it likely only."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", call_id="near")
    far = talk.request("INVITE", 0.1, source=PROXY, branch="far", call_id="far")
    talk.response(486, far, 1)
    talk.response(503, near, 1.1)
    failure = failure_in(talk)
    assert failure is not None
    assert codes(failure) == [486, 503]
    assert failure.certainty is Certainty.LIKELY


def test_a_call_that_was_answered_has_no_failure() -> None:
    """Nobody said no."""
    talk = Exchange()
    talk.answered_call()
    assert failure_in(talk) is None
