"""Tests of `sipdiag.calls.outage`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLEE, PROXY
from registrar import Registrar, asked, given
from sipdiag.calls import Cause, Outage, correlate, next_after, outages_of

if TYPE_CHECKING:
    from collections.abc import Callable


def outages(registrar: Registrar) -> list[Outage]:
    (registration,) = correlate(registrar.talk.sightings).registrations
    return outages_of(registration)


def password(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, given("n1"), asked("n2"))


def password_in_words(registrar: Registrar) -> None:
    registrar.says(403, 1, given("n1"), reason="Wrong password")


def stale(registrar: Registrar) -> None:
    registrar.says(401, 1, given("n1"), asked("n2", stale=True))


def nonce_in_words(registrar: Registrar) -> None:
    registrar.says(401, 1, given("n1"), asked("n2"), reason="nonce has changed")


def older_nonce(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, answer=asked("n2"))
    registrar.says(401, 2, given("n1"), asked("n3"))


def stale_unsaid(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 60, given("n1"), asked("n2"))
    registrar.says(200, 61, given("n2"))


def stale_unsaid_of_what_worked(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(200, 0.2, given("n1"))
    registrar.says(401, 60, given("n1"), asked("n2"))


def realm(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 1, given("n1", realm="example.net"), asked("n2"))


def account(registrar: Registrar) -> None:
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(403, 1, given("n1"), reason="Forbidden")


@pytest.mark.parametrize(
    ("story", "cause", "stated"),
    [
        (password, Cause.CREDENTIALS, False),
        (password_in_words, Cause.CREDENTIALS, True),
        (stale, Cause.NONCE, True),
        (nonce_in_words, Cause.NONCE, True),
        (older_nonce, Cause.NONCE, False),
        (stale_unsaid, Cause.NONCE, False),
        (stale_unsaid_of_what_worked, Cause.NONCE, False),
        (realm, Cause.REALM, False),
        (account, Cause.OTHER, True),
    ],
)
def test_what_a_refusal_was_about(story: Callable[[Registrar], None], cause: Cause, *, stated: bool) -> None:
    """RFC 3261, section 22.1: password, nonce, realm and account are told apart by question and answer."""
    registrar = Registrar()
    story(registrar)
    (outage,) = outages(registrar)
    (refusal,) = outage.refusals
    assert (refusal.cause, refusal.stated) == (cause, stated)


def first_challenge_of_the_registrar_behind_a_proxy(registrar: Registrar) -> None:
    registrar.says(407, 0, answer=asked("p1", realm="proxy").replace("WWW", "Proxy"))
    registrar.says(401, 1, given("p1", realm="proxy"), asked("n1"))
    registrar.says(200, 2, given("p1", realm="proxy") + given("n1"))


def credentials_from_before_the_capture(registrar: Registrar) -> None:
    registrar.says(401, 0, given("n0"), asked("n1"))


@pytest.mark.parametrize(
    "story", [first_challenge_of_the_registrar_behind_a_proxy, credentials_from_before_the_capture]
)
def test_a_challenge_is_no_refusal(story: Callable[[Registrar], None]) -> None:
    """Another realm asks for the first time, or nobody knows how old the nonce was."""
    registrar = Registrar()
    story(registrar)
    assert outages(registrar) == []


def test_the_age_of_a_nonce_is_measured_from_its_challenge() -> None:
    """From the 401 that gave it to the REGISTER that used it."""
    registrar = Registrar()
    registrar.says(401, 0, answer=asked("n1"))
    registrar.says(401, 17.5, given("n1"), asked("n2", stale=True))
    assert outages(registrar)[0].refusals[0].nonce_age == 17_400_000_000


def test_a_proxy_on_the_way_doubles_no_refusal() -> None:
    """What it sends on has the CSeq that it came with; the hop nearest the phone counts."""
    registrar = Registrar()
    request = registrar.asks(0)
    onward = registrar.talk.request(
        "REGISTER", 0.1, branch="p", source=PROXY, destination=CALLEE, call_id="register-1", cseq=1
    )
    registrar.talk.response(403, onward, 0.2)
    registrar.talk.response(403, request, 0.3)
    assert len(outages(registrar)[0].refusals) == 1


def test_the_next_acceptance_is_the_first_after_a_time() -> None:
    """In the order of time; none after the last."""
    registrar = Registrar()
    first, second = registrar.says(200, 0), registrar.says(200, 10)
    assert next_after(first.time - 1, [first, second]) is first
    assert next_after(first.time, [first, second]) is second
    assert next_after(second.time, [first, second]) is None
