"""Tests of `sipdiag.calls.transaction`."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, PROXY, SECOND, Exchange
from sipdiag.calls import Repeat, correlate


def test_a_response_belongs_to_the_request_with_its_branch_and_method() -> None:
    """RFC 3261, section 17.1.3: two requests in flight, answered in the wrong order, each get their own response."""
    talk = Exchange()
    first = talk.request("OPTIONS", 0, branch="a", call_id="x", cseq=1)
    second = talk.request("OPTIONS", 0.1, branch="b", call_id="x", cseq=2)
    late, early = talk.response(200, second, 0.2), talk.response(404, first, 0.3)
    one, other = correlate(talk.sightings).transactions
    assert (one.request, one.final) == (first, early)
    assert (other.request, other.final) == (second, late)


def test_a_client_that_reuses_its_branch_is_still_told_apart() -> None:
    """CSeq parts two requests that carry one branch, which RFC 3261, section 8.1.1.7 forbids and some clients do."""
    talk = Exchange()
    first = talk.request("REGISTER", 0, cseq=1)
    talk.response(401, first, 0.1)
    second = talk.request("REGISTER", 0.2, cseq=2)
    answer = talk.response(200, second, 0.3)
    assert [each.final for each in correlate(talk.sightings).transactions][1] is answer


def test_a_request_sent_again_is_a_retransmission_of_the_first() -> None:
    """RFC 3261, section 17.1.1.2: the repeat opens no transaction, and the response answers the first copy."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    again = talk.again(invite, 0.5, 1.5)
    talk.response(100, invite, 1.6)
    (transaction,) = correlate(talk.sightings).transactions
    assert transaction.request is invite
    assert transaction.request_repeats == again


def test_one_packet_recorded_twice_is_no_retransmission() -> None:
    """Same IP identification, microseconds apart (`tcpdump -i any`): a duplicate, counted once."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, ip_id=77)
    talk.again(invite, 0.00001, ip_id=77)
    correlation = correlate(talk.sightings)
    assert [each.repeat for each in correlation.arrivals] == [Repeat.FIRST, Repeat.DUPLICATE]
    assert correlation.transactions[0].request_repeats == []


def test_a_fast_retransmission_with_its_own_identification_counts() -> None:
    """Another IP identification means another packet, however soon it came."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, ip_id=77)
    talk.again(invite, 0.005, ip_id=78)
    assert correlate(talk.sightings).arrivals[1].repeat is Repeat.RETRANSMISSION


def test_without_identification_the_time_decides() -> None:
    """IPv6 has none, Linux writes 0 with DF: milliseconds are the recorder's doing, T1 is the sender's."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.again(invite, 0.001, 0.5)
    repeats = [each.repeat for each in correlate(talk.sightings).arrivals]
    assert repeats == [Repeat.FIRST, Repeat.DUPLICATE, Repeat.RETRANSMISSION]


def test_each_hop_of_a_proxy_has_a_transaction_of_its_own() -> None:
    """A proxy adds its own Via with its own branch, so responses find their own hop (RFC 3261, section 16.6)."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    far_answer, near_answer = talk.response(200, far, 1), talk.response(200, near, 1.01)
    one, other = correlate(talk.sightings).transactions
    assert (one.final, other.final) == (near_answer, far_answer)
    assert other.origin is None


def test_the_same_request_on_both_sides_of_a_nat_is_one_seen_twice() -> None:
    """Nobody added a Via: the second sighting is the same transaction on another link, and says so."""
    talk = Exchange()
    inside = talk.request("OPTIONS", 0)
    outside = talk.elsewhere(inside, 0.0001, source="198.51.100.77:1024", destination=CALLEE)
    answer_outside = talk.response(200, outside, 0.1)
    answer_inside = talk.response(200, inside, 0.1001)
    one, other = correlate(talk.sightings).transactions
    assert other.origin is one
    assert (one.final, other.final) == (answer_inside, answer_outside)


def test_the_ack_of_a_failure_belongs_to_its_invite() -> None:
    """RFC 3261, section 17.1.1.3: same branch, so the same transaction."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    talk.response(486, invite, 1)
    ack = talk.request("ACK", 1.1, to_tag="callee")
    (transaction,) = correlate(talk.sightings).transactions
    assert transaction.acks == [ack]


def test_a_forked_invite_keeps_every_2xx() -> None:
    """RFC 3261, section 13.2.2.4: one 2xx for each To tag, none of them a retransmission."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    one, other = talk.response(200, invite, 1, to_tag="desk"), talk.response(200, invite, 1.1, to_tag="mobile")
    talk.again(one, 1.5)
    (transaction,) = correlate(talk.sightings).transactions
    assert transaction.answers == [one, other]
    assert len(transaction.repeats_of(one)) == 1


def test_a_second_ringing_with_other_content_is_no_retransmission() -> None:
    """A provisional response may come again with something new; only an equal one was sent again."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    first = talk.response(183, invite, 0.5, fields="RSeq: 1\r\n")
    second = talk.response(183, invite, 0.9, fields="RSeq: 2\r\n")
    talk.again(first, 1.0)
    (transaction,) = correlate(talk.sightings).transactions
    assert transaction.responses == [first, second]
    assert [original for original, _ in transaction.response_repeats] == [first]


def test_a_response_without_its_request_opens_a_transaction_without_one() -> None:
    """The capture may have begun after the request: the response is kept, its request is None."""
    talk = Exchange()
    request = talk.request("OPTIONS", 0)
    talk.response(200, request, 0.1)
    (transaction,) = correlate(talk.sightings[1:]).transactions
    assert transaction.request is None
    assert (transaction.source, transaction.destination) == (CALLER, CALLEE)


def test_packets_that_the_recorder_swapped_are_put_together() -> None:
    """A response that stands a microsecond before its request in the file still belongs to it."""
    talk = Exchange()
    request = talk.request("OPTIONS", 0.000001)
    talk.response(200, request, 0)
    swapped = sorted(talk.sightings, key=lambda each: each.time)
    (transaction,) = correlate(swapped).transactions
    assert transaction.request is request


def test_a_request_with_every_identifier_used_again_is_a_new_one() -> None:
    """A client that repeats itself to the letter after 64*T1 repeats nothing: its transaction had long timed out."""
    talk = Exchange()
    first = talk.request("INVITE", 0)
    talk.response(486, first, 0.1)
    (again,) = talk.again(first, 40)
    busy = talk.response(486, again, 40.1)
    one, other = correlate(talk.sightings).transactions
    assert (one.request_repeats, other.request, other.final) == ([], again, busy)


@pytest.mark.parametrize("drift", [-90.0, -3.0, 0.4, 3.0, 90.0])
def test_two_recorders_whose_clocks_differ_see_one_packet(drift: float) -> None:
    """The IP identification tells it from one that was sent again, however far the clocks are apart."""
    talk = Exchange()
    invite = talk.request("INVITE", 100, ip_id=7)
    (again,) = talk.again(invite, 100.5, ip_id=8)
    answer = talk.response(200, invite, 101, ip_id=9)
    ack = talk.request("ACK", 101.1, branch="ack", to_tag="callee", ip_id=10)
    copies = [replace(each, capture=1, time=each.time + round(drift * SECOND)) for each in (invite, again, answer, ack)]
    seen = correlate(sorted([*talk.sightings, *copies], key=lambda each: (each.time, each.capture)))
    (transaction,) = seen.transactions
    assert (len(transaction.request_repeats), len(transaction.response_repeats)) == (1, 0)
    assert len(seen.calls[0].acks) == 1
