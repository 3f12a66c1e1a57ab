"""Tests of `sipdiag.calls.carriage` and `sipdiag.calls.tying`: which stream belongs to which call."""

from __future__ import annotations

import socket

import pytest

from described import VOICE, call, sdp, with_body
from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import CallMedia, carriage_of
from sipdiag.findings import diagnose
from sipdiag.media import Stream
from sipdiag.rules import RULES
from streaming import Talk
from tests.media.spoken import MILLISECOND, Said, rtp, streams_of

SECOND = 1_000 * MILLISECOND
OFFER = sdp(VOICE)
ANSWER = sdp("m=audio 6000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000", address="203.0.113.20")
HERE, THERE = ("192.0.2.10", 4_000), ("203.0.113.20", 6_000)
End = tuple[str, int]


def half(host: str) -> int:
    return 0xFFFF_0000_0000 | int.from_bytes(socket.inet_aton(host), "big")


def stream(source: End, destination: End, begin: float = 1.5, *, payload_type: int = 0, ssrc: int = 7) -> Stream:
    """Ten packets."""
    ends = (0, half(source[0]), 0, half(destination[0]), source[1], destination[1])
    (made,) = streams_of(
        [
            Said(
                time=round(begin * SECOND) + 20 * MILLISECOND * number,
                payload=rtp(number, 160 * number, payload_type=payload_type, ssrc=ssrc),
                ends=ends,
            )
            for number in range(10)
        ]
    )
    return made


def media_of(talk: Exchange, *streams: Stream) -> CallMedia:
    scene = talk.scene()
    exchanges = {leg.key: scene.exchanges(leg) for leg in scene.correlation.legs}
    return carriage_of(scene.correlation.calls, streams, exchanges).of(scene.correlation.calls[0])


def told(media: CallMedia) -> list[tuple[int, str, str]]:
    return [(each.number, each.toward, each.by) for each in media.carried]


def test_of_two_lines_at_one_port_the_rejected_one_has_nothing() -> None:
    """An offer of SRTP and of clear voice at the same port, of which the second is taken (RFC 3264, section 6)."""
    talk = Exchange()
    answer = sdp("m=audio 0 RTP/SAVP 0\nm=audio 6000 RTP/AVP 0", address="203.0.113.20")
    call(talk, sdp("m=audio 4000 RTP/SAVP 0\nm=audio 4000 RTP/AVP 0"), answer)
    media = media_of(talk, stream(HERE, THERE), stream(THERE, HERE))
    assert [each.line.number for each in media.carried if each.line is not None] == [1, 1]


def test_a_stream_is_known_by_where_it_goes() -> None:
    """To the caller's end or to the callee's."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    assert told(media_of(talk, stream(HERE, THERE), stream(THERE, HERE))) == [
        (0, "callee", "destination"),
        (1, "caller", "destination"),
    ]


def test_media_behind_a_nat_are_known_by_the_way_back() -> None:
    """The caller's packets come from an address that nobody named; the answer goes there (RFC 4961)."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    outside = ("198.51.100.9", 40_000)
    media = media_of(talk, stream(outside, THERE), stream(THERE, outside))
    assert told(media) == [(0, "callee", "destination"), (1, "caller", "return")]


def test_media_that_go_astray_are_known_by_their_source() -> None:
    """They come from where the callee receives, and go where nobody asked for them."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    assert told(media_of(talk, stream(THERE, ("192.0.2.99", 4_000)))) == [(0, "caller", "source")]


def test_a_port_that_a_later_call_uses_again_is_that_calls() -> None:
    """What counts is the time."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    talk.response(200, talk.request("BYE", 5, to_tag="callee", cseq=2, branch="bye"), 5.1)
    invite = with_body(talk, talk.request("INVITE", 30, call_id="call-2", branch="two", from_tag="two"), OFFER)
    with_body(talk, talk.response(200, invite, 31), ANSWER)
    scene = talk.scene()
    exchanges = {leg.key: scene.exchanges(leg) for leg in scene.correlation.legs}
    streams = [stream(HERE, THERE), stream(HERE, THERE, 32, ssrc=8)]
    carriage = carriage_of(scene.correlation.calls, streams, exchanges)
    assert {number: [each.number for each in media.carried] for number, media in carriage.calls.items()} == {
        1: [0],
        2: [1],
    }


def test_one_stream_that_two_calls_share_is_of_both() -> None:
    """A phone that keeps port and SSRC: it pauses between the calls."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).end(5)
    invite = with_body(
        talk.exchange, talk.exchange.request("INVITE", 30, call_id="call-2", branch="two", from_tag="two"), OFFER
    )
    with_body(talk.exchange, talk.exchange.response(200, invite, 31), ANSWER)
    scene = talk.say(HERE, THERE, 31.1, 3, first=150).scene()
    assert [[each.number for each in scene.carriage.of(call).carried] for call in scene.correlation.calls] == [[0], [0]]


def test_of_a_crowd_at_one_port_each_call_has_its_own() -> None:
    """A load generator takes one port for all calls: what begins with a call is that call's."""
    exchange = Exchange()
    streams = []
    for number in range(50):
        at = number / 10
        invite = exchange.request("INVITE", at, call_id=f"call-{number}", branch=f"b{number}", from_tag=f"f{number}")
        with_body(exchange, exchange.response(200, with_body(exchange, invite, OFFER), at + 0.05), ANSWER)
        streams.append(stream(HERE, THERE, at + 0.06, ssrc=number))
    exchange.until = 60
    scene = exchange.scene()
    exchanges = {leg.key: scene.exchanges(leg) for leg in scene.correlation.legs}
    carriage = carriage_of(scene.correlation.calls, streams, exchanges)
    assert [[each.number for each in media.carried] for media in carriage.calls.values()] == [[n] for n in range(50)]


def test_of_lines_that_share_a_port_the_payload_type_decides() -> None:
    """A bundle (RFC 9143): audio and video go to one port."""
    talk = Exchange()
    video = "m=video 4000 RTP/AVP 96\na=rtpmap:96 VP8/90000"
    call(talk, sdp(VOICE, video), sdp(VOICE, video, address="203.0.113.20"))
    media = media_of(talk, stream(THERE, HERE, payload_type=96), stream(THERE, HERE, ssrc=9))
    assert [each.line.kind for each in media.carried if each.line is not None] == ["video", "audio"]


def test_a_call_without_session_descriptions_gets_what_its_hosts_send() -> None:
    """A guess: the call began before the capture did."""
    talk = Exchange()
    talk.response(200, talk.request("BYE", 5, to_tag="callee", cseq=2, branch="bye"), 5.1)
    media = media_of(talk, stream(HERE, THERE), stream(("192.0.2.77", 1), ("192.0.2.78", 2)))
    assert told(media) == [(0, "callee", "hosts")]
    assert media.carried[0].certainty.value == "likely"


def test_what_is_nobodys_stays_so() -> None:
    """Two other hosts, or another time."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    talk.response(200, talk.request("BYE", 5, to_tag="callee", cseq=2, branch="bye"), 5.1)
    assert told(media_of(talk, stream(("192.0.2.77", 1), ("192.0.2.78", 2)), stream(HERE, THERE, 60))) == []


RELAY = "198.51.100.1"
NEAR, FAR = (RELAY, 9_000), (RELAY, 9_002)
"""Where a relay receives what the callee is to hear, and what the caller is."""


def relayed() -> Talk:
    """A call through a proxy that puts its media relay into the session descriptions."""
    talk = Talk()
    exchange = talk.exchange
    near = with_body(exchange, exchange.request("INVITE", 0, destination=PROXY, branch="near"), OFFER)
    far = exchange.request("INVITE", 0.1, source=PROXY, branch="far")
    far = with_body(exchange, far, sdp(f"m=audio {FAR[1]} RTP/AVP 0", address=RELAY))
    with_body(exchange, exchange.response(200, far, 1), ANSWER)
    taken = exchange.response(200, near, 1.1)
    with_body(exchange, taken, sdp(f"m=audio {NEAR[1]} RTP/AVP 0", address=RELAY))
    exchange.request("ACK", 1.2, branch="ack", to_tag="callee", destination=PROXY)
    exchange.request("ACK", 1.3, branch="ack2", to_tag="callee", source=PROXY)
    return talk


def hop(talk: Talk, one: End, other: End, ssrc: int) -> Talk:
    return talk.say(one, other, 1.4, 6, ssrc=ssrc).say(other, one, 1.4, 6, ssrc=ssrc + 1)


def test_each_hop_of_a_relay_has_its_media() -> None:
    """The caller's side and the callee's, told apart by what each hop agreed on."""
    talk = hop(hop(relayed(), HERE, NEAR, 10), FAR, THERE, 20).end(9)
    scene = talk.scene()
    (call,) = scene.correlation.calls
    media = scene.carriage.of(call)
    assert {each.line.hop for each in media.carried if each.line is not None} == {(CALLER, PROXY), (PROXY, CALLEE)}
    assert [each.by for each in media.carried] == ["destination"] * 4


def test_a_relay_that_steps_aside_leaves_each_hop_what_it_had() -> None:
    """The callee is told in the end to send to the caller itself: what went there before is still the near hop's."""
    talk = hop(hop(relayed(), HERE, NEAR, 10), FAR, THERE, 20)
    direct = talk.exchange.request("INVITE", 7.5, source=PROXY, to_tag="callee", cseq=2, branch="direct")
    with_body(talk.exchange, direct, OFFER)
    with_body(talk.exchange, talk.exchange.response(200, direct, 7.6), ANSWER)
    talk.exchange.request("ACK", 7.7, source=PROXY, to_tag="callee", cseq=2, branch="direct-ack")
    scene = talk.end(12).scene()
    media = scene.carriage.of(scene.correlation.calls[0])
    hops = {each.stream.ssrc: each.line.hop for each in media.carried if each.line is not None}
    assert hops == {10: (CALLER, PROXY), 11: (CALLER, PROXY), 20: (PROXY, CALLEE), 21: (PROXY, CALLEE)}
    assert [each.rule for each in diagnose(scene, RULES) if each.rule.startswith("media-")] == []


@pytest.mark.parametrize("hops", [[(HERE, NEAR)], [(FAR, THERE)], [(HERE, NEAR), (FAR, THERE)]])
def test_a_recorder_on_one_side_of_a_relay_misses_nothing(hops: list[tuple[End, End]]) -> None:
    """What flows on the other side nobody can tell here."""
    talk = relayed()
    for number, (one, other) in enumerate(hops):
        hop(talk, one, other, 10 * number)
    found = [each.rule for each in diagnose(talk.end(9).scene(), RULES) if each.rule.startswith("media-")]
    assert found == []


def proxied(*, tries: tuple[int, ...] = (1, 2)) -> Talk:
    """A call through a proxy that leaves the descriptions alone, at both hops; all but the last try are challenged."""
    talk = Talk()
    exchange = talk.exchange
    for cseq in tries:
        at, branch = cseq / 10, f"near{cseq}"
        near = exchange.request("INVITE", at, destination=PROXY, branch=branch, cseq=cseq)
        near = with_body(exchange, near, OFFER)
        if cseq != tries[-1]:
            exchange.response(407, near, at + 0.01, to_tag="proxy")
            exchange.request("ACK", at + 0.02, destination=PROXY, branch=branch, cseq=cseq, to_tag="proxy")
    far = exchange.request("INVITE", 0.5, source=PROXY, branch="far", cseq=tries[-1])
    far = with_body(exchange, far, OFFER)
    with_body(exchange, exchange.response(200, far, 1), ANSWER)
    with_body(exchange, exchange.response(200, near, 1.1), ANSWER)
    exchange.request("ACK", 1.2, branch="ack", to_tag="callee", destination=PROXY, cseq=tries[-1])
    exchange.request("ACK", 1.3, branch="ack2", to_tag="callee", source=PROXY, cseq=tries[-1])
    return talk


@pytest.mark.parametrize("tries", [(1,), (1, 2), (1, 2, 3)])
def test_both_ways_of_a_conversation_are_on_one_line(tries: tuple[int, ...]) -> None:
    """A challenged INVITE told one end of the near hop before the other: both sides are heard all the same."""
    scene = hop(proxied(tries=tries), HERE, THERE, 10).end(9).scene()
    media = scene.carriage.of(scene.correlation.calls[0])
    assert [each.toward for each in media.carried] == ["callee", "caller"]
    assert len({id(each.line) for each in media.carried}) == 1
    assert [each.rule for each in diagnose(scene, RULES) if each.rule.startswith("media-")] == []


def test_one_way_through_a_proxy_is_told_all_the_same() -> None:
    """The caller was challenged, and nothing of it is heard."""
    talk = proxied().say(THERE, HERE, 1.4, 6).end(9)
    assert talk.told("media-one-way") == [("unseen", "error", "likely")]


def test_of_two_branches_a_stream_is_on_the_one_that_it_comes_from() -> None:
    """Two phones play an announcement, and the second to do so answers: what it says is not on the first one's line."""
    talk = Talk()
    exchange = talk.exchange
    with_body(exchange, exchange.request("INVITE", 0, destination=PROXY, branch="near"), OFFER)
    other = sdp("m=audio 6002 RTP/AVP 0", address="203.0.113.21")
    one = exchange.request("INVITE", 0.1, source=PROXY, destination="203.0.113.21:5060", branch="one")
    one = with_body(exchange, one, OFFER)
    two = with_body(exchange, exchange.request("INVITE", 0.1, source=PROXY, branch="two"), OFFER)
    with_body(exchange, exchange.response(183, one, 0.2, to_tag="other"), other)
    with_body(exchange, exchange.response(183, two, 0.3), ANSWER)
    with_body(exchange, exchange.response(200, two, 1), ANSWER)
    exchange.response(487, one, 1.1, to_tag="other")
    scene = hop(talk, HERE, THERE, 10).scene()
    media = scene.carriage.of(scene.correlation.calls[0])
    assert {each.line.hop for each in media.carried if each.line is not None} == {(PROXY, CALLEE)}


def test_what_some_calls_have_is_numbered_anew() -> None:
    """A report that is narrowed to them lists their streams alone, and still knows that there were others."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 3).end(5)
    invite = talk.exchange.request("INVITE", 30, call_id="call-2", branch="two", from_tag="two")
    invite = with_body(talk.exchange, invite, sdp("m=audio 4010 RTP/AVP 0"))
    with_body(talk.exchange, talk.exchange.response(200, invite, 31), sdp("m=audio 6010 RTP/AVP 0", address=THERE[0]))
    carriage = talk.say((HERE[0], 4_010), (THERE[0], 6_010), 31.1, 3, ssrc=8).scene().carriage
    only = carriage.only({2})
    assert [each.ssrc for each in only.streams] == [8]
    assert [each.number for each in only.calls[2].carried] == [0]
    assert only.calls.keys() == {2}
    nothing = carriage.only(set())
    assert (nothing.streams, nothing.seen, nothing.looked) == ([], True, True)
