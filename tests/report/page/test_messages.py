"""Tests of `sipdiag.report.page.messages`: a whole message, fit to show."""

from __future__ import annotations

from captured import capture_of_payloads
from reporting import analysis_of_bytes, words
from sipdiag.report.page.messages import MOST_TEXT, Shower

HEAD = (
    b"INVITE sip:bob:secret@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1\r\n"
    b"From: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"
)
SDP = (
    b"v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/SAVP 0 111\r\na=rtpmap:111 opus/48000/2\r\na=ptime:20\r\n"
    b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:aGVsbG8\r\na=sendonly\r\nm=video 0 RTP/AVP 31\r\n"
)


def message(payload: bytes, *, show_secrets: bool = False, language: str = "en") -> dict[str, object]:
    (arrival,) = analysis_of_bytes(capture_of_payloads([payload])).correlation.arrivals
    return Shower(words(language), show_secrets=show_secrets).message(arrival.sighting)


def test_header_fields_and_body_stand_line_by_line() -> None:
    """The session description also in plain words; a stream with port 0 is told as rejected."""
    told = message(HEAD + b"Content-Type: application/sdp\r\n\r\n" + SDP)
    assert str(told["head"]).splitlines()[1] == "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1"
    assert str(told["body"]).splitlines()[0] == "v=0"
    codecs = "PCMU/8000 (0), opus/48000/2 (111)"
    suite = "SDES AES_CM_128_HMAC_SHA1_80"
    assert told["sdp"] == [
        ["audio", "[2001:db8::1]:40000", "RTP/SAVP", "sendonly", codecs, "ptime 20 ms", suite],
        ["video", "rejected (port 0)", "RTP/AVP", "sendrecv", "H261/90000 (31)"],
    ]


def test_secrets_are_masked_unless_they_are_asked_for() -> None:
    """The password in a URI, and the key in a session description."""
    payload = HEAD + b"Content-Type: application/sdp\r\n\r\n" + SDP
    masked, shown = message(payload), message(payload, show_secrets=True)
    assert "secret" not in str(masked)
    assert "aGVsbG8" not in str(masked)
    assert "bob:secret@" in str(shown["head"])
    assert "inline:aGVsbG8" in str(shown["body"])


def test_what_could_do_harm_is_an_escape() -> None:
    """Controls, bidi overrides and stray bytes; line ends of any kind end lines."""
    told = message(HEAD + b"Subject: \x1b[31m\xe2\x80\xae\xff\r\n\r\na\rb\nc\x00")
    assert str(told["head"]).splitlines()[-1] == r"Subject: \x1b[31m\u202e\xff"
    assert str(told["body"]).split("\n") == ["a", "b", r"c\x00"]


def test_what_is_too_long_is_cut_and_says_so() -> None:
    """In the language of the report."""
    for language, said in (("en", "100 characters more"), ("pt", "mais 100 caracteres")):
        told = message(HEAD + b"\r\n" + b"x" * (MOST_TEXT + 100), language=language)
        assert said in str(told["body"])
        assert len(str(told["body"])) < MOST_TEXT + 100
