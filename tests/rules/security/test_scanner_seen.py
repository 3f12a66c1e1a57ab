"""Tests of `sipdiag.rules.security.scanner_seen`."""

from __future__ import annotations

from exchange import CALLER, Exchange
from sipdiag.findings import Settings
from sipdiag.rules.security.scanner_seen import NAME
from strangers import REGISTRAR, asked, found_under
from verdict import findings_of, only_finding_of, told

SCANNER = "User-Agent: friendly-scanner\r\n"


def test_a_scanner_that_was_answered() -> None:
    """The server showed itself; whoever sent the request, and what it got, stand in the evidence."""
    talk = Exchange()
    for at in range(3):
        asked(talk, "OPTIONS", at, 404 if at else 200, fields=SCANNER)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == ("answered", "warning", "certain")
    assert finding.frames == [1, 3, 5]
    assert finding.evidence == {
        "source": "203.0.113.66",
        "passed_on_by": "",
        "user_agent": "friendly-scanner",
        "requests": 3,
        "methods": ["OPTIONS"],
        "servers": ["198.51.100.5"],
        "answered": 3,
        "codes": ["200 (1)", "404 (2)"],
        "first_frame": 1,
    }


def test_a_scanner_that_was_dropped_is_a_note() -> None:
    """The server, which is heard elsewhere, kept quiet; a server that is never heard leaves it open."""
    talk = Exchange()
    asked(talk, "OPTIONS", 0, None, fields=SCANNER)
    assert told(only_finding_of(talk, NAME)) == ("unanswered", "note", "inconclusive")
    asked(talk, "OPTIONS", 1, 200, source=CALLER)
    assert told(only_finding_of(talk, NAME)) == ("unanswered", "note", "likely")


def test_behind_a_proxy_the_first_via_tells_who_it_is() -> None:
    """The host that passed it on is named as such."""
    talk = Exchange()
    asked(talk, "OPTIONS", 0, 200, fields=SCANNER + "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx;received=192.0.2.99\r\n")
    evidence = only_finding_of(talk, NAME).evidence
    assert (evidence["source"], evidence["passed_on_by"]) == ("192.0.2.99", "203.0.113.66")


def test_the_names_are_a_setting() -> None:
    """A tool of one's own may be left out; an empty list looks for nothing."""
    talk = Exchange()
    asked(talk, "OPTIONS", 0, 200, fields="User-Agent: our-tester\r\n")
    assert findings_of(talk, NAME) == []
    assert found_under(talk, NAME, Settings(scanner_user_agents=("our-tester",)))
    assert found_under(talk, NAME, Settings(scanner_user_agents=())) == []


def test_a_response_names_no_scanner() -> None:
    """Only who asks can scan."""
    talk = Exchange()
    request = talk.request("OPTIONS", 0, destination=REGISTRAR)
    talk.response(200, request, 0.1, fields="Server: sipvicious\r\nUser-Agent: sipvicious\r\n")
    assert findings_of(talk, NAME) == []
