"""Tests of `sipdiag.calls.negotiation`: what may be sent on each line of a call, and from when on."""

from __future__ import annotations

import pytest

from described import VOICE, call, sdp, with_body
from exchange import CALLEE, CALLER, PROXY, START, Exchange
from sipdiag.calls import MediaLine, lines_of

OFFER = sdp(VOICE)
ANSWER = sdp("m=audio 6000 RTP/AVP 0", address="203.0.113.20")


def lines(talk: Exchange) -> list[MediaLine]:
    scene = talk.scene()
    (leg,) = scene.correlation.legs
    return lines_of(leg, scene.exchanges(leg))


def only_line(talk: Exchange) -> MediaLine:
    (line,) = lines(talk)
    return line


def test_each_side_is_reached_where_it_says() -> None:
    """The offer names the caller's end, the answer the callee's; both may send."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    (agreed,) = only_line(talk).terms
    assert agreed.caller is not None
    assert agreed.callee is not None
    assert (agreed.caller.endpoint, agreed.callee.endpoint) == ("192.0.2.10:4000", "203.0.113.20:6000")
    assert (agreed.lets("caller"), agreed.lets("callee")) == (True, True)
    assert agreed.answered == agreed.agreed == START + 1_000_000_000


def test_an_offer_in_the_response_is_the_callees() -> None:
    """The ACK answers it (RFC 3261, section 13.2.1)."""
    talk = Exchange()
    call(talk, b"", ANSWER, in_ack=OFFER)
    (agreed,) = only_line(talk).terms
    assert agreed.caller is not None
    assert agreed.caller.endpoint == "192.0.2.10:4000"


@pytest.mark.parametrize(
    ("offer", "answer", "caller", "callee"),
    [
        ("a=sendonly", "a=recvonly", True, False),
        ("a=inactive", "a=inactive", False, False),
        ("c=IN IP4 0.0.0.0", "a=sendrecv", True, False),
        ("a=recvonly", "a=sendonly", False, True),
    ],
)
def test_a_hold_silences_the_side_that_is_held(offer: str, answer: str, caller: bool, callee: bool) -> None:  # noqa: FBT001
    """By direction (RFC 3264, section 8.4), and by an address that is none (RFC 2543)."""
    talk = Exchange()
    call(talk, sdp(f"{VOICE}\n{offer}"), sdp(f"{VOICE}\n{answer}", address="203.0.113.20"))
    (agreed,) = only_line(talk).terms
    assert (agreed.lets("caller"), agreed.lets("callee")) == (caller, callee)


def test_a_later_exchange_changes_the_terms() -> None:
    """Whichever side makes it; one that is refused leaves them as they were (RFC 3264, section 8)."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    again = talk.request(
        "INVITE", 5, source=CALLEE, destination=CALLER, cseq=7, branch="again", from_tag="callee", to_tag="caller"
    )
    again = with_body(talk, again, sdp("m=audio 7000 RTP/AVP 8\na=sendonly", address="203.0.113.20"))
    with_body(talk, talk.response(200, again, 5.2), sdp("m=audio 4002 RTP/AVP 8\na=recvonly"))
    more = talk.request("INVITE", 8, cseq=2, branch="more", to_tag="callee")
    talk.response(488, with_body(talk, more, sdp("m=audio 9000 RTP/AVP 0")), 8.1)
    first, second = only_line(talk).terms
    assert first.offered < second.offered
    assert (second.caller is not None and second.caller.endpoint) == "192.0.2.10:4002"
    assert (second.lets("caller"), second.lets("callee")) == (False, True)


def test_early_media_are_agreed_on_even_if_the_call_fails() -> None:
    """A 183 with an answer, then 486: nobody answered, but a ring tone may have been heard."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0), OFFER)
    with_body(talk, talk.response(183, invite, 1), ANSWER)
    talk.response(486, invite, 3)
    (agreed,) = only_line(talk).terms
    assert agreed.answered is None
    assert agreed.callee is not None
    assert agreed.agreed == START + 1_000_000_000


def test_a_bundle_is_received_at_its_first_line() -> None:
    """Whatever port the others bear (RFC 9143); and an address of nowhere is none to ICE."""
    ice = "a=candidate:1 1 UDP 2130706431 198.51.100.77 4444 typ host"
    head = "m=audio 9 UDP/TLS/RTP/SAVPF 0\nc=IN IP4 0.0.0.0\na=mid:a\n" + ice
    video = "m=video 0 UDP/TLS/RTP/SAVPF 96\nc=IN IP4 0.0.0.0\na=mid:v\na=bundle-only"
    body = sdp(head, video).replace(b"t=0 0\r\n", b"t=0 0\r\na=group:BUNDLE a v\r\n")
    talk = both_sides_say(body)
    audio, moving = lines(talk)
    for line in (audio, moving):
        assert line.terms[0].caller is not None
        assert "198.51.100.77:4444" in line.terms[0].caller.endpoints
        assert line.terms[0].lets("callee")


def both_sides_say(body: bytes) -> Exchange:
    talk = Exchange()
    call(talk, body, body)
    return talk


def test_each_line_stands_by_itself() -> None:
    """Audio, video that the answer rejects, and candidates of ICE."""
    talk = Exchange()
    ice = "a=candidate:1 1 UDP 2130706431 198.51.100.77 4444 typ host"
    call(talk, sdp(f"{VOICE}\n{ice}", "m=video 4100 RTP/AVP 96"), sdp(VOICE, "m=video 0 RTP/AVP 96"))
    audio, video = lines(talk)
    assert (audio.kind, video.kind) == ("audio", "video")
    assert audio.terms[0].caller is not None
    assert audio.terms[0].caller.endpoints == ("192.0.2.10:4000", "198.51.100.77:4444")
    assert (video.terms[0].lets("caller"), video.terms[0].lets("callee")) == (False, False)


def reoffered(talk: Exchange, *, source: str, destination: str, branch: str = "hold") -> None:
    """A hold by the caller, answered, on this hop."""
    hold = talk.request("INVITE", 5, cseq=2, branch=branch, to_tag="callee", source=source, destination=destination)
    hold = with_body(talk, hold, sdp(VOICE + "\na=sendonly", address="192.0.2.99"))
    with_body(talk, talk.response(200, hold, 5.1), sdp(VOICE + "\na=recvonly", address="203.0.113.20"))


def test_a_side_that_moved_goes_on_with_its_line() -> None:
    """Its re-INVITE comes from another address: what was agreed on before holds no longer."""
    talk = Exchange()
    call(talk, OFFER, ANSWER)
    reoffered(talk, source="192.0.2.99:5060", destination=CALLEE)
    first, second = only_line(talk).terms
    assert (first.lets("callee"), second.lets("callee")) == (True, False)


def test_a_proxy_that_leaves_the_way_leaves_no_terms_behind() -> None:
    """Both lines that it was an end of take up what the sides agree on without it."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0, destination=PROXY, branch="near"), OFFER)
    onward = with_body(talk, talk.request("INVITE", 0.1, source=PROXY, branch="far"), OFFER)
    with_body(talk, talk.response(200, onward, 1), ANSWER)
    with_body(talk, talk.response(200, invite, 1.1), ANSWER)
    reoffered(talk, source=CALLER, destination=CALLEE)
    assert [[terms.lets("callee") for terms in line.terms] for line in lines(talk)] == [[True, False], [True, False]]


def test_a_proxy_that_stays_gives_each_hop_its_own_terms() -> None:
    """What is seen on the hop itself needs no other's."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0, destination=PROXY, branch="near"), OFFER)
    onward = with_body(talk, talk.request("INVITE", 0.1, source=PROXY, branch="far"), OFFER)
    with_body(talk, talk.response(200, onward, 1), ANSWER)
    with_body(talk, talk.response(200, invite, 1.1), ANSWER)
    reoffered(talk, source=CALLER, destination=PROXY)
    reoffered(talk, source=PROXY, destination=CALLEE, branch="onward")
    assert [len(line.terms) for line in lines(talk)] == [2, 2]
