"""Tests of `sipdiag.difference.neutral`: text without what a run made up."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.difference.neutral import Neutral


@pytest.fixture
def neutral() -> Neutral:
    """Of one call whose callee has another address in this run."""
    talk = Exchange()
    talk.request("INVITE", 0, call_id="5f3a-call@192.0.2.10", from_tag="tag-of-caller", branch="one-branch")
    return Neutral(talk.sightings, users=["+12025550100"], hosts={"192.0.2.77": "192.0.2.10"})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Call-ID", "5f3a-call@192.0.2.10", ""),
        ("Date", "Mon, 02 Mar 2026 09:00:00 GMT", ""),
        ("CSeq", "17 INVITE", "INVITE"),
        ("From", '"A" <sip:a@example.com>;tag=tag-of-caller', '"A" <sip:a@example.com>'),
        ("Via", "SIP/2.0/UDP 192.0.2.77:5062;branch=z9hG4bKone-branch;rport=5062", "SIP/2.0/UDP 192.0.2.10"),
        ("Contact", "<sip:k3j2x9@192.0.2.77:5062;transport=udp>", "<sip:…@192.0.2.10;transport=udp>"),
        ("Contact", "<sip:+12025550100@192.0.2.10:5062>", "<sip:+12025550100@192.0.2.10>"),
        ("Replaces", "5f3a-call@192.0.2.10;to-tag=x;from-tag=tag-of-caller", "…"),
        (
            "Refer-To",
            "<sip:b@example.net?Replaces=5f3a-call%40192.0.2.10%3Bto-tag%3Dx>",
            "<sip:b@example.net?Replaces=…%3Bto-tag%3Dx>",
        ),
        ("X-Leg", "before tag-of-caller behind", "before … behind"),
        ("X-Id", "123e4567-e89b-12d3-a456-426655440000", "…"),
        ("X-Time", "at 1772442000", "at …"),
        ("User-Agent", "Phone 4.2.1", "Phone 4.2.1"),
        ("P-Asserted-Identity", "<sip:+12025550199@example.com>", "<sip:+12025550199@example.com>"),
        ("Session-Expires", "1800;refresher=uac", "1800;refresher=uac"),
        (
            "Authorization",
            'Digest username="a", realm="r", nonce="84f1c1", uri="sip:x", response="9f", cnonce="x", nc=00000001',
            'Digest username="a", realm="r", nonce=…, uri="sip:x", response=…, cnonce=…, nc=…',
        ),
    ],
)
def test_what_a_run_made_up_is_left_out(neutral: Neutral, name: str, value: str, told: str) -> None:
    """Wherever it stands; what somebody chose stays."""
    assert neutral.field(name, value) == told


def test_short_tags_are_not_looked_for_elsewhere() -> None:
    """`1` stands everywhere."""
    talk = Exchange()
    talk.request("INVITE", 0, call_id="x", from_tag="1", branch="b")
    assert Neutral(talk.sightings, users=[], hosts={}).text("Phone 1 at 1") == "Phone 1 at 1"
