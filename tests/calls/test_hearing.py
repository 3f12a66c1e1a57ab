"""Tests of `sipdiag.calls.hearing`: when a side is to be heard, and when it was."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from described import with_body
from exchange import START
from facsimile import sent, turned
from reporting import sample
from sipdiag.analysis import conclude
from sipdiag.calls import Hearing
from sipdiag.findings import unfolded
from sipdiag.trace import read_trace
from streaming import ANSWER, HERE, OFFER, SECOND, THERE, Talk

if TYPE_CHECKING:
    from pathlib import Path


def of(talk: Talk, sender: str) -> list[Hearing]:
    scene = talk.scene()
    (call,) = scene.correlation.calls
    return [each for each in scene.hearings(call) if each.sender == sender]


def span(hearing: Hearing) -> tuple[float, float]:
    return (hearing.begin - START) / SECOND, (hearing.end - START) / SECOND


def test_it_begins_with_the_answer_and_ends_with_the_bye() -> None:
    """Both sides alike, where both may send."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 6).end(8)
    assert [span(each) for each in (*of(talk, "caller"), *of(talk, "callee"))] == [(1, 8), (1, 8)]


def test_what_an_update_changes_while_it_rings_counts_from_the_answer_on() -> None:
    """Nobody is to be heard before, nor at the address that the INVITE named."""
    talk = Talk()
    invite = with_body(talk.exchange, talk.exchange.request("INVITE", 0), OFFER)
    with_body(talk.exchange, talk.exchange.response(183, invite, 0.2), ANSWER)
    update = talk.exchange.request("UPDATE", 0.4, to_tag="callee", cseq=2, branch="update")
    update = with_body(talk.exchange, update, OFFER.replace(b"audio 4000", b"audio 4444"))
    with_body(talk.exchange, talk.exchange.response(200, update, 0.5), ANSWER)
    talk.exchange.response(200, invite, 5)
    talk.exchange.request("ACK", 5.1, branch="ack", to_tag="callee")
    moved = (HERE[0], 4_444)
    talk.say(moved, THERE, 5.1, 4).say(THERE, moved, 5.1, 4, ssrc=8).end(9)
    (hearing,) = of(talk, "callee")
    assert (span(hearing), hearing.wanted.endpoint) == ((5, 9), "192.0.2.10:4444")
    assert talk.told("media-late") == []


def test_a_hold_is_left_out() -> None:
    """For the side that is held; a refresh to the same ends changes nothing."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 12).hold(3).hold(6, "a=sendrecv", "a=sendrecv").end(13)
    assert [span(each) for each in of(talk, "callee")] == [(1, 3), (6.1, 13)]
    assert [span(each) for each in of(talk, "caller")] == [(1, 13)]


def test_first_and_last_are_those_of_what_arrives() -> None:
    """Whatever the number of streams, pauses within them, and what was heard before."""
    talk = Talk().begin().say(HERE, THERE, 0.5, 2).say(HERE, THERE, 4, 2, first=100).say(THERE, HERE, 3, 1, ssrc=8)
    (there,), (back,) = of(talk.end(9), "caller"), of(talk, "callee")
    assert there.first == there.begin
    assert there.final == START + round(5.98 * SECOND)
    assert (back.first, back.final) == (START + 3 * SECOND, START + round(3.98 * SECOND))


def test_what_goes_elsewhere_is_astray() -> None:
    """It is the sender's, and does not arrive."""
    (hearing,) = of(Talk().begin().say(THERE, ("192.0.2.10", 4_444), 1.1, 4).end(9), "callee")
    assert hearing.first is None
    assert [each.stream.destination for each in hearing.astray] == ["192.0.2.10:4444"]


def recorded(path: Path) -> tuple[bytes, list[bytes]]:
    """The header of a capture file, and its records."""
    data = path.read_bytes()
    records, at = [], 24
    while at < len(data):
        end = at + 16 + struct.unpack_from("<I", data, at + 8)[0]
        records.append(data[at:end])
        at = end
    return data[:24], records


@pytest.mark.parametrize(
    "name",
    [
        "call-with-media/held",
        "call-with-media/music-on-hold",
        "call-with-media/silence-suppressed",
        "media-codec-unexpected/silent",
        "media-one-way/silent",
        "media-stopped/silent",
    ],
)
def test_what_the_recorder_missed_is_no_fault(name: str) -> None:
    """A message that is not there may have agreed on something else; and a capture begins and ends anywhere."""
    header, records = recorded(sample(name))
    signalling = [at for at, record in enumerate(records) if b"SIP/2.0" in record]
    step = len(records) // 6
    parts = [[record for at, record in enumerate(records) if at != missing] for missing in signalling]
    parts += [records[at:] for at in range(step, len(records), step)]
    parts += [records[:at] for at in range(step, len(records), step)]
    for part in parts:
        analysis = conclude([read_trace("-", stream=io.BytesIO(header + b"".join(part)), media=True)])
        alarms = [each for each in unfolded(analysis.findings) if each.severity.value != "note"]
        assert [each.rule for each in alarms if each.rule.startswith("media-")] == []


def test_a_fax_is_heard_by_itself() -> None:
    """From the answer to the re-INVITE on, by its own streams; voice before it, by those of RTP."""
    talk = sent(turned(), HERE, THERE, 4.2, 5).change(10).say(HERE, THERE, 10.2, 3, ssrc=9).end(14)
    scene = talk.scene()
    (call,) = scene.correlation.calls
    faxes = {each.sender: each for each in scene.faxes(call)}
    assert [span(each) for each in faxes.values()] == [(4.1, 10)] * 2
    assert [each.stream.is_fax for each in faxes["caller"].arriving] == [True]
    assert (faxes["callee"].arriving, faxes["callee"].first) == ([], None)
    voices = [each for each in scene.hearings(call) if each.sender == "caller"]
    assert [span(each) for each in voices] == [(1, 4), (10.1, 14)]
    assert not any(each.stream.is_fax for voice in voices for each in voice.arriving)


def test_a_call_without_a_fax_has_no_time_for_one() -> None:
    """Nor one whose media were not looked at, or whose fax goes over TCP."""
    plain, over_tcp = Talk().begin().say(HERE, THERE, 1.1, 6).end(8), turned(offer="m=image 4000 tcp t38").end(16)
    unseen = replace(turned().end(16).scene(), streams=[])
    for scene in (plain.scene(), over_tcp.scene(), unseen):
        assert scene.faxes(scene.correlation.calls[0]) == []
