"""Tests of `sipdiag.calls.origin`: who asked of its own accord."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, SECOND, Exchange
from sipdiag.calls import densest, requests_by_source, was_relayed

VIA = "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\n"


def test_a_request_belongs_to_the_host_that_sent_it_first() -> None:
    """What a proxy sends on is not its own; ACK, BYE and what is inside a dialog are nobody's idea."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.request("INVITE", 0.01, source=PROXY, branch="two", fields=VIA)
    talk.response(200, invite, 1)
    talk.request("ACK", 1.1, branch="ack", to_tag="callee")
    talk.request("BYE", 2, branch="bye", to_tag="callee")
    talk.request("INVITE", 3, branch="hold", cseq=2, to_tag="callee")
    talk.request("OPTIONS", 4, source=PROXY, call_id="ping", branch="ping")
    found = requests_by_source(talk.scene().correlation)
    assert {source: [each.method for each in asked] for source, asked in found.items()} == {
        "192.0.2.10": ["INVITE"],
        "198.51.100.1": ["OPTIONS"],
    }


def test_a_request_with_two_vias_was_relayed() -> None:
    """The proxy puts its own on top (RFC 3261, section 16.6)."""
    talk = Exchange()
    assert not was_relayed(talk.request("INVITE", 0, source=CALLER, destination=PROXY))
    assert was_relayed(talk.request("INVITE", 0, source=PROXY, destination=CALLEE, fields=VIA))


def test_the_densest_stretch() -> None:
    """The most within the time, wherever it lies."""
    talk = Exchange()
    for at in (0, 1, 10, 11, 12, 30):
        talk.request("OPTIONS", at, call_id=f"{at}", branch=f"{at}")
    asked = talk.scene().correlation.transactions
    assert densest(asked, 2 * SECOND) == asked[2:5]
    assert densest([], SECOND) == []
