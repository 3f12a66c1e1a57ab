"""Tests of `sipdiag.report.secrets`: what would let someone call as somebody else, or listen, is hidden."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.report.secrets import masked


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        (
            'Authorization: Digest username="alice", realm="x", nonce="5f3e", response="6629fae4", nc=00000001',
            'Authorization: Digest username="alice", realm="x", nonce="5f3e", response="***", nc=00000001',
        ),
        (
            "Proxy-Authorization : Digest response=6629fae4,\r\n cnonce = abc",
            "Proxy-Authorization : Digest response=***,\r\n cnonce = ***",
        ),
        ("authorization: Basic YWxpY2U6c2VjcmV0", "authorization: Basic ***"),
        ("Authorization: Bearer eyJhbGciOi.J9.x", "Authorization: Bearer ***"),
        ('Authentication-Info: rspauth="6629", qop=auth', 'Authentication-Info: rspauth="***", qop=auth'),
        (
            'WWW-Authenticate: Digest realm="x", nonce="n", ck="aa", ik="bb"',
            'WWW-Authenticate: Digest realm="x", nonce="n", ck="***", ik="***"',
        ),
        ('Authorization: Digest response="never closed', 'Authorization: Digest response="***"'),
        ("REGISTER sip:alice:s3cret@example.com SIP/2.0", "REGISTER sip:alice:***@example.com SIP/2.0"),
        ("Contact: <sips:a;x=y:p%40ss@192.0.2.1:5061>", "Contact: <sips:a;x=y:***@192.0.2.1:5061>"),
        ("Call-Info: <https://u:p@example.com/x.png>", "Call-Info: <https://u:***@example.com/x.png>"),
        ("Refer-To: <sip:b@example.com?Authorization=Digest%20x>", "Refer-To: <sip:b@example.com?Authorization=***>"),
        (
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4;inline:abc",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20|1:4;inline:***",
        ),
        ("a=ice-pwd:asd88fgpdd777uzjYhagZg", "a=ice-pwd:***"),
        ("k=base64:c2VjcmV0", "k=base64:***"),
        ("a=key-mgmt:mikey AQAFgM0XflABAAAA", "a=key-mgmt:mikey ***"),
    ],
)
def test_a_secret_is_masked(told: str, hidden: str) -> None:
    """The secret alone: who it belongs to, and what the server asked, stay."""
    assert masked(told) == hidden


@pytest.mark.parametrize(
    "told",
    [
        'WWW-Authenticate: Digest realm="example.com", nonce="84f1c1ae", stale=true',
        "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;response=1",
        "Contact: <sip:192.0.2.10:5060>, <sip:bob@198.51.100.2>",
        "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ice-ufrag:8hhY",
        "SIP/2.0 200 OK\r\nSubject: response=yes",
    ],
)
def test_what_is_no_secret_stays(told: str) -> None:
    """Challenges, addresses, streams."""
    assert masked(told) == told


@given(st.text(max_size=300))
def test_masking_twice_hides_no_more(text: str) -> None:
    """Whatever the text, the mask is not taken for a secret."""
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "sip:" + "a:" * 40_000,
        "Authorization: " + "response=" * 20_000,
        "Authorization:" + "\r\n " * 30_000,
        "a=crypto:" + "inline:" * 20_000,
        "sip:a" * 20_000,
    ],
)
def test_hostile_text_is_masked_in_no_time(text: str) -> None:
    """No pattern backtracks over what a packet repeats."""
    began = time.perf_counter()
    masked(text)
    assert time.perf_counter() - began < 1
