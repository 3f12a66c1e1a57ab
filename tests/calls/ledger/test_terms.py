"""Tests of `sipdiag.calls.ledger.terms`: what a refusal states in its header fields."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls.ledger.terms import offending, retry_after, stated_by


@pytest.mark.parametrize(
    ("value", "wait"), [("120", 120), (" 18000;duration=3600", 18000), ("5 (in a meeting)", 5), ("soon", 0), ("", 0)]
)
def test_retry_after_is_its_leading_number(value: str, wait: int) -> None:
    """RFC 3261, section 20.33: delta-seconds, a comment, parameters."""
    talk = Exchange()
    assert retry_after(talk.response(503, talk.request("INVITE", 0), 1, fields=f"Retry-After: {value}\r\n")) == wait


@pytest.mark.parametrize(
    ("code", "asked", "answer", "stated", "sent"),
    [
        (420, "Require: gruu, timer\r\n", "Unsupported: gruu\r\n", ["gruu"], "gruu"),
        (422, "x: 90;refresher=uac\r\n", "Min-SE: 1800\r\n", ["1800"], "90;refresher=uac"),
        (423, "Expires: 30\r\n", "Min-Expires: 300\r\n", ["300"], "30"),
        (489, "o: Presence;id=7\r\n", "", ["presence"], "presence"),
        (405, "", "Allow: INVITE, BYE\r\n", ["INVITE", "BYE"], ""),
        (407, "", 'Proxy-Authenticate: Digest realm="a, b", nonce="n"\r\n', ["a, b"], ""),
        (415, "Content-Type: text/html\r\n", "Accept: text/plain\r\n", [], ""),
    ],
)
def test_the_words_of_the_refusal_and_of_the_request(
    code: int, asked: str, answer: str, stated: list[str], sent: str
) -> None:
    """Compact names count too; a request without a body has no media type that could be refused."""
    talk = Exchange()
    request = talk.request("SUBSCRIBE", 0, fields=asked)
    response = talk.response(code, request, 1, fields=answer)
    assert stated_by(code, response, request) == stated
    assert offending(code, stated, request) == sent
