"""Tests of `sipdiag.expect.comparing`: what of a call is not as expected, and which frame shows it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from reporting import analysis_of, sample
from sipdiag.calls import Correlation
from sipdiag.expect import Courses, Expectations, ExpectedCall, subjects_in
from sipdiag.expect.comparing import mismatches_of, speaks_of

GOOD = analysis_of(sample("call-answered/call-answered")).correlation
BUSY = analysis_of(sample("call-busy/call-busy")).correlation
AGAIN = analysis_of(sample("call-retransmitted/call-retransmitted")).correlation
REGISTERED = analysis_of(sample("registration-challenged/registration-challenged")).correlation

Told = list[tuple[str, object, object]]


def told(correlation: Correlation, table: str = "call", **keys: Any) -> Told:  # noqa: ANN401
    """Key, expected and seen of each mismatch of the first thing in a recording."""
    (expected,) = getattr(msgspec.convert({table: [keys]}, Expectations), table)
    first = next(subjects_in(correlation))
    found = mismatches_of(expected, first, Courses(correlation))
    assert all(each.frame is not None for each in found)
    return [(each.key, msgspec.to_builtins(each.expected), each.seen) for each in found]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"outcome": "answered", "code": 200, "ended_by": "caller"},
        {"code": "2xx"},
        {"setup_s": {"max": 10}, "pdd_s": {"max": 3}, "duration_s": {"min": 1}},
        {"codecs": ["PCMU"]},
        {"codecs": ["pcmu", "PCMA"]},
        {"retransmissions": 0},
        {"retransmissions": {"max": 3}},
        {"messages": ["INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"]},
        {"messages": ["INVITE", "1xx", "18x INVITE", "2xx INVITE", "ACK", "BYE", "200"], "exact": True},
        {"header": [{"name": "Contact"}]},
        {"header": [{"name": "m", "message": "200 INVITE", "value": "*bob*"}]},
        {"header": [{"name": "X-Secret", "absent": True}]},
        {"header": [{"name": "Max-Forwards", "value": "/^[0-9]+$/"}]},
    ],
)
def test_what_is_as_expected_is_no_mismatch(keys: dict[str, Any]) -> None:
    """Each key alone, as a good call has it."""
    if keys.get("header", [{}])[0].get("name") == "m":
        keys["header"][0]["name"] = "Contact"
    assert told(GOOD, **keys) == []


@pytest.mark.parametrize(
    ("keys", "mismatch"),
    [
        ({"outcome": "answered"}, ("outcome", "answered", "failed")),
        ({"code": 200}, ("code", 200, 486)),
        ({"code": "5xx"}, ("code", "5xx", 486)),
        ({"ended_by": "caller"}, ("ended_by", "caller", None)),
        ({"setup_s": {"max": 1}}, ("setup_s", {"min": None, "max": 1.0}, None)),
        ({"codecs": ["PCMU"]}, ("codecs", ["PCMU"], None)),
        ({"retransmissions": 2}, ("retransmissions", 2, 0)),
        ({"messages": ["INVITE", "200"]}, ("messages", ["200"], ["100 INVITE", "486 INVITE", "ACK"])),
        ({"header": [{"name": "Date"}]}, ("header", [], None)),
        ({"header": [{"name": "Date", "value": "x", "message": "BYE"}]}, ("header", "x", None)),
        ({"header": [{"name": "Max-Forwards", "value": "1"}]}, ("header", "1", ["70"])),
        ({"header": [{"name": "Max-Forwards", "absent": True}]}, ("header", None, ["70"])),
    ],
)
def test_what_is_not_as_expected_is_told(keys: dict[str, Any], mismatch: tuple[str, object, object]) -> None:
    """What was expected, what was seen; nothing where there was nothing."""
    assert told(BUSY, **keys) == [mismatch]


def test_times_are_told_in_seconds() -> None:
    """As they were, to the microsecond."""
    assert told(GOOD, setup_s={"max": 1}) == [("setup_s", {"min": None, "max": 1.0}, 4.338)]


def test_retransmissions_are_counted_in_all_hops() -> None:
    """And the frame is that of the first."""
    (mismatch,) = told(AGAIN, retransmissions=0)
    assert mismatch[0] == "retransmissions"
    assert isinstance(mismatch[2], int)
    assert mismatch[2] > 0


def test_a_message_too_many_is_told_where_order_is_exact() -> None:
    """Between two expected ones, and behind the last."""
    assert told(BUSY, messages=["INVITE", "486"], exact=True) == [
        ("messages", ["486"], ["100 INVITE", "486 INVITE", "ACK"])
    ]
    assert told(BUSY, messages=["INVITE", "100", "486"], exact=True) == [("messages", None, ["ACK"])]


def test_order_matters() -> None:
    """The same messages the other way round are not there."""
    assert told(GOOD, messages=["BYE", "INVITE"]) == [("messages", ["INVITE"], ["200 BYE"])]


def test_a_header_may_be_asked_for_on_one_link_only() -> None:
    """Where a proxy adds it, behind the proxy."""
    talk = Exchange()
    first = talk.request("INVITE", 0, destination=PROXY)
    second = talk.request("INVITE", 0.02, source=PROXY, branch="two", fields="P-Charge: <sip:a@example.com>\r\n")
    talk.response(200, second, 0.2)
    talk.response(200, first, 0.21)
    seen = talk.scene().correlation
    header = {"name": "P-Charge", "value": "<sip:a@*"}
    assert told(seen, header=[header]) == []
    assert told(seen, header=[{**header, "to": "203.0.113.20"}]) == []
    assert [key for key, _, _ in told(seen, header=[{**header, "to": "198.51.100.*"}])] == ["header"]


def test_registrations_have_a_lifetime() -> None:
    """As the registrar granted it."""
    assert told(REGISTERED, "registration", outcome="registered", code=200, expires_s={"min": 60}) == []
    keys = [key for key, _, _ in told(REGISTERED, "registration", outcome="failed", expires_s={"max": 1})]
    assert keys == ["outcome", "expires_s"]


@pytest.mark.parametrize(
    ("from_", "to", "spoken_of"),
    [
        ("*", "*", True),
        ("+12025550100", "*", True),
        ("+12025550100@example.com", "sip:+12025550199@example.com", True),
        ("/^sip:.*0100@/", "*", True),
        ("+12025550199", "*", False),
        ("*", "bob", False),
    ],
)
def test_parties_tell_which_call_is_meant(from_: str, to: str, spoken_of: bool) -> None:  # noqa: FBT001
    """By patterns for From and To."""
    talk = Exchange()
    talk.answered_call()
    (call,) = subjects_in(talk.scene().correlation)
    assert speaks_of(ExpectedCall(from_=from_, to=to), call) is spoken_of


def test_hostile_header_fields_keep_nobody_busy() -> None:
    """A thousand lines of a field, and an expression that would go back and forth."""
    talk = Exchange()
    lines = "".join(f"X-Long: {'a' * 200}!\r\n" for _ in range(300))
    talk.response(200, talk.request("INVITE", 0, fields=lines, source=CALLER, destination=CALLEE), 1)
    (mismatch,) = told(talk.scene().correlation, header=[{"name": "X-Long", "value": "/(a|aa)+$/"}])
    assert mismatch[0] == "header"
