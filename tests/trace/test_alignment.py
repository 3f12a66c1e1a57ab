"""Tests of `sipdiag.trace.alignment`: recorders whose clocks differ."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exchange import SECOND, Exchange, ladder
from sipdiag.trace import CaptureFacts, Trace, aligned
from sipdiag.transport import Connection, Handshake

WAY = SECOND // 50
"""How long a packet is on its way."""


def captured(talk: Exchange, number: int, *, ahead: float = 0.0, at: str = "", **parts: list[object]) -> Trace:
    """What a recorder saw whose clock is ahead; at a host, what comes from elsewhere has been on its way."""
    seen = [
        replace(
            each,
            capture=number,
            time=each.time + round(ahead * SECOND) + (0 if not at or each.source.startswith(at) else WAY),
        )
        for each in talk.sightings
    ]
    facts = CaptureFacts(
        path=f"{number}.pcap",
        format="pcap",
        link_types=[1],
        packets=len(seen),
        bytes=1,
        first_time=seen[0].time,
        last_time=seen[-1].time,
        sip_messages=len(seen),
        defects=[],
    )
    return Trace(facts=facts, sightings=seen, connections=parts.pop("connections", []), **parts)  # type: ignore[arg-type]


def call() -> Exchange:
    talk = Exchange()
    talk.answered_call()
    talk.response(200, talk.request("BYE", 9, branch="bye", cseq=2, to_tag="callee"), 9.1)
    return talk


@pytest.mark.parametrize("ahead", [-4000.0, -3.0, 0.4, 90.0])
def test_what_both_saw_tells_how_far_the_clocks_are_apart(ahead: float) -> None:
    """To the middle of both ways; the later to begin is corrected, and says so."""
    talk = call()
    traces = [captured(talk, 0, at="192.0.2.10"), captured(talk, 1, ahead=ahead, at="203.0.113.20")]
    one, other = aligned(traces)
    assert all(abs(a.time - b.time) == WAY for a, b in zip(one.sightings, other.sightings, strict=True))
    corrected = one if ahead < 0 else other
    (defect,) = corrected.facts.defects
    word = f"{abs(ahead):.3f} s ahead of {0 if ahead > 0 else 1}.pcap"
    assert (defect.kind, word in defect.detail) == ("clock-offset", True)


def test_everything_that_bears_a_time_is_corrected() -> None:
    """Connections, handshakes and the capture's own span too; what has none stays none."""
    talk = call()
    start = talk.sightings[0].time + 5 * SECOND
    connection = Connection(number=1, client="a:1", server="b:2", syn_time=start, reset_time=None)
    shake = Handshake(connection=1, client="a:1", server="b:2", time=start, hello_frame=1, last_time=start)
    late = captured(talk, 1, ahead=5, connections=[connection], handshakes=[shake])
    _, other = aligned([captured(talk, 0), late])
    assert (other.connections[0].syn_time, other.connections[0].reset_time) == (talk.sightings[0].time, None)
    assert (other.handshakes[0].time, other.handshakes[0].last_time) == (talk.sightings[0].time, talk.sightings[0].time)
    assert other.facts.first_time == talk.sightings[0].time


def test_clocks_that_agree_are_left_alone() -> None:
    """Within what a network takes anyway."""
    talk = call()
    traces = [captured(talk, 0), captured(talk, 1, ahead=0.015)]
    assert aligned(traces) == traces
    assert aligned(traces[:1]) == traces[:1]


def test_a_rotated_recording_is_no_second_recorder() -> None:
    """What was sent again in the second file was sent again, also where nothing numbers the packets."""
    first, second = call(), Exchange()
    for number in range(6):
        talk = first if number < 3 else second
        for each in range(4):
            name = f"{number}-{each}"
            ping = talk.request("OPTIONS", 20 + number, call_id=name, branch=name)
            if talk is first and number == 2:
                second.again(ping, 20.5 + number)
    traces = [captured(first, 0), captured(second, 1)]
    assert aligned(traces) == traces


def test_repeats_that_do_not_agree_say_nothing() -> None:
    """A whole ladder in either capture, at differing times."""
    one, other = Exchange(), Exchange()
    for number in range(5):
        ping = one.request("OPTIONS", number, call_id=f"{number}", branch=f"{number}")
        other.again(ping, number + ladder(0)[number])
    traces = [captured(one, 0), captured(other, 1)]
    assert aligned(traces) == traces


def test_other_traffic_says_nothing() -> None:
    """Captures that share no packet keep their times, and so does one without SIP."""
    talk, elsewhere = call(), Exchange()
    for number in range(6):
        elsewhere.request("OPTIONS", number, call_id=f"else-{number}", branch=f"else-{number}")
    empty = replace(captured(talk, 2), sightings=[])
    traces = [captured(talk, 0), captured(elsewhere, 1, ahead=7), empty]
    assert aligned(traces) == traces
