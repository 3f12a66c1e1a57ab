"""Tests of `sipdiag.rules.transport.tls_expected`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.rules.transport.tls_expected import NAME
from verdict import findings_of, only_finding_of, told

SECURE = "sips:bob@example.com"
OVER_TLS = "sip:bob@203.0.113.20:5061;transport=TLS"


def asked(uri: str, fields: str = "", *, transport: str = "udp", source: str = CALLER) -> Exchange:
    talk = Exchange()
    options = talk.request("OPTIONS", 0, uri=uri, fields=fields, transport=transport, source=source)
    talk.response(200, options, 0.1)
    return talk


def test_a_sips_uri_in_clear_is_certain() -> None:
    """It asks for TLS on every hop, whatever Route says."""
    for transport in ("udp", "tcp"):
        finding = only_finding_of(asked(SECURE, f"Route: <sip:{PROXY};lr>\r\n", transport=transport), NAME)
        assert told(finding) == ("sips", "warning", "certain")
    assert finding.evidence == {
        "method": "OPTIONS",
        "request_frame": 1,
        "uri": SECURE,
        "transport": "tcp",
        "client": CALLER,
        "server": CALLEE,
        "requests": 1,
        "calls": 1,
    }


@pytest.mark.parametrize(
    ("uri", "fields"),
    [(OVER_TLS, ""), ("sip:bob@example.com", f"Route: <sip:{PROXY};transport=tls;lr>\r\n")],
)
def test_the_uri_of_the_next_hop_decides(uri: str, fields: str) -> None:
    """The first Route, or the Request-URI where there is none."""
    assert told(only_finding_of(asked(uri, fields), NAME)) == ("transport", "warning", "likely")


def test_two_hosts_are_one_finding() -> None:
    """However often they do it; each call is counted."""
    talk = Exchange()
    for number in range(3):
        talk.request("OPTIONS", number, uri=SECURE, call_id=f"{number}", branch=f"{number}")
    finding = only_finding_of(talk, NAME)
    assert (finding.frames, finding.call_id, finding.evidence["calls"]) == ([1, 2, 3], None, 3)


@pytest.mark.parametrize(
    "talk",
    [
        asked("sip:bob@example.com"),
        asked(SECURE, transport="tls"),
        asked(SECURE, transport="wss"),
        asked(OVER_TLS, f"Route: <sip:{PROXY};lr>\r\n"),
        asked("sip:bob@example.com", "Contact: <sip:alice@192.0.2.10;transport=tls>\r\n"),
        asked("sip:bob@example.com", f"Route: <sip:{PROXY};lr>, <sip:edge.example.com;transport=tls;lr>\r\n"),
        asked(SECURE, source="127.0.0.1:5060"),
    ],
)
def test_a_near_miss_is_silent(talk: Exchange) -> None:
    """Sealed, not the next hop, or within one host."""
    assert findings_of(talk, NAME) == []


def test_a_decrypted_copy_is_silent() -> None:
    """Its Via says that it was sent over TLS."""
    talk = asked(SECURE)
    (sent, answer) = talk.sightings
    talk.sightings = []
    talk._seen(sent.message.head.replace("SIP/2.0/UDP", "SIP/2.0/TLS") + "\r\n\r\n", 0, CALLER, CALLEE, 0, "tcp")
    talk.response(200, talk.sightings[0], 0.1)
    assert answer.message.head
    assert findings_of(talk, NAME) == []
