"""Tests of `sipdiag.calls.registration`."""

from __future__ import annotations

import pytest

from exchange import PROXY, Exchange
from sipdiag.calls import Registration, RegistrationState, correlate

CONTACT = "Contact: <sip:+12025550100@192.0.2.10>\r\n"
CREDENTIALS = 'Authorization: Digest username="+12025550100", realm="example.com"\r\n'


def register(talk: Exchange, at: float, status: int, *, cseq: int = 1, fields: str = CONTACT, answer: str = "") -> None:
    request = talk.request("REGISTER", at, branch=f"r{cseq}", cseq=cseq, destination=PROXY, fields=fields)
    talk.response(status, request, at + 0.1, fields=answer)


def only_registration(talk: Exchange) -> Registration:
    (registration,) = correlate(talk.sightings).registrations
    return registration


def test_a_challenge_and_its_answer_are_one_registration() -> None:
    """RFC 3261, section 22.2: 401, then 200: registered, once."""
    talk = Exchange()
    register(talk, 0, 401)
    register(talk, 1, 200, cseq=2, fields=CONTACT + CREDENTIALS, answer="Expires: 300\r\n")
    registration = only_registration(talk)
    assert (registration.state, registration.expires) == (RegistrationState.REGISTERED, 300)
    assert registration.aor == "sip:+12025550199@example.com"


@pytest.mark.parametrize(
    ("asked", "granted", "seconds"),
    [
        (CONTACT, "Contact: <sip:+12025550100@192.0.2.10>;expires=120\r\nExpires: 300\r\n", 120),
        (CONTACT, "Contact: <sip:other@192.0.2.99>;expires=60\r\nExpires: 300\r\n", 300),
        (CONTACT + "Expires: 600\r\n", "", 600),
        ("Contact: <sip:+12025550100@192.0.2.10>;expires=90\r\n", "", 90),
        (CONTACT, "", 3600),
    ],
)
def test_the_granted_time_is_read_where_the_registrar_put_it(asked: str, granted: str, seconds: int) -> None:
    """RFC 3261, section 10.3: the expires of the own Contact, else Expires, else what was asked for, else an hour."""
    talk = Exchange()
    register(talk, 0, 200, fields=asked, answer=granted)
    assert only_registration(talk).expires == seconds


def test_zero_seconds_remove_the_binding() -> None:
    """RFC 3261, section 10.2.2."""
    talk = Exchange()
    register(talk, 0, 200, fields=CONTACT + "Expires: 0\r\n")
    assert only_registration(talk).state is RegistrationState.REMOVED


def test_without_a_contact_bindings_are_only_fetched() -> None:
    """RFC 3261, section 10.2.3."""
    talk = Exchange()
    register(talk, 0, 200, fields="")
    assert only_registration(talk).state is RegistrationState.FETCHED


@pytest.mark.parametrize("status", [401, 407])
def test_a_challenge_that_nobody_answered_yet_is_no_failure(status: int) -> None:
    """The capture may simply end there; a registrar asks with 401, a proxy before it with 407."""
    talk = Exchange()
    register(talk, 0, status)
    assert only_registration(talk).state is RegistrationState.UNFINISHED


def test_refused_credentials_are_a_failure() -> None:
    """A second 401, to a request that carried credentials."""
    talk = Exchange()
    register(talk, 0, 401)
    register(talk, 1, 401, cseq=2, fields=CONTACT + CREDENTIALS)
    assert only_registration(talk).state is RegistrationState.FAILED


def test_two_addresses_of_one_device_are_two_registrations() -> None:
    """A phone with two lines may use one Call-ID for both (RFC 3261, section 10.2 speaks of one user agent)."""
    talk = Exchange()
    register(talk, 0, 200)
    request = talk.request("REGISTER", 1, branch="other", cseq=2, destination=PROXY, fields=CONTACT)
    other = request.message.head.replace("To: <sip:+12025550199@", "To: <sip:+12025550198@")
    talk.sightings.pop()
    talk._seen(other + "\r\n\r\n", 1, request.source, request.destination, 0, "udp")
    assert len(correlate(talk.sightings).registrations) == 2
