"""Tests of `sipdiag.calls.session`."""

from __future__ import annotations

import pytest

from described import VOICE, call, refused, sdp, with_body
from exchange import CALLEE, PROXY, Exchange
from sipdiag.calls import Exchange as Session
from sipdiag.calls import encryption_refused, exchanges_of, sdp_in, status, streams_of

OFFER, ANSWER = sdp(VOICE), sdp(VOICE, address="203.0.113.20")


def exchanges(talk: Exchange) -> list[Session]:
    (only,) = talk.scene().correlation.calls
    return exchanges_of(only)


def test_the_offer_in_an_invite_is_answered_by_its_2xx() -> None:
    """The usual way; its streams match by their order."""
    talk = Exchange()
    invite, accepted, _ = call(talk, OFFER, ANSWER)
    (only,) = exchanges(talk)
    assert (only.offer, only.answer, only.closing) == (invite, accepted, accepted)
    assert [only.late, only.refused, only.within] == [False, False, False]
    ((offered, answered),) = streams_of(only)
    assert offered.connection != answered.connection


def test_a_late_offer_is_answered_in_the_ack() -> None:
    """The INVITE makes none, the 2xx does."""
    talk = Exchange()
    _, accepted, ack = call(talk, b"", OFFER, in_ack=ANSWER)
    (only,) = exchanges(talk)
    assert (only.offer, only.answer, only.late) == (accepted, ack, True)


def test_a_reliable_answer_counts_before_an_early_one() -> None:
    """What is only shown early may yet change; what is confirmed may not."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0), OFFER)
    early = with_body(talk, talk.response(183, invite, 0.1), ANSWER)
    talk.response(200, invite, 1)
    assert exchanges(talk)[0].answer == early
    reliable = with_body(talk, talk.response(183, invite, 0.2, fields="RSeq: 1\r\n"), ANSWER)
    assert exchanges(talk)[0].answer == reliable


def test_prack_may_answer_or_offer() -> None:
    """It answers the offer of the response that it confirms; else it makes one of its own."""
    fields = "RAck: 1 1 INVITE\r\n"
    for offer, expected in ((b"", [183]), (OFFER, [0, 0])):
        talk = Exchange()
        invite = with_body(talk, talk.request("INVITE", 0), offer)
        with_body(talk, talk.response(183, invite, 0.1, fields="RSeq: 1\r\n"), ANSWER)
        prack = talk.request("PRACK", 0.2, to_tag="callee", cseq=2, branch="prack", fields=fields)
        prack = with_body(talk, prack, OFFER)
        with_body(talk, talk.response(200, prack, 0.3), b"" if not offer else ANSWER)
        talk.response(200, invite, 1)
        found = exchanges(talk)
        assert sorted(status(each.offer) for each in found) == expected
        assert all(each.answer is not None for each in found)


def test_a_failure_refuses_the_offer() -> None:
    """There is no answer, and no duty of one."""
    talk = Exchange()
    refused(talk, OFFER, 488)
    (only,) = exchanges(talk)
    assert only.refused
    assert only.answer is None
    assert streams_of(only) == []


@pytest.mark.parametrize(("status", "ends"), [(299, False), (300, True)])
def test_any_code_above_2xx_refuses(status: int, *, ends: bool) -> None:
    """A redirection too."""
    talk = Exchange()
    talk.response(status, with_body(talk, talk.request("INVITE", 0), OFFER), 1)
    assert exchanges(talk)[0].refused is ends


PLAIN, SECURE = sdp(VOICE), sdp(VOICE.replace("RTP/AVP", "RTP/SAVP"))


@pytest.mark.parametrize(
    ("offer", "wanted", "warning", "shown"),
    [
        (PLAIN, SECURE, "", "contrary"),
        (SECURE, PLAIN, "", "contrary"),
        (PLAIN, PLAIN, "", ""),
        (SECURE, SECURE, "", ""),
        (SECURE, b"", "304", "warned"),
        (SECURE, b"", "302", "warned"),
        (SECURE, b"", "305", ""),
        (PLAIN, b"", "304", ""),
        (b"", SECURE, "304", ""),
    ],
)
def test_a_refusal_shows_that_encryption_was_its_reason(offer: bytes, wanted: bytes, warning: str, shown: str) -> None:
    """By what it wants instead (RFC 3261, section 13.3.1.3), or by its warning (section 20.43)."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0), offer)
    fields = f'Warning: {warning} example.com "no"\r\n' if warning else ""
    refusal = with_body(talk, talk.response(488, invite, 1, fields=fields), wanted)
    assert encryption_refused(invite, refusal) == shown


def test_each_hop_has_its_exchange_and_the_nearest_to_the_answer_comes_first() -> None:
    """Elements on the way change session descriptions."""
    talk = Exchange()
    invite = with_body(talk, talk.request("INVITE", 0, destination=PROXY), OFFER)
    further = with_body(talk, talk.request("INVITE", 0.1, source=PROXY, branch="two"), OFFER)
    with_body(talk, talk.response(200, further, 1), ANSWER)
    with_body(talk, talk.response(200, invite, 1.1), ANSWER)
    near, far = exchanges(talk)
    assert near.offer.destination == CALLEE
    assert near.key == far.key


def test_a_description_is_found_in_a_multipart_body() -> None:
    """As calls to emergency numbers and from trunks with ISUP have it."""
    talk = Exchange()
    for body, expected in (
        (b"--x\r\nContent-Type: application/sdp\r\n\r\n" + OFFER + b"\r\n--x--", OFFER),
        (b"--x\r\nContent-Type: application/ISUP\r\n\r\n\x01\x02\r\n--x--", b""),
        (b"\r\n" + OFFER, OFFER),
        (b"hello", b""),
        (b"", b""),
    ):
        assert sdp_in(with_body(talk, talk.request("INVITE", 0), body).message).strip() == expected.strip()
