"""Tests of `sipdiag.rules.transport.tcp_reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from below import found_in, trace_of
from exchange import PROXY, SECOND, START, Exchange
from sipdiag.rules.transport.tcp_reset import NAME
from sipdiag.transport import Connection
from verdict import told

if TYPE_CHECKING:
    from sipdiag.findings import Finding

CLIENT = "192.0.2.10:49190"


def reset(at: float = 10, **parts: Any) -> Connection:  # noqa: ANN401
    given = {"number": 1, "client": CLIENT, "server": PROXY, "syn_frame": 1, "syn_time": START, "syn_count": 1}
    given |= {"established_frame": 2, "reset_frame": 90, "reset_time": START + round(at * SECOND), "reset_by": PROXY}
    return Connection(**{**given, "signalling": True, **parts})


def talked(*, answered: float | None, again: bool = False) -> Exchange:
    """A MESSAGE over the connection, answered at a time or not; perhaps sent again over another one."""
    talk = Exchange()
    talk.response(200, talk.request("OPTIONS", 0, source=CLIENT, destination=PROXY, transport="tcp"), 0.1)
    message = talk.request("MESSAGE", 5, source=CLIENT, destination=PROXY, transport="tcp", call_id="sms", branch="sms")
    if answered is not None:
        talk.response(200, message, answered)
    if again:
        other = talk.request(
            "MESSAGE", 12, source="192.0.2.10:5", destination=PROXY, transport="tcp", call_id="sms", branch="2", cseq=2
        )
        talk.response(200, other, 13)
    talk.until = 60
    return talk


def findings(talk: Exchange, *connections: Connection) -> list[Finding]:
    return found_in(talk, trace_of(talk, connections=list(connections)), NAME)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (talked(answered=None), ("request-lost", "error", "likely")),
        (talked(answered=None, again=True), ("recovered", "note", "likely")),
        (talked(answered=20), ("recovered", "note", "likely")),
        (talked(answered=6), ("idle", "note", "certain")),
    ],
)
def test_what_was_under_way_decides(talk: Exchange, said: tuple[str, str, str]) -> None:
    """A request that was lost, one that was sent anew or answered elsewhere, or nothing at all."""
    (finding,) = findings(talk, reset())
    assert told(finding) == said


def test_the_evidence_of_a_lost_request() -> None:
    """The reset and the request, and how long it had waited."""
    (finding,) = findings(talked(answered=None), reset())
    assert finding.frames == [90, 3]
    assert finding.evidence == {
        "client": CLIENT,
        "server": PROXY,
        "reset_by": PROXY,
        "reset_frame": 90,
        "pending": 1,
        "methods": ["MESSAGE"],
        "request_frame": 3,
        "waited_s": 5.0,
        "call_ids": ["sms"],
    }


def test_idle_connections_of_one_server_are_one_finding() -> None:
    """A server that drops them all is one matter."""
    other = reset(30, client="192.0.2.10:1", number=2, reset_frame=95)
    (finding,) = findings(talked(answered=6), reset(), other)
    assert finding.frames == [90, 95]
    assert finding.evidence["connections"] == 2
    assert finding.evidence["shortest_idle_s"] == 0
    assert finding.evidence["longest_idle_s"] == 4.0


@pytest.mark.parametrize(
    "connection", [reset(fin_frame=80), reset(established_frame=None), reset(signalling=False), reset(reset_frame=None)]
)
def test_a_near_miss_is_silent(connection: Connection) -> None:
    """Closed before, never open, no SIP on it, no reset."""
    assert findings(talked(answered=None), connection) == []
