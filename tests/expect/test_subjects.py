"""Tests of `sipdiag.expect.subjects`: what there is in a recording to expect."""

from __future__ import annotations

import pytest

from exchange import Exchange
from reporting import analysis_of, sample
from sipdiag.calls import Call
from sipdiag.expect import agreement_of, forms_of, short_form, subjects_in


@pytest.mark.parametrize(
    ("uri", "forms"),
    [
        ("sip:alice@example.com", {"sip:alice@example.com", "alice@example.com", "alice"}),
        (
            "sip:+12025550100@example.com:5080;user=phone",
            {
                "sip:+12025550100@example.com:5080;user=phone",
                "sip:+12025550100@example.com:5080",
                "+12025550100@example.com",
                "+12025550100",
            },
        ),
        ("tel:+12025550100", {"tel:+12025550100", "+12025550100"}),
        ("sip:example.com", {"sip:example.com", "example.com"}),
        ("", {""}),
        ("\udcff\x00", {"\udcff\x00"}),
    ],
)
def test_a_uri_may_be_written_in_several_ways(uri: str, forms: set[str]) -> None:
    """Whole, without parameters, without scheme and port, or the user alone."""
    assert set(forms_of(uri)) == forms
    assert short_form(uri) in forms


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("call-answered", [("call", "answered", 200)]),
        ("call-busy", [("call", "failed", 486)]),
        ("registration-challenged", [("registration", "registered", 200)]),
        ("subscription-accepted", [("subscription", "terminated", 200)]),
        ("message-sent", [("request", "", 200), ("request", "", 200)]),
    ],
)
def test_everything_is_of_one_kind(name: str, kinds: list[tuple[str, str, int]]) -> None:
    """And has its outcome and its code."""
    seen = subjects_in(analysis_of(sample(f"{name}/{name}")).correlation)
    assert [(each.kind, each.outcome, each.code) for each in seen] == kinds


def test_a_cancel_and_a_late_ack_are_no_requests_of_their_own() -> None:
    """They belong to a call that began before the capture."""
    talk = Exchange()
    talk.request("ACK", 0, to_tag="x")
    assert [each.kind for each in subjects_in(talk.scene().correlation)] == []


def test_the_codecs_are_those_of_the_answer() -> None:
    """The preferred first."""
    (call,) = analysis_of(sample("call-answered/call-answered")).correlation.calls
    assert isinstance(call, Call)
    codecs, exchange = agreement_of(call)
    assert codecs[0] == "PCMU"
    assert exchange is not None
    assert agreement_of(analysis_of(sample("call-busy/call-busy")).correlation.calls[0]) == ([], None)
