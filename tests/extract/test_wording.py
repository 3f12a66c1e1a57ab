"""Tests of `sipdiag.extract.wording`: who and where goes, how stays."""

from __future__ import annotations

import re

import pytest

from sipdiag.extract.pseudonyms import Pseudonyms
from sipdiag.extract.wording import Wording


@pytest.fixture
def names() -> Pseudonyms:
    """Under one key."""
    return Pseudonyms(b"0123456789abcdef")


@pytest.fixture
def wording(names: Pseudonyms) -> Wording:
    """Under the same."""
    return Wording(names)


SECRETS = [
    "alice",
    "adams",
    "+12025550100",
    "12025550100",
    "example.com",
    "8.8.8.8",
    "s3cret",
    "2001:4860::8888",
    "00:15:65:1a:2b:3c",
]


@pytest.mark.parametrize(
    "value",
    [
        '"Alice Adams" <sip:+12025550100@example.com;user=phone>;tag=abc123',
        "Alice Adams <sip:alice:s3cret@8.8.8.8:5070;transport=tcp;lr>;q=0.5;expires=60",
        "sip:alice@[2001:4860::8888]:5060",
        "<tel:+12025550100;phone-context=example.com>",
        "<sip:8.8.8.8;lr;ftag=abc123>, <sip:example.com:5060;lr=on>",
        "<sip:alice@example.com?Replaces=abc%408.8.8.8%3Bto-tag%3Dx1>",
        '"Alice <sip:alice@example.com>;tag=1',
        '<sip:+12025550100;verstat=TN-Validation-Passed@example.com>;+sip.instance="<urn:uuid:00:15:65:1a:2b:3c>"',
    ],
)
def test_addresses_are_replaced(value: str, wording: Wording) -> None:
    """Nothing of who it was is left, and the form is the same: brackets, parameters, ports."""
    told = wording.addressed(value)
    assert [each for each in SECRETS if each in told.lower()] == []
    assert re.sub(r"[^<>;=?:@,\"\[\]]", "", re.sub(r"\[.*?\]", "[]", told)) == re.sub(
        r"[^<>;=?:@,\"\[\]]", "", re.sub(r"\[.*?\]", "[]", value)
    )
    for kept in ("transport=tcp", "user=phone", ";lr", "q=0.5", ":5070", "verstat=TN-Validation-Passed"):
        assert (kept in told) == (kept in value)


def test_the_same_is_the_same_everywhere(wording: Wording, names: Pseudonyms) -> None:
    """A tag in To and in Replaces, a number in From and in a Request-URI."""
    tag = re.search(r"tag=(\w+)", wording.addressed("<sip:x@example.com>;tag=abc123"))
    assert tag is not None
    assert f"to-tag%3D{tag[1]}" in wording.addressed("<sip:x@example.com?Replaces=c1%3Bto-tag%3Dabc123>")
    assert f"ftag={tag[1]}" in wording.addressed("<sip:8.8.8.8;lr;ftag=abc123>")
    assert names.number("+12025550100") in wording.addressed("sip:+12025550100@example.com")


def test_words_stay_but_for_names(wording: Wording, names: Pseudonyms) -> None:
    """A reason phrase and a product say what happened; who is in them is replaced."""
    assert wording.told("Wrong password or domain") == "Wrong password or domain"
    assert wording.told("Asterisk PBX 18.2.1") == "Asterisk PBX 18.2.1"
    names.name("alice")
    told = wording.told("user alice at 8.8.8.8 (sip:alice@example.com), call +12025550100, phone 00:15:65:1a:2b:3c")
    assert [each for each in SECRETS if each in told] == []
    assert told.startswith("user ")
    assert [gone for gone in ("alice", "001565") if gone in wording.told("Phone 1.2 001565aabbcc alice-phone/2")] == []


def test_what_nobody_knows_keeps_its_shape_only(wording: Wording) -> None:
    """A header field of somebody's own."""
    told = wording.opaque("tenant=Adams & Sons; 8.8.8.8")
    assert "Adams" not in told
    assert "8.8.8.8" not in told
    assert re.fullmatch(r"\w{6}=\w{5} & \w{4}; [\d.]+", told)


def test_prose_is_hidden(wording: Wording) -> None:
    """Word by word, spaces and stops where they were."""
    told = wording.hidden("Dinner at Alice's, 8 pm?")
    assert re.fullmatch(r"\w{6} \w{2} \w{5}'\w, \d \w{2}\?", told)
    assert "Dinner" not in told


@pytest.mark.parametrize("call_id", ["a84b4c76e66710@pc33.example.com", "578222729-4665d775", "x@8.8.8.8", "@", ""])
def test_a_call_id_stays_one(call_id: str, wording: Wording) -> None:
    """Token and host apart."""
    told = wording.call_id(call_id)
    assert ("@" in told) == ("@" in call_id)
    assert (told == call_id) == (call_id.strip("@") == "")


@pytest.mark.parametrize(("name", "kept"), [("branch", "z9hG4bK"), ("received", ""), ("cnonce", ""), ("realm", "")])
def test_parameters_are_taken_by_their_names(name: str, kept: str, wording: Wording) -> None:
    """The magic cookie of a branch stays; quotes stay; what is compared but not read becomes a token."""
    told = wording.parameter(name, f'"{kept}8a9b0c1d"')
    assert told.startswith(f'"{kept}')
    assert told.endswith('"')
    assert "8a9b0c1d" not in told
    assert wording.parameter("expires", "3600") == "3600"
    assert wording.parameter("expires", "who knows what this is, Alice") != "who knows what this is, Alice"
