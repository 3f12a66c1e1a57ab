"""Tests of `sipdiag.rules.transport.tcp_refused`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from below import found_in, trace_of
from exchange import CALLER, PROXY, SECOND, START, Exchange
from sipdiag.rules.transport.tcp_refused import NAME
from sipdiag.transport import Connection, Report, Undelivered
from verdict import told

if TYPE_CHECKING:
    from sipdiag.findings import Finding


def failed(number: int = 1, at: float = 10, **parts: Any) -> Connection:  # noqa: ANN401
    given = {"client": f"192.0.2.10:{49_000 + number}", "server": PROXY, "syn_frame": 2 * number + 10, "syn_count": 1}
    return Connection(**{**given, "number": number, "syn_time": START + round(at * SECOND), **parts})


def refused(number: int = 1, at: float = 10, **parts: Any) -> Connection:  # noqa: ANN401
    return failed(number, at, **{"reset_frame": 2 * number + 11, "reset_by": PROXY, **parts})


def pinged(*times: float, source: str = CALLER) -> Exchange:
    """The client speaks SIP over UDP, and the server answers it."""
    talk = Exchange()
    for at in times:
        ping = talk.request("OPTIONS", at, source=source, destination=PROXY, call_id=f"{at}", branch=f"{at}")
        talk.response(200, ping, at + 0.1)
    talk.until = 60
    return talk


def findings(talk: Exchange, *connections: Connection) -> list[Finding]:
    return found_in(talk, trace_of(talk, connections=list(connections)), NAME)


@pytest.mark.parametrize(
    ("connection", "pings", "said"),
    [
        (refused(), (0,), ("refused", "error", "certain")),
        (refused(), (0, 20), ("refused-recovered", "note", "certain")),
        (failed(syn_count=3), (0,), ("unanswered", "error", "likely")),
        (failed(syn_count=3), (0, 20), ("unanswered-recovered", "note", "likely")),
    ],
)
def test_each_way_of_failing_is_told_apart(
    connection: Connection, pings: tuple[float, ...], said: tuple[str, str, str]
) -> None:
    """RST is certain, silence likely; a client that is served afterwards has healed it."""
    (finding,) = findings(pinged(*pings), connection)
    assert told(finding) == said


def test_attempts_on_one_server_are_one_finding() -> None:
    """However often the client tried."""
    (finding,) = findings(pinged(0), refused(1, 10), refused(2, 15), refused(3, 20))
    assert finding.frames == [12, 13, 14, 15, 16, 17]
    assert finding.evidence == {
        "client": "192.0.2.10",
        "server": PROXY,
        "attempts": 3,
        "syns": 3,
        "over_s": 10.0,
        "syn_frame": 12,
        "server_heard": True,
        "client_speaks_sip": True,
        "call_ids": [],
    }


def test_a_stranger_that_speaks_no_sip_is_a_note() -> None:
    """A port scanner is refused everywhere."""
    (finding,) = findings(pinged(0), refused(client="203.0.113.9:5"))
    assert told(finding) == ("refused", "note", "certain")


def test_a_server_that_is_never_heard_leaves_it_open() -> None:
    """A recorder that hears one side only sees no SYN/ACK either."""
    talk = Exchange()
    talk.request("OPTIONS", 0)
    talk.until = 60
    (finding,) = findings(talk, failed(syn_count=3))
    assert told(finding) == ("unanswered", "note", "inconclusive")


@pytest.mark.parametrize(
    "connection",
    [
        refused(server="198.51.100.1:80"),
        refused(established_frame=13),
        refused(reset_by=CALLER),
        failed(syn_count=3, signalling=True),
        failed(syn_count=1),
        failed(at=58, syn_count=2),
    ],
)
def test_a_near_miss_is_silent(connection: Connection) -> None:
    """A web page, a connection that came about or carried SIP, a client that gave up, one SYN, the end."""
    assert findings(pinged(0), connection) == []


def test_the_requests_that_the_client_had_taken_on_are_named() -> None:
    """What it refused while it tried to connect, and did not send on: not what it refused before, or for its callee."""
    talk = pinged(0)
    for number, (at, code) in enumerate(((9, 503), (9.5, 503), (9, 486), (2, 503))):
        asked = talk.request(
            "INVITE",
            at,
            source=PROXY,
            destination=CALLER,
            call_id=f"c{number}",
            branch=f"c{number}",
            from_tag=f"{number}",
        )
        talk.response(code, asked, at + 2)
    (finding,) = findings(talk, refused(server="203.0.113.40:5060", reset_by="203.0.113.40:5060"))
    assert finding.evidence["call_ids"] == ["c0", "c1"]


@pytest.mark.parametrize(
    ("at", "transport", "said"),
    [
        (10.001, "tcp", [("rejected", "error", "certain")]),
        (9.9, "tcp", []),
        (10.001, "udp", []),
    ],
)
def test_a_firewall_may_say_that_it_lets_nothing_pass(
    at: float, transport: str, said: list[tuple[str, str, str]]
) -> None:
    """One SYN is enough then; errors on anything else say nothing."""
    connection = failed()
    error = Undelivered(
        source=connection.client,
        destination=PROXY,
        transport=transport,
        reporter="203.0.113.254",
        kind="prohibited",
        words="communication administratively prohibited (type 3, code 13)",
        reports=[Report(frame=13, time=START + round(at * SECOND))],
    )
    talk = pinged(0)
    found = found_in(talk, trace_of(talk, connections=[connection], undelivered=[error]), NAME)
    assert [told(each) for each in found] == said
    assert all(each.evidence["icmp_by"] == "203.0.113.254" and 13 in each.frames for each in found)
