"""Tests of `sipdiag.rules.capture.capture_truncated`."""

from __future__ import annotations

from msgspec.structs import replace

from below import found_in, trace_of
from exchange import Exchange
from sipdiag.defect import Defect
from sipdiag.rules.capture.capture_truncated import NAME
from verdict import told


def cut(transport: str) -> Exchange:
    talk = Exchange()
    request = talk.request("OPTIONS", 0, transport=transport)
    talk.response(200, request, 0.1)
    talk.sightings[0] = replace(request, complete=False)
    return talk


def test_a_capture_that_ends_within_a_packet() -> None:
    """The packet behind the last whole one is the one that is missing."""
    talk = cut("tcp")
    trace = trace_of(talk, defects=[Defect(kind="record-cut-off", detail="9 bytes of a record", frame=3)])
    (finding,) = found_in(talk, trace, NAME)
    assert told(finding) == ("cut-off", "note", "certain")
    assert finding.frames == [3]
    assert finding.evidence["detail"] == "9 bytes of a record"


def test_messages_cut_by_the_snap_length() -> None:
    """A datagram of which only the beginning was kept, once for all of them."""
    talk = cut("udp")
    (finding,) = found_in(talk, trace_of(talk), NAME)
    assert told(finding) == ("snap-length", "note", "certain")
    assert finding.frames == [1]
    assert finding.evidence == {
        "path": "trace.pcap", "messages_cut": 1, "sip_messages": 2, "without_header_end": 0, "first_frame": 1,
    }  # fmt: skip


def test_a_stream_that_ends_within_a_message_was_not_cut() -> None:
    """The recording ended, or the connection did: no snap length is at fault."""
    talk = cut("tcp")
    assert found_in(talk, trace_of(talk), NAME) == []
