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
