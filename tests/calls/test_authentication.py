"""Tests of `sipdiag.calls.authentication`."""

from __future__ import annotations

from registrar import Registrar, given
from sipdiag.calls import Challenge, Credentials, challenges_in, credentials_in


def test_a_challenge_is_read_with_and_without_quotes_and_blanks() -> None:
    """RFC 2617, section 3.2.1: realm and nonce are quoted, stale and algorithm are tokens."""
    registrar = Registrar()
    response = registrar.says(
        401,
        0,
        answer='WWW-Authenticate: digest realm = "a, b=\\"c\\"",nonce="n1",opaque="x",stale=TRUE,algorithm=SHA-256\r\n'
        'Proxy-Authenticate: Digest realm="p", nonce="n2"\r\n',
    )
    assert challenges_in(response) == [
        Challenge(scheme="digest", realm='a, b=\\"c\\"', nonce="n1", stale=True, algorithm="SHA-256"),
        Challenge(scheme="digest", realm="p", nonce="n2", stale=False, algorithm="MD5"),
    ]


def test_credentials_are_read_from_both_fields() -> None:
    """RFC 3261, section 22.3: one for the registrar, one for the proxy before it."""
    registrar = Registrar()
    request = registrar.asks(0, given("n1") + 'Proxy-Authorization: Digest username="bob", realm="p", nonce="n2"\r\n')
    assert credentials_in(request) == [
        Credentials(username="alice", realm="example.com", nonce="n1"),
        Credentials(username="bob", realm="p", nonce="n2"),
    ]
    assert credentials_in(None) == []
