"""Tests of `sipdiag.rules.transport.fragment_lost`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from below import found_in, trace_of
from exchange import CALLEE, CALLER, SECOND, START, Exchange
from sipdiag.rules.transport.fragment_lost import NAME
from sipdiag.transport import PartialDatagram
from verdict import told

if TYPE_CHECKING:
    from sipdiag.findings import Finding

START_LINE = "INVITE sip:+12025550199@example.com SIP/2.0"
HEAD = (
    f"{START_LINE}\r\nVia: SIP/2.0/UDP {CALLER};branch=z9hG4bKone\r\nFrom: <sip:a@example.com>;tag=caller\r\n"
    "To: <sip:b@example.com>\r\nCall-ID: call-1\r\nCSeq: 1 INVITE\r\nX-Notes: nnn"
)


def partial(at: float = 1, frame: int = 50, **parts: Any) -> PartialDatagram:  # noqa: ANN401
    given = {"frames": (frame,), "time": START + round(at * SECOND), "source": CALLER, "destination": CALLEE}
    return PartialDatagram(**{**given, "received": 1480, "length": None, "payload": HEAD.encode(), **parts})


def pinged() -> Exchange:
    talk = Exchange()
    talk.response(200, talk.request("OPTIONS", 0, call_id="ping", branch="ping"), 0.1)
    talk.until = 60
    return talk


def answered() -> Exchange:
    talk = pinged()
    lost = Exchange()
    talk.response(486, lost.request("INVITE", 1), 1.5)
    return talk


def deaf() -> Exchange:
    talk = Exchange()
    talk.request("OPTIONS", 0, call_id="ping", branch="ping")
    talk.until = 60
    return talk


def findings(talk: Exchange, *copies: PartialDatagram) -> list[Finding]:
    return found_in(talk, trace_of(talk, partial=list(copies)), NAME)


@pytest.mark.parametrize(
    ("talk", "times", "said"),
    [
        (pinged(), (1, 1.5, 2.5), ("lost", "error", "likely")),
        (pinged(), (1,), ("lost", "warning", "likely")),
        (answered(), (1,), ("arrived", "note", "likely")),
        (deaf(), (1, 1.5), ("one-sided", "note", "inconclusive")),
    ],
)
def test_each_way_is_told_apart(talk: Exchange, times: tuple[float, ...], said: tuple[str, str, str]) -> None:
    """A receiver that reacts had it all; one that is heard and does not had not; one never heard leaves it open."""
    (finding,) = findings(talk, *(partial(at, 50 + number) for number, at in enumerate(times)))
    assert told(finding) == said


def test_the_evidence() -> None:
    """What is there of which message, and how often it was sent."""
    (finding,) = findings(pinged(), partial(1, 50), partial(1.5, 52))
    assert finding.frames == [50, 52]
    assert finding.evidence == {
        "what": START_LINE,
        "call_id": "call-1",
        "source": CALLER,
        "destination": CALLEE,
        "copies": 2,
        "received": 1480,
        "length": 0,
        "first_frame": 50,
        "over_s": 0.5,
        "reaction_frame": 0,
    }


def test_an_answer_whose_ack_came_was_received() -> None:
    """The caller acknowledges only what it got."""
    talk = pinged()
    talk.request("INVITE", 1)
    talk.request("ACK", 3, branch="ack", to_tag="callee")
    answer = HEAD.replace(START_LINE, "SIP/2.0 200 OK").encode()
    (finding,) = findings(talk, partial(2.5, source=CALLEE, destination=CALLER, payload=answer))
    assert told(finding) == ("arrived", "note", "likely")
    assert finding.evidence["reaction_frame"] == 4


@pytest.mark.parametrize("copy", [partial(payload=b"\x80" * 900), partial(payload=b""), partial(at=59.5)])
def test_a_near_miss_is_silent(copy: PartialDatagram) -> None:
    """What is no SIP, what nobody can tell, and what was still under way at the end."""
    assert findings(pinged(), copy) == []
