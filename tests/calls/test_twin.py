"""Tests of `sipdiag.calls.twin`."""

from __future__ import annotations

from exchange import CALLEE, Exchange
from sipdiag.calls import Transaction, Twins, correlate


def refused_and_accepted(talk: Exchange) -> tuple[Transaction, Twins]:
    """The last transaction, which was refused, and the twins of all."""
    seen = correlate(talk.sightings)
    return seen.transactions[-1], Twins(seen.transactions)


def call(talk: Exchange, at: float, status: int, uri: str, fields: str = "", source: str = "192.0.2.10:5060") -> None:
    invite = talk.request(
        "INVITE", at, call_id=f"c{at}", branch=f"b{at}", uri=uri, fields=fields, source=source, destination=CALLEE
    )
    talk.response(status, invite, at + 0.1)


def test_the_twin_differs_in_what_explains_the_refusal() -> None:
    """Same caller, same trunk, only the number lacks its plus sign."""
    talk = Exchange()
    call(talk, 0, 200, "sip:+12025550199@example.com")
    call(talk, 9, 403, "sip:0012025550198@example.com")
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert [(each.kind, each.aspect, each.failed, each.worked) for each in twin.differences] == [
        ("ruri", "form", "00 prefix, 13 digits", "E.164 with +")
    ]


def test_another_number_of_the_same_form_is_no_difference() -> None:
    """Two calls to two people differ in nothing that explains anything, so there is no twin to show."""
    talk = Exchange()
    call(talk, 0, 200, "sip:+12025550199@example.com")
    call(talk, 9, 486, "sip:+12025550198@example.com")
    failed, twins = refused_and_accepted(talk)
    assert twins.closest(failed) is None


def test_the_fewest_differences_win_over_the_nearest_in_time() -> None:
    """A call from elsewhere a moment ago explains less than one from here a minute ago."""
    talk = Exchange()
    call(talk, 0, 200, "sip:+12025550199@example.com")
    call(talk, 50, 200, "sip:12025550199@example.org", source="192.0.2.99:5060")
    call(talk, 51, 403, "sip:+12025550198@example.com", fields="P-Asserted-Identity: <sip:anonymous@example.com>\r\n")
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert twin.transaction.time == talk.sightings[0].time
    assert {each.kind for each in twin.differences} == {"pai"}


def test_a_request_inside_a_dialog_is_no_twin() -> None:
    """A re-INVITE that worked says nothing about an INVITE that was refused."""
    talk = Exchange()
    talk.answered_call()
    reinvite = talk.request("INVITE", 5, branch="hold", cseq=2, to_tag="callee", source="192.0.2.77:5060")
    talk.response(200, reinvite, 5.1)
    call(talk, 9, 403, "sip:+12025550198@example.com", source="192.0.2.77:5060")
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert twin.transaction.request is talk.sightings[0]


def test_credentials_are_compared_by_account_and_realm() -> None:
    """Not by the digest, which differs every time."""
    digest = 'Authorization: Digest username="{}", realm="example.com", response="{}"\r\n'
    talk = Exchange()
    call(talk, 0, 200, "sip:+12025550199@example.com", fields=digest.format("alice", "11"))
    call(talk, 9, 403, "sip:+12025550199@example.com", fields=digest.format("bob", "22"))
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert [(each.failed, each.worked) for each in twin.differences] == [("bob@example.com", "alice@example.com")]


def test_nothing_that_worked_means_no_twin() -> None:
    """A capture of refusals only."""
    talk = Exchange()
    call(talk, 0, 403, "sip:+12025550199@example.com")
    failed, twins = refused_and_accepted(talk)
    assert twins.closest(failed) is None


def described(talk: Exchange, at: float, status: int, body: str) -> None:
    """A call with a session description."""
    text = (
        f"INVITE sip:+12025550199@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{at}\r\n"
        f"From: <sip:+12025550100@example.com>;tag=a\r\nTo: <sip:+12025550199@example.com>\r\nCall-ID: c{at}\r\n"
        f"CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    invite = talk._seen(text, at, "192.0.2.10:5060", CALLEE, 0, "udp")
    talk.response(status, invite, at + 0.1)


def offer(formats: str, *attributes: str, profile: str = "RTP/AVP", port: int = 16384) -> str:
    lines = [f"m=audio {port} {profile} {formats}", *(f"a={each}" for each in attributes)]
    return "".join(f"{line}\r\n" for line in ["v=0", "o=a 1 1 IN IP4 192.0.2.10", "s=-", "t=0 0", *lines])


def test_what_was_offered_explains_a_488() -> None:
    """Codecs, tones, SRTP and packet time; neither ports nor keys, which are never alike."""
    talk = Exchange()
    described(talk, 0, 200, offer("0 101", "rtpmap:101 telephone-event/8000", "ptime:20"))
    described(
        talk,
        9,
        488,
        offer("18 8", "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0", "ptime:30", profile="RTP/SAVP", port=20000),
    )
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert {(each.kind, each.aspect): (each.failed, each.worked) for each in twin.differences} == {
        ("codecs", "audio"): ("G729/8000, PCMA/8000", "PCMU/8000"),
        ("codecs", "tones"): ("none", "telephone-event"),
        ("crypto", "keys"): ("AES_CM_128_HMAC_SHA1_80", "none"),
        ("crypto", "profile"): ("RTP/SAVP", "RTP/AVP"),
        ("ptime", "audio"): ("30 ms", "20 ms"),
    }


def test_the_same_offer_from_another_port_is_no_difference() -> None:
    """And in another order of codecs."""
    talk = Exchange()
    described(talk, 0, 200, offer("0 8"))
    described(talk, 9, 488, offer("8 0", port=20_000))
    failed, twins = refused_and_accepted(talk)
    assert twins.closest(failed) is None


def test_no_offer_at_all_is_a_difference() -> None:
    """A server that takes no late offer refuses the INVITE without one."""
    talk = Exchange()
    described(talk, 0, 200, offer("0"))
    call(talk, 9, 488, "sip:+12025550199@example.com")
    failed, twins = refused_and_accepted(talk)
    twin = twins.closest(failed)
    assert twin is not None
    assert ("streams", "", "audio") in [(each.aspect, each.failed, each.worked) for each in twin.differences]
