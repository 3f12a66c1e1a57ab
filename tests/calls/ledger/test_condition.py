"""Tests of `sipdiag.calls.ledger.condition`: what a refusal asks, and who kept to it."""

from __future__ import annotations

import pytest

from exchange import CALLER, PROXY, Exchange
from sipdiag.calls import Condition, Outcome, conditions
from sipdiag.trace import Sighting


def found(talk: Exchange) -> list[Condition]:
    return conditions(talk.scene().correlation.transactions)


def asked(talk: Exchange, at: float, fields: str, *, method: str = "INVITE", cseq: int = 1) -> Sighting:
    """A request under one Call-ID."""
    return talk.request(method, at, cseq=cseq, branch=f"b{cseq}", fields=fields)


@pytest.mark.parametrize(
    ("method", "fields", "code", "answer", "kept"),
    [
        ("INVITE", "Require: gruu\r\n", 420, "Unsupported: gruu\r\n", ""),
        ("INVITE", "Proxy-Require: sec-agree\r\n", 420, "Unsupported: sec-agree\r\n", "Require: timer\r\n"),
        ("INVITE", "Session-Expires: 90\r\n", 422, "Min-SE: 1800\r\n", "Session-Expires: 1800;refresher=uac\r\n"),
        ("PUBLISH", "Expires: 60\r\n", 423, "Min-Expires: 600\r\n", "Expires: 600\r\n"),
        ("MESSAGE", "", 401, 'WWW-Authenticate: Digest realm="a", nonce="n"\r\n', "Authorization: Digest x\r\n"),
    ],
)
def test_a_retry_that_keeps_to_the_answer_meets_the_condition(
    method: str, fields: str, code: int, answer: str, kept: str
) -> None:
    """RFC 3261, section 8.1.3.5: retry without what was refused; and what was refused again is ignored."""
    talk = Exchange()
    talk.response(code, asked(talk, 0, fields, method=method), 0.1, fields=answer)
    (condition,) = found(talk)
    assert condition.outcome is Outcome.UNKNOWN
    again = asked(talk, 0.2, fields, method=method, cseq=2)
    (condition,) = found(talk)
    assert (condition.outcome, condition.ignored) == (Outcome.WRONG, [again])
    met = asked(talk, 0.3, kept, method=method, cseq=3)
    (condition,) = found(talk)
    assert (condition.outcome, condition.met) == (Outcome.LATE, met)
    talk.sightings.remove(again)
    (condition,) = found(talk)
    assert condition.outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("method", "fields", "code", "answer"),
    [
        ("INVITE", "Require: gruu\r\n", 420, ""),
        ("INVITE", "Session-Expires: 90\r\n", 422, ""),
        ("INVITE", "Session-Expires: 1800\r\n", 422, "Min-SE: 90\r\n"),
        ("PUBLISH", "Expires: 60\r\n", 423, "Min-Expires: soon\r\n"),
        ("MESSAGE", "", 405, ""),
        ("MESSAGE", "", 405, "Allow: MESSAGE\r\n"),
        ("MESSAGE", "", 401, ""),
        ("INVITE", "", 401, 'WWW-Authenticate: Digest realm="a", nonce="n"\r\n'),
        ("INVITE", "", 503, ""),
        ("INVITE", "", 486, "Retry-After: 60\r\n"),
        ("OPTIONS", "", 405, "Allow: INVITE\r\n"),
    ],
)
def test_what_is_not_stated_binds_nobody(method: str, fields: str, code: int, answer: str) -> None:
    """A refusal without its header field, or with one that does not fit, is no condition."""
    talk = Exchange()
    talk.response(code, asked(talk, 0, fields, method=method), 0.1, fields=answer)
    assert found(talk) == []


def test_a_503_binds_the_hop_where_it_arose() -> None:
    """RFC 3261, section 21.5.4: "a client (proxy or UAC)"."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far")
    talk.response(503, far, 0.1, fields="Retry-After: 60\r\n")
    talk.response(503, near, 0.11, fields="Retry-After: 60\r\n")
    (condition,) = found(talk)
    assert (condition.client, condition.stated) == (PROXY, ["60"])


def test_any_other_refusal_binds_who_asked() -> None:
    """The proxy only passed it on."""
    talk = Exchange()
    near = talk.request("INVITE", 0, destination=PROXY, branch="near", fields="Require: gruu\r\n")
    far = talk.request("INVITE", 0.01, source=PROXY, branch="far", fields="Require: gruu\r\n")
    talk.response(420, far, 0.1, fields="Unsupported: gruu\r\n")
    talk.response(420, near, 0.11, fields="Unsupported: gruu\r\n")
    (condition,) = found(talk)
    assert condition.client == CALLER
