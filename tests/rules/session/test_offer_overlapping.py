"""Tests of `sipdiag.rules.session.offer_overlapping`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from described import VOICE, call, sdp, with_body
from exchange import CALLEE, CALLER, Exchange
from sipdiag.rules.session.offer_overlapping import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

SDP = sdp(VOICE)


def update(talk: Exchange, at: float, status: int, *, by_callee: bool = False, cseq: int = 3) -> Sighting:
    """An UPDATE with an offer in the early dialog, and its response."""
    if by_callee:
        request = talk.request(
            "UPDATE", at, source=CALLEE, destination=CALLER, from_tag="callee", to_tag="caller", branch=f"u{cseq}"
        )
    else:
        request = talk.request("UPDATE", at, to_tag="callee", cseq=cseq, branch=f"u{cseq}")
    request = with_body(talk, request, SDP)
    return with_body(talk, talk.response(status, request, at + 0.1), SDP if status == 200 else b"")


def early(talk: Exchange, body: bytes = b"") -> Sighting:
    """INVITE with an offer and a reliable 183; gives the INVITE."""
    invite = with_body(talk, talk.request("INVITE", 0), SDP)
    with_body(talk, talk.response(183, invite, 0.1, fields="RSeq: 1\r\n"), body)
    prack = talk.request("PRACK", 0.2, to_tag="callee", cseq=2, branch="prack", fields="RAck: 1 1 INVITE\r\n")
    talk.response(200, prack, 0.3)
    return invite


def taken(talk: Exchange, invite: Sighting) -> None:
    with_body(talk, talk.response(200, invite, 5), SDP)
    talk.request("ACK", 5.1, to_tag="callee", branch="ack")


def same_side(talk: Exchange) -> None:
    invite = early(talk)
    update(talk, 1, 500)
    taken(talk, invite)


def same_side_healed(talk: Exchange) -> None:
    same_side(talk)
    update(talk, 8, 200, cseq=4)


def other_side(talk: Exchange) -> None:
    invite = early(talk)
    update(talk, 1, 491, by_callee=True)
    taken(talk, invite)


def crossed(talk: Exchange) -> None:
    call(talk, SDP, SDP)
    hold = with_body(talk, talk.request("INVITE", 3, to_tag="callee", cseq=2, branch="hold"), SDP)
    update(talk, 3.01, 491, by_callee=True)
    with_body(talk, talk.response(200, hold, 3.3), SDP)
    talk.request("ACK", 3.4, to_tag="callee", cseq=2, branch="ack-hold")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (same_side, ("same-side", "warning", "certain")),
        (same_side_healed, ("same-side", "note", "certain")),
        (other_side, ("other-side", "warning", "likely")),
        (crossed, ("crossed", "note", "likely")),
    ],
)
def test_each_overlap_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """Who made both offers knew of the first; offers that cross are nobody's fault."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_sets_the_offers_in_their_order() -> None:
    """Both requests, and what came of the second."""
    talk = Exchange()
    same_side(talk)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [1, 5, 6]
    assert finding.evidence == {
        "first_frame": 1,
        "second_frame": 5,
        "first_method": "INVITE",
        "second_method": "UPDATE",
        "first_sender": CALLER,
        "second_sender": CALLER,
        "gap_s": 1.0,
        "code": 500,
    }


def one_after_the_other(talk: Exchange) -> None:
    invite = early(talk, SDP)
    update(talk, 1, 200)
    taken(talk, invite)


def answered_unreliably(talk: Exchange) -> None:
    invite = with_body(talk, talk.request("INVITE", 0), SDP)
    with_body(talk, talk.response(183, invite, 0.1), SDP)
    update(talk, 1, 200)
    taken(talk, invite)


def without_an_offer(talk: Exchange) -> None:
    invite = early(talk)
    talk.response(200, talk.request("UPDATE", 1, to_tag="callee", cseq=3, branch="refresh"), 1.1)
    taken(talk, invite)


@pytest.mark.parametrize("story", [one_after_the_other, answered_unreliably, without_an_offer])
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """The first offer has an answer that its sender knows, or there is no second one."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
