"""Tests of `sipdiag.extract.choice`: what belongs to a call, and what does not."""

from __future__ import annotations

from io import BytesIO

from msgspec.structs import replace

from reporting import sample
from sipdiag.analysis import conclude, read
from sipdiag.extract import Choice, choice_of
from sipdiag.trace import Trace
from talking import ALICE, BOB, CAROL, DAVE, SECOND, START, call, recorded, sdp


def trace_of(data: bytes) -> Trace:
    return read("-", stream=BytesIO(data))


def chosen_in(name: str) -> Choice:
    """The choice of the first Call-ID of a sample."""
    trace = read(str(sample(name)))
    return choice_of([trace], [trace.sightings[0].message.call_id])


def test_every_message_of_the_call_is_chosen() -> None:
    """And no message of another."""
    trace = trace_of(recorded(call(), call("two@192.0.2.11", caller=CAROL, callee=DAVE)))
    choice = choice_of([trace], ["one@192.0.2.10"])
    assert choice.frames == [[each.frame for each in trace.sightings if each.message.call_id == "one@192.0.2.10"]]
    assert len(choice.frames[0]) == 6
    assert choice.shared == 0


def test_media_is_where_it_was_negotiated() -> None:
    """Both sides, RTP and RTCP, for the time of the call; never the addresses of the signalling."""
    choice = choice_of([trace_of(recorded(call()))], ["one@192.0.2.10"])
    ends = {(each.address, each.port) for each in choice.places}
    assert ends == {(ALICE, 4000), (ALICE, 4001), (BOB, 5000), (BOB, 5001)}
    assert {each.first for each in choice.places} == {START - SECOND}
    assert all(each.last > START + 3 * SECOND for each in choice.places)


def test_rtcp_and_candidates_have_places_of_their_own() -> None:
    """What a=rtcp and a=candidate name counts as well."""
    talk = call()
    extra = (
        "a=rtcp:7777 IN IP4 203.0.113.9\r\na=candidate:1 1 UDP 1 203.0.113.8 8888 typ srflx raddr 0.0.0.0 rport 0\r\n"
    )
    body = sdp(ALICE, 4000, extra)
    old = sdp(ALICE, 4000)
    first = talk[0].payload.decode().replace(old, body).replace(f"Length: {len(old)}", f"Length: {len(body)}")
    talk[0] = talk[0]._replace(payload=first.encode())
    ends = {(each.address, each.port) for each in choice_of([trace_of(recorded(talk))], ["one@192.0.2.10"]).places}
    assert {("203.0.113.9", 7777), ("203.0.113.8", 8888)} <= ends


def test_all_segments_and_fragments_are_chosen() -> None:
    """A message in several packets is all of them, and a TCP connection its beginning and end."""
    choice = chosen_in("call-over-tcp/call-over-tcp")
    assert {1, 2, 4, 6, 10, 12, 14, 22} <= set(choice.frames[0])


def test_lost_fragments_are_chosen_by_the_call_they_name() -> None:
    """An INVITE that never became whole names its call; a fragment that names none goes with the hosts of the call."""
    trace = read(str(sample("fragment-lost/fragment-lost")))
    lost = {frame for each in trace.partial for frame in each.frames}
    options = {each.message.call_id for each in trace.sightings}
    assert not lost.intersection(choice_of([trace], options).frames[0])
    assert lost <= set(choice_of([trace], options | {"09bd92be3a@192.0.2.10"}).frames[0])
    nameless = replace(trace, partial=[replace(each, payload=b"") for each in trace.partial])
    assert lost <= set(choice_of([nameless], options).frames[0])


def test_every_leg_is_chosen() -> None:
    """The Call-IDs of all legs make one choice; each capture has frames of its own."""
    trace = read(str(sample("call-through-b2bua/call-through-b2bua")))
    ids = {each.message.call_id for each in trace.sightings}
    assert len(ids) > 1
    assert choice_of([trace], ids).frames[0] == sorted({each.frame for each in trace.sightings})
    twice = choice_of([trace, trace_of(recorded(call()))], ["one@192.0.2.10"])
    assert twice.frames[0] == []
    assert len(twice.frames[1]) == 6


def test_streams_of_the_call_are_chosen_wherever_they_went() -> None:
    """Media that passed a NAT and came from a place that nobody negotiated."""
    sent = [
        each._replace(source="203.0.113.9:6000") if each.source == f"{ALICE}:4000" else each
        for each in call(packets=80)
    ]
    trace = trace_of(recorded(sent))
    analysis = conclude([trace])
    streams = [each.stream for each in analysis.carriage.of(analysis.correlation.calls[0]).carried]
    ends = {(each.address, each.port) for each in choice_of([trace], ["one@192.0.2.10"], streams).places}
    assert {("203.0.113.9", 6000), ("203.0.113.9", 6001)} <= ends


def test_nothing_asked_is_nothing_chosen() -> None:
    """A Call-ID that is not there."""
    choice = choice_of([trace_of(recorded(call()))], ["nobody"])
    assert (choice.frames, choice.places) == ([[]], [])
