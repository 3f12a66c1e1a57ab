"""Tests of `sipdiag.rules.session.answer_missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from described import VOICE, call, sdp, with_body
from exchange import PROXY, Exchange
from sipdiag.rules.session.answer_missing import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

SDP = sdp(VOICE)
RELIABLE = "RSeq: 1\r\nRequire: 100rel\r\n"


def in_request(talk: Exchange) -> None:
    call(talk, SDP)


def perhaps_unseen(talk: Exchange) -> None:
    call(talk, SDP, fields="Supported: timer, 100rel\r\n")


def in_response(talk: Exchange) -> None:
    call(talk, b"", SDP)


def in_update(talk: Exchange) -> None:
    call(talk, SDP, SDP)
    update = with_body(talk, talk.request("UPDATE", 3, to_tag="callee", cseq=2, branch="update"), SDP)
    talk.response(200, update, 3.1)


def in_reinvite(talk: Exchange) -> None:
    call(talk, SDP, SDP)
    change = with_body(talk, talk.request("INVITE", 3, to_tag="callee", cseq=2, branch="again"), SDP)
    talk.response(200, change, 3.1)
    talk.request("ACK", 3.2, to_tag="callee", cseq=2, branch="ack-again")


def progress(talk: Exchange, offer: bytes, early: bytes, fields: str) -> Sighting:
    invite = with_body(talk, talk.request("INVITE", 0), offer)
    with_body(talk, talk.response(183, invite, 0.2, fields=fields), early)
    return invite


def early(talk: Exchange) -> None:
    talk.response(200, progress(talk, SDP, SDP, ""), 1)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (in_request, ("offer-in-request", "error", "certain")),
        (perhaps_unseen, ("offer-in-request", "error", "likely")),
        (in_response, ("offer-in-response", "error", "certain")),
        (in_update, ("offer-in-request", "warning", "certain")),
        (in_reinvite, ("offer-in-request", "warning", "certain")),
        (early, ("early", "note", "certain")),
    ],
)
def test_each_way_of_not_answering_is_told_apart(story: Callable[[Exchange], None], said: Told) -> None:
    """Without a session there it is an error; within one the session goes on as it was."""
    talk = Exchange()
    story(talk)
    assert told(only_finding_of(talk, NAME)) == said


def test_the_evidence_names_both_messages() -> None:
    """The offer, and what accepted it."""
    talk = Exchange()
    invite, accepted, _ = call(talk, SDP)
    finding = only_finding_of(talk, NAME)
    assert finding.frames == [invite.frame, accepted.frame]
    assert finding.evidence == {
        "offer_frame": invite.frame,
        "closing_frame": accepted.frame,
        "method": "INVITE",
        "offerer": invite.source,
        "answerer": accepted.source,
        "code": 200,
    }


def answered(talk: Exchange) -> None:
    call(talk, SDP, SDP)


def answered_in_ack(talk: Exchange) -> None:
    call(talk, b"", SDP, in_ack=SDP)


def no_media_at_all(talk: Exchange) -> None:
    call(talk)


def confirmed_before(talk: Exchange) -> None:
    talk.response(200, progress(talk, SDP, SDP, RELIABLE), 1)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")


def missed_at_one_hop(talk: Exchange) -> None:
    far = progress(talk, SDP, SDP, RELIABLE)
    near = with_body(talk, talk.request("INVITE", 0.01, destination=PROXY, branch="near"), SDP)
    prack = talk.request("PRACK", 0.3, to_tag="callee", cseq=2, branch="prack", fields="RAck: 1 1 INVITE\r\n")
    talk.response(200, prack, 0.4)
    talk.response(200, far, 1)
    talk.response(200, near, 1.01)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")


def answered_in_prack(talk: Exchange) -> None:
    invite = progress(talk, b"", SDP, RELIABLE)
    prack = talk.request("PRACK", 0.3, to_tag="callee", cseq=2, branch="prack", fields="RAck: 1 1 INVITE\r\n")
    talk.response(200, with_body(talk, prack, SDP), 0.4)
    talk.response(200, invite, 1)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")


def refused(talk: Exchange) -> None:
    invite = with_body(talk, talk.request("INVITE", 0), SDP)
    talk.response(486, invite, 1)


def another_body(talk: Exchange) -> None:
    call(talk, SDP, b"--x\r\nContent-Type: application/pkcs7-mime\r\n\r\n...")


def cut_off(talk: Exchange) -> None:
    _, accepted, _ = call(talk, SDP)
    talk.sightings[talk.sightings.index(accepted)] = replace(accepted, complete=False)


def offer_cut_off(talk: Exchange) -> None:
    invite, _, _ = call(talk, b"", SDP)
    message = replace(invite.message, cut_off=True)
    talk.sightings[talk.sightings.index(invite)] = replace(invite, complete=False, message=message)


def in_a_multipart_body(talk: Exchange) -> None:
    call(talk, SDP, b"--x\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"\r\n--x--\r\n")


@pytest.mark.parametrize(
    "story",
    [
        *(answered, answered_in_ack, no_media_at_all, confirmed_before, missed_at_one_hop, refused, another_body),
        *(cut_off, offer_cut_off, answered_in_prack, in_a_multipart_body),
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Exchange], None]) -> None:
    """There is an answer, none is due, or the capture cannot show it."""
    talk = Exchange()
    story(talk)
    assert findings_of(talk, NAME) == []
