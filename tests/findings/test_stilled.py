"""Tests of `sipdiag.findings.stilled`: both sides that are heard no more once the terms were changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from described import VOICE, sdp, with_body
from sipdiag.findings import Stilled, stilled_in
from streaming import ANSWER, HERE, OFFER, SECOND, THERE, Talk

if TYPE_CHECKING:
    from collections.abc import Callable

MOVED = sdp("m=audio 4010 RTP/AVP 0")
MOVED_ANSWER = sdp("m=audio 6010 RTP/AVP 0", address=THERE[0])
FAR = "m=audio 40000 RTP/AVP 0"
INACTIVE = "\na=inactive"


def heard(seconds: float = 3, **options: object) -> Talk:
    """A call in which both are heard at first."""
    talk = Talk().begin().say(HERE, THERE, 1.1, seconds, **options)
    return talk.say(THERE, HERE, 1.1, seconds, ssrc=8, **options)


def found(talk: Talk) -> list[Stilled]:
    scene = talk.scene()
    return [each for call in scene.correlation.legs for each in stilled_in(call, scene)]


def test_both_fall_silent_at_a_new_port() -> None:
    """Who moved, for how long nobody was heard since, and what was last heard of each side."""
    (change,) = found(heard().change(4, MOVED).end(14))
    assert change.moved == ["caller"]
    assert change.silence == pytest.approx(9.9 * SECOND)
    assert sorted(each.source for each in change.streams) == ["192.0.2.10:4000", "203.0.113.20:6000"]


def test_what_was_heard_last_is_of_before() -> None:
    """What comes later, under yet other terms, is another matter."""
    (change,) = found(moved_back_in_the_end())
    assert {each.ssrc for each in change.streams} == {7, 8}


def moved_by_update() -> Talk:
    return heard().change(4, MOVED, method="UPDATE").end(14)


def both_moved_nearby() -> Talk:
    return heard().change(4, MOVED, sdp("m=audio 5990 RTP/AVP 0", address=THERE[0])).end(14)


def old_packets_on_their_way() -> Talk:
    return heard(4.2).change(4, MOVED).end(14)


def moved_back_in_the_end() -> Talk:
    talk = heard().change(4, MOVED).change(14)
    return talk.say(HERE, THERE, 14.2, 5, ssrc=9).say(THERE, HERE, 14.2, 5, ssrc=10).end(20)


def refreshed_after_it() -> Talk:
    return heard().change(4, MOVED).change(9, MOVED).end(14)


def moved_after_a_hold() -> Talk:
    held = sdp(VOICE + INACTIVE), sdp("m=audio 6000 RTP/AVP 0" + INACTIVE, address=THERE[0])
    return heard().change(4, *held).change(6, MOVED).end(16)


@pytest.mark.parametrize(
    "story",
    [
        moved_by_update,
        both_moved_nearby,
        old_packets_on_their_way,
        moved_back_in_the_end,
        refreshed_after_it,
        moved_after_a_hold,
    ],
)
def test_what_else_is_such_a_time(story: Callable[[], Talk]) -> None:
    """An UPDATE, both sides, a little of the old stream, what follows, and what was before make no difference."""
    assert len(found(story())) == 1


def test_a_hold_that_ended_is_one() -> None:
    """Nothing has moved, but both sides were not to be heard for a time."""
    held = sdp(VOICE + INACTIVE), sdp("m=audio 6000 RTP/AVP 0" + INACTIVE, address=THERE[0])
    (change,) = found(heard().change(4, *held).change(6).end(16))
    assert change.moved == []


def heard_at_the_new_port() -> Talk:
    new = (HERE[0], 4010)
    return heard().change(4, MOVED).say(new, THERE, 4.2, 9, ssrc=9).say(THERE, new, 4.2, 9, ssrc=10).end(14)


def one_side_heard_there() -> Talk:
    return heard().change(4, MOVED).say((HERE[0], 4010), THERE, 4.2, 9, ssrc=9).end(14)


def heard_at_the_old_port() -> Talk:
    return heard(12).change(4, MOVED).end(14)


def heard_between_the_hosts() -> Talk:
    return heard().change(4, MOVED).say((HERE[0], 4500), (THERE[0], 6000), 4.2, 9, ssrc=9).end(14)


def heard_from_an_old_port() -> Talk:
    return heard().change(4, MOVED).say(HERE, (THERE[0], 7000), 4.2, 9, ssrc=9).end(14)


def heard_through_a_nat() -> Talk:
    inside, outside, other = sdp(VOICE, address="10.0.0.10"), ("192.0.2.77", 40000), ("192.0.2.77", 40009)
    talk = Talk().begin(inside).say(outside, THERE, 1.1, 3).say(THERE, outside, 1.1, 3, ssrc=8)
    return talk.change(4, inside, MOVED_ANSWER).say(THERE, other, 4.2, 9, ssrc=9).end(14)


def heard_from_another_host_for_a_while() -> Talk:
    return heard().change(4, MOVED).say(("203.0.113.99", 7000), HERE, 4.2, 4, ssrc=9).end(14)


def refreshed_after_an_offer_without_answer() -> Talk:
    talk = heard()
    with_body(talk.exchange, talk.exchange.request("INVITE", 4, to_tag="callee", cseq=40, branch="lost"), OFFER)
    return talk.change(6).end(16)


def ended_soon() -> Talk:
    return heard().change(4, MOVED).end(8)


def recorded_no_longer() -> Talk:
    return heard().change(4, MOVED)


def refused() -> Talk:
    return heard().change(4, MOVED, b"", status=491).end(14)


def refresh() -> Talk:
    return heard().change(4).end(14)


def held() -> Talk:
    answer = sdp("m=audio 6000 RTP/AVP 0" + INACTIVE, address=THERE[0])
    return heard().change(4, sdp("m=audio 4010 RTP/AVP 0" + INACTIVE), answer).end(14)


def held_one_way() -> Talk:
    answer = sdp("m=audio 6000 RTP/AVP 0\na=recvonly", address=THERE[0])
    return heard().change(4, sdp("m=audio 4010 RTP/AVP 0\na=sendonly"), answer).end(14)


def no_port() -> Talk:
    return heard().change(4, MOVED, sdp("m=audio 0 RTP/AVP 0", address=THERE[0])).end(14)


def another_host() -> Talk:
    return heard().change(4, sdp("m=audio 4010 RTP/AVP 0", address="192.0.2.99")).end(14)


def signalled_from_elsewhere() -> Talk:
    return heard().change(4, MOVED, source="192.0.2.99:5060").end(14)


def found_by_ice() -> Talk:
    way = "\na=candidate:1 1 UDP 1 192.0.2.10 4010 typ host"
    return heard().change(4, sdp("m=audio 4010 RTP/AVP 0" + way)).end(14)


def turned_into_a_fax() -> Talk:
    return heard().change(4, sdp("m=image 4010 udptl t38"), sdp("m=image 6000 udptl t38", address=THERE[0])).end(14)


def a_fax_before() -> Talk:
    fax = sdp("m=image 4000 udptl t38"), sdp("m=image 6000 udptl t38", address=THERE[0])
    return heard().change(4, *fax).change(6, MOVED).end(16)


def handed_over() -> Talk:
    talk = heard().change(4, MOVED)
    talk.exchange.response(202, talk.exchange.request("REFER", 4.5, to_tag="callee", cseq=50, branch="refer"), 4.6)
    return talk.end(14)


def saving_packets() -> Talk:
    return heard(marked=(0, 40, 90)).change(4, MOVED).end(14)


def only_one_heard_before() -> Talk:
    return Talk().begin().say(HERE, THERE, 1.1, 3).change(4, MOVED).end(14)


def silent_long_before() -> Talk:
    return heard(3).change(8, MOVED).end(18)


def both_moved_far() -> Talk:
    return heard().change(4, sdp(FAR), sdp("m=audio 50000 RTP/AVP 0", address=THERE[0])).end(14)


def over_tcp() -> Talk:
    return heard().change(4, sdp("m=audio 4010 TCP/RTP/AVP 0"), ANSWER).end(14)


@pytest.mark.parametrize(
    "story",
    [
        heard_at_the_new_port,
        one_side_heard_there,
        heard_at_the_old_port,
        heard_between_the_hosts,
        heard_from_an_old_port,
        heard_through_a_nat,
        heard_from_another_host_for_a_while,
        refreshed_after_an_offer_without_answer,
        ended_soon,
        recorded_no_longer,
        refused,
        refresh,
        held,
        held_one_way,
        no_port,
        another_host,
        signalled_from_elsewhere,
        found_by_ice,
        turned_into_a_fax,
        a_fax_before,
        handed_over,
        saving_packets,
        only_one_heard_before,
        silent_long_before,
        both_moved_far,
        over_tcp,
    ],
)
def test_what_may_have_another_reason_is_none(story: Callable[[], Talk]) -> None:
    """Something is heard, nobody has to send, the recorder may not see it, or saw too little."""
    assert found(story()) == []


def test_what_another_capture_holds_is_none() -> None:
    """That of the media may have ended before that of the signalling."""
    scene = heard().change(4, MOVED).end(14).scene()
    (call,) = scene.correlation.legs
    assert list(stilled_in(call, scene))
    apart = replace(
        scene, streams=[replace(each, capture=1) for each in scene.streams], carriage_seen=[], hearings_seen={}
    )
    assert list(stilled_in(call, apart)) == []


def test_media_of_others_at_the_same_place_are_none() -> None:
    """Of a crowd of calls at one port nobody can tell whose a stream is."""
    scene = heard().change(4, MOVED).end(14).scene()
    (call,) = scene.correlation.legs
    other = heard_at_the_new_port().streams()
    crowd = replace(scene, streams=[*scene.streams, *other])
    assert scene.carriage is crowd.carriage
    assert list(stilled_in(call, crowd)) == []
