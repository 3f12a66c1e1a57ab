"""Tests of `sipdiag.rules.capture.capture_damaged`."""

from __future__ import annotations

import pytest

from below import found_in, trace_of
from exchange import START, Exchange
from sipdiag.defect import Defect
from sipdiag.rules.capture.capture_damaged import NAME
from verdict import told


def talked() -> Exchange:
    talk = Exchange()
    talk.answered_call()
    return talk


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("record-damaged", "warning"),
        ("link-type-unknown", "note"),
        ("stream-gap", "note"),
        ("limit-reached", "warning"),
        ("messages-too-many", "warning"),
    ],
)
def test_each_kind_of_damage_is_told_once(kind: str, severity: str) -> None:
    """However often it happened: a place where reading ended is worse than a gap."""
    talk = talked()
    trace = trace_of(talk, defects=[Defect(kind=kind, detail="here", frame=frame) for frame in (3, 4)])
    (finding,) = found_in(talk, trace, NAME)
    assert told(finding) == (kind, severity, "certain")
    assert finding.frames == [3, 4]
    assert finding.time == talk.sightings[2].time
    assert finding.call_id is None
    assert finding.evidence == {
        "path": "trace.pcap", "places": 2, "first_frame": 3, "detail": "here", "sip_messages": 4,
    }  # fmt: skip


def test_a_capture_that_could_not_be_decoded_at_all_is_a_warning() -> None:
    """No SIP was found, and nobody knows whether it was there."""
    trace = trace_of(defects=[Defect(kind="link-type-unknown", detail="LINKTYPE 147, 9 packets", frame=1)])
    (finding,) = found_in(talked(), trace, NAME)
    assert told(finding) == ("link-type-unknown", "warning", "certain")
    assert finding.time == START


@pytest.mark.parametrize("kind", ["record-cut-off", "fragment-lost", "stream-not-sip"])
def test_other_defects_are_the_matter_of_other_rules(kind: str) -> None:
    """A cut-off end loses one packet, and is said elsewhere."""
    talk = talked()
    assert found_in(talk, trace_of(talk, defects=[Defect(kind=kind, frame=1)]), NAME) == []


def test_what_a_compressed_capture_loses_is_told_where_its_packets_end() -> None:
    """Compressed bytes have no frames: what comes behind the last packet is missing."""
    talk = talked()
    damaged = Defect(kind="compression-damaged", detail="gzip: here")
    (finding,) = found_in(talk, trace_of(talk, defects=[damaged]), NAME)
    assert told(finding) == ("record-damaged", "warning", "certain")
    assert finding.evidence["first_frame"] == trace_of(talk).facts.packets + 1
    (finding,) = found_in(talk, trace_of(talk, defects=[Defect(kind="decompression-limit", detail="x")]), NAME)
    assert told(finding) == ("limit-reached", "warning", "certain")
