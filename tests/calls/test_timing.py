"""Tests of `sipdiag.calls.timing`: whether loss or a slow server made a request wait."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import Wait, cause_of_repeats, first_word


@pytest.mark.parametrize(
    ("repeats", "answered", "cause"),
    [
        ((), 0.1, None),
        ((0.5,), 0.52, Wait.REQUEST_LOST),
        ((0.5, 1.5), 1.74, Wait.REQUEST_LOST),
        ((0.5, 1.5), 1.76, Wait.SERVER_SLOW),
        ((0.5,), 0.1, Wait.RESPONSE_LOST),
        ((0.5, 1.5), 0.52, Wait.RESPONSE_LOST),
    ],
)
def test_the_place_of_the_response_tells_the_cause(
    repeats: tuple[float, ...], answered: float, cause: Wait | None
) -> None:
    """At once after a copy: those before were lost; before a copy: the response was; else the server is slow."""
    talk = Exchange()
    request = talk.request("MESSAGE", 0)
    talk.again(request, *repeats)
    talk.response(200, request, answered)
    (transaction,) = talk.scene().correlation.transactions
    assert cause_of_repeats(transaction) is cause


def test_a_request_without_an_answer_has_no_cause() -> None:
    """Nobody can tell what it waited for."""
    talk = Exchange()
    talk.again(talk.request("MESSAGE", 0), 0.5)
    (transaction,) = talk.scene().correlation.transactions
    assert cause_of_repeats(transaction) is None


@pytest.mark.parametrize(("method", "word"), [("INVITE", 100), ("MESSAGE", 200)])
def test_an_invite_waits_for_any_response_and_others_for_the_final(method: str, word: int) -> None:
    """RFC 3261, sections 17.1.1.2 and 17.1.2.2."""
    talk = Exchange()
    request = talk.request(method, 0)
    talk.response(100, request, 1)
    talk.response(200, request, 2)
    (transaction,) = talk.scene().correlation.transactions
    first = first_word(transaction)
    assert first is not None
    assert first.message.start_line.split()[1] == str(word)
