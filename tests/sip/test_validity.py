"""`sipdiag.sip.validity`: healthy messages have no defect, and each defect is named."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip import INVALID, NOTEWORTHY, defects, parse, refusable
from sipdiag.sip.values import CHECKS, uri_defects, value_defects
from strategies import MESSAGES, Plain, hostile, spellings

REQUEST = {
    "Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa",
    "From": "<sip:a@example.com>;tag=1",
    "To": "<sip:b@example.com>",
    "Call-ID": "c@example.com",
    "CSeq": "1 INVITE",
    "Max-Forwards": "70",
    "Contact": "<sip:a@192.0.2.1>",
    "Content-Length": "0",
}
RESPONSE = {name: value for name, value in REQUEST.items() if name != "Max-Forwards"} | {
    "To": "<sip:b@example.com>;tag=2"
}


def kinds(data: bytes, *, stream: bool = False) -> list[str]:
    """The kinds of defects of the message in `data`."""
    message = parse(data)
    assert message is not None
    return [defect.kind for defect in defects(message, stream=stream)]


def built(start_line: str, fields: dict[str, str], *more: str, body: bytes = b"") -> bytes:
    """A message, its empty values left out."""
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return Plain(start_line=start_line, body=body).spelled([*lines, *more])


def request(
    *more: str, method: str = "INVITE", uri: str = "sip:b@example.com", body: bytes = b"", **fields: str
) -> bytes:
    """A request with some header fields replaced; an empty one is left out."""
    replaced = {name.replace("_", "-"): value for name, value in fields.items()}
    usual = REQUEST | {"CSeq": f"1 {method}", "Content-Length": str(len(body))}
    return built(f"{method} {uri} SIP/2.0", usual | replaced, *more, body=body)


def response(status_line: str, **fields: str) -> bytes:
    """A response with some header fields replaced; an empty one is left out."""
    replaced = {name.replace("_", "-"): value for name, value in fields.items()}
    return built(f"SIP/2.0 {status_line}", RESPONSE | replaced)


@given(MESSAGES, st.data())
def test_healthy_messages_have_no_defect(plain: Plain, data: st.DataObject) -> None:
    """No spelling of a healthy message has a defect, in a datagram or in a stream."""
    assert kinds(bytes(plain)) == []
    spelled = data.draw(spellings(plain, line_ends=("\r\n",)))
    assert kinds(spelled) == []
    assert kinds(spelled, stream=True) == []


@given(hostile(), st.booleans())
def test_no_message_makes_it_raise(data: bytes, stream: bool) -> None:  # noqa: FBT001
    """Any message has a list of defects, and each kind is one of the vocabulary."""
    message = parse(data)
    if message is not None:
        found = defects(message, stream=stream)
        assert {defect.kind for defect in found} <= INVALID.keys() | NOTEWORTHY.keys()
        assert refusable(found) is any(defect.kind in INVALID for defect in found)


HEALTHY = [
    request(To='"Jörg \\"J\\" <x>" <sip:b@example.com>'),
    request(
        Contact='<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1;expires=60'
    ),
    request(method="REGISTER", Contact="*", Expires="0"),
    request(Record_Route="<sip:192.0.2.9;lr=on;ftag=a1>, <sip:192.0.2.8;lr>"),
    request(method="REFER", Refer_To="<sip:c@example.com?Replaces=x%40example.com%3Bto-tag%3D1>"),
    request(method="SUBSCRIBE", Event="presence", Expires="4294967295"),
    request(method="NOTIFY", Event="presence", Subscription_State="active;expires=60"),
    request(Contact='<sip:a@192.0.2.1>;methods="expires"'),
    request(method="PRACK", RAck="1 1 INVITE"),
    request(body=b"hello", Content_Type="text/plain"),
    request(body=b"--x\r\n\r\na\r\n--x--", Content_Type="multipart/mixed;boundary=x"),
    request(Content_Length=""),
    request(uri="tel:+1-555-0100"),
    request(uri="urn:service:sos"),
    response("100 Trying", To="<sip:b@example.com>"),
    response("200 OK"),
    response("699 Highest"),
    response("486 Busy Here", Retry_After="120 (at lunch);duration=60", Contact=""),
    response("401 Unauthorized", WWW_Authenticate='Digest realm="example.com", nonce="x"'),
    response("488 Not Acceptable Here", Warning='304 example.com "one, two", 305 example.com "three"'),
]


@pytest.mark.parametrize("data", HEALTHY)
def test_what_is_unusual_is_healthy(data: bytes) -> None:
    """What the RFCs allow is no defect, however seldom it is seen."""
    assert kinds(data) == []


SICK = [
    (request(uri="<sip:b@example.com>"), ["request-uri-bracketed"]),
    (request(uri="sip:b@example.com; lr"), ["request-uri-blanks"]),
    (request(uri="sip:b@example.com?Route=x"), ["request-uri-headers"]),
    (request(uri="sip:*21#@example.com"), ["uri-malformed"]),
    (request(uri=""), ["uri-malformed"]),
    (request(uri=" sip:b@example.com"), ["start-line-blanks"]),
    (request().replace(b"SIP/2.0\r\n", b"SIP/2.0 \r\n", 1), ["start-line-blanks"]),
    (request().replace(b" SIP/2.0\r\n", b" SIP/7.0\r\n", 1), ["version-unsupported"]),
    (response("099 Low"), ["status-code-out-of-range"]),
    (
        response("0200 Long"),
        [
            "status-code-out-of-range",
        ],
    ),
    (response("700 High"), ["status-code-out-of-range"]),
    (response(" 200 OK"), ["start-line-blanks"]),
    (response("200"), ["status-line-short"]),
    (request(Call_ID=""), ["header-missing"]),
    (request(Via=""), ["header-missing"]),
    (request(To=""), ["header-missing"]),
    (request(From=""), ["header-missing"]),
    (request(CSeq=""), ["header-missing"]),
    (request(Max_Forwards="", Contact=""), ["header-omitted", "header-omitted"]),
    (request(method="SUBSCRIBE"), ["header-missing"]),
    (request(method="NOTIFY", Event="presence"), ["header-omitted"]),
    (response("200 OK", Contact=""), ["header-omitted"]),
    (response("423 Interval Too Brief"), ["header-omitted"]),
    (request("t: <sip:c@example.com>"), ["header-repeated"]),
    (request("Max-Forwards: 70"), ["header-redundant"]),
    (request("Server: a", "SERVER: b"), ["header-redundant"]),
    (request("no colon"), ["header-line-malformed"]),
    (request("Extra: a\rb"), ["line-end-not-crlf"]),
    (request().replace(b"\r\n", b"\n"), ["line-end-not-crlf"]),
    (request()[:-2], ["head-unterminated"]),
    (request()[:-4], ["head-unterminated"]),
    (
        request().replace(b"<sip:b@example.com>\r\n", b"\xe9 <sip:b@example.com>\r\n", 1),
        ["text-not-utf-8", "display-name-unquoted"],
    ),
    (request(Via="SIP/2.0 192.0.2.1"), ["via-malformed", "branch-missing"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1 5060;branch=z9hG4bKa"), ["via-malformed"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa,"), ["list-element-empty"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;;"), ["parameter-empty"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa=="), ["parameter-malformed"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1;branch=old"), ["branch-without-cookie"]),
    (request(Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"), ["branch-empty"]),
    (request(From="<sip:a@example.com>"), ["tag-missing"]),
    (response("404 Not Found", To="<sip:b@example.com>"), ["tag-missing"]),
    (request(CSeq="1 BYE"), ["cseq-method-mismatch"]),
    (request(CSeq="x INVITE"), ["cseq-malformed"]),
    (request(CSeq="2147483648 INVITE"), ["cseq-too-large"]),
    (request(CSeq="1" * 5000 + " INVITE"), ["cseq-too-large"]),
    (request(Max_Forwards="256"), ["max-forwards-out-of-range"]),
    (request(Max_Forwards="-1"), ["max-forwards-out-of-range"]),
    (request(Content_Length="-1"), ["content-length-malformed"]),
    (request(Content_Length="5"), ["content-length-too-large"]),
    (request(Content_Length="1" * 5000), ["content-length-too-large"]),
    (request(Content_Length="0", body=b"x"), ["content-length-too-small"]),
    (request(body=b"x"), ["content-type-missing"]),
    (request(body=b"x", Content_Type="text"), ["content-type-malformed"]),
    (request(body=b"x", Content_Type="multipart/mixed"), ["multipart-malformed"]),
    (request(body=b"--x\r\n\r\na", Content_Type="multipart/mixed;boundary=x"), ["multipart-malformed"]),
    (request(To='"B <sip:b@example.com>'), ["quote-unbalanced"]),
    (request(To="<sip:b@example.com"), ["bracket-unbalanced"]),
    (request(To="sip:b@example.com>"), ["bracket-unbalanced"]),
    (request(To="B, A < sip:b@example.com>"), ["display-name-unquoted", "uri-blanks"]),
    (request(To="sip:b @example.com"), ["uri-blanks"]),
    (request(To="sip:b@example.com?a=b;c"), ["address-brackets-missing"]),
    (request(To="<sip:b@example.com>;"), ["parameter-empty"]),
    (request(To="sip:b@example.com;a=<b>"), ["display-name-unquoted"]),
    (request(To="sip:b@example.com;a=b=c"), ["parameter-malformed"]),
    (request(To="<sip:b@example.com>;a=b=c"), ["parameter-malformed"]),
    (request(To='""'), ["address-malformed"]),
    (request(To="<>"), ["uri-malformed"]),
    (request(To="b"), ["uri-malformed"]),
    (request(Route="sip:192.0.2.1;lr"), ["address-brackets-missing"]),
    (request(Route="<sip:192.0.2.1;lr>,"), ["list-element-empty"]),
    (request("Contact:"), ["address-malformed"]),
    (request(Contact="<sip:a@192.0.2.1>;expires=soon"), ["number-malformed"]),
    (request(Contact="<sip:a@192.0.2.1>;expires=4294967296"), ["number-too-large"]),
    (request(Expires="Sat, 13 Nov 2010 23:29:00 GMT"), ["number-malformed"]),
    (request(Expires="9" * 5000), ["number-too-large"]),
    (request(Date="Sat, 13 Nov 2010 23:29:00 EST"), ["date-malformed"]),
    (request(Call_ID="a=b@example.com"), ["call-id-malformed"]),
    (response("488 Not Acceptable Here", Warning="304 example.com no quotes"), ["warning-malformed"]),
]


@pytest.mark.parametrize(("data", "expected"), SICK)
def test_each_defect_is_named(data: bytes, expected: list[str]) -> None:
    """One thing wrong gives one defect, of its own kind."""
    assert kinds(data) == expected


def test_every_kind_is_shown_above() -> None:
    """The vocabulary has no word that no message calls for, and no word twice."""
    shown = {kind for _, expected in SICK for kind in expected}
    assert shown == (INVALID.keys() | NOTEWORTHY.keys()) - {"content-length-missing"}
    assert not INVALID.keys() & NOTEWORTHY.keys()
    assert all("RFC" in law for law in [*INVALID.values(), *NOTEWORTHY.values()])


def test_a_stream_needs_content_length() -> None:
    """Without Content-Length a message in a stream has no end (section 20.14)."""
    assert kinds(request(Content_Length=""), stream=True) == ["content-length-missing"]


def test_details_show_what_was_wrong() -> None:
    """The detail is the offending value or the header field's name."""
    message = parse(request(Max_Forwards="300", From=""))
    assert message is not None
    assert [defect.detail for defect in defects(message)] == ["From", "300"]


def test_unknown_fields_may_hold_anything() -> None:
    """A header field that nobody knows has no grammar (RFC 4475, section 3.1.1.1)."""
    assert value_defects("unknown", ";;,,;;,;") == ()
    assert all(name == name.lower() for name in CHECKS)


RUNS = [" ", '"', "<", ">", ";branch=", ";", ",", '\\"', "a ", "@", "%41", ":", "?", "a,", "0", "[", "=", "a="]


@pytest.mark.parametrize("run", RUNS)
def test_time_is_linear(run: str) -> None:
    """Every check of 64 KiB of any one thing takes milliseconds."""
    values = [start + run * (2**16 // len(run)) for start in ("", "sip:", '"', "<sip:a", "SIP/2.0/UDP h")]
    began = time.perf_counter()
    for value in values:
        uri_defects(value)
        for name in CHECKS:
            value_defects(name, value)
    assert time.perf_counter() - began < 10  # 1 s here at most; quadratic would be minutes
