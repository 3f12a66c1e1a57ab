"""No error and no warning on what went well, whatever the recorder made of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

import healthy_refusals
from healthy_stories import STORIES, recorded
from lenses import LENSES
from sipdiag.analysis import Trace, conclude, read
from sipdiag.findings import Severity, unfolded
from sipdiag.trace import aligned

LOST = ("one-lost", "two-lost")
assert healthy_refusals.STORIES is STORIES, "both modules list their stories in one table"
EXCUSED: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("call-failed", "failed"): (
        ("ended-early", "one-side", "one-host"),
        "what was refused was refused, as far as anybody sees who is not there when the next server is tried",
    ),
    ("setup-slow", "slow"): (LOST, "the only sign that it rang was lost: nothing else tells ringing from waiting"),
    ("nonce-stale", "recovered"): (LOST, "the REGISTER with the new nonce was lost together with its answer"),
    ("reinvite-rejected", "challenged"): (LOST, "the next try was lost together with its answer"),
    ("subscription-failed", "refused"): (
        (*LOST, "ended-early", "one-side"),
        "that the phone uses other events instead is seen only where they are granted",
    ),
    ("request-unanswered", "silent"): (LOST, "over TCP nothing is repeated, and a gap is a defect of its own"),
    ("ack-missing", "silent"): (LOST, "over TCP nothing is repeated, and a recorder's gap is a defect of its own"),
}
"""Rule and variant → the lenses through which a warning is right, and why."""


@cache
def trace(name: str) -> Trace:
    """One story as it is recorded."""
    return read(str(recorded(Path(mkdtemp()) / f"{name}.pcap", STORIES[name])))


def alarms(name: str, lens: str) -> list[str]:
    """What would be wrong to say, each with where."""
    said = []
    for way, traces in LENSES[lens](trace(name)):
        for each in unfolded(conclude(aligned(traces)).findings):
            excused = lens in EXCUSED.get((each.rule, each.variant), ((), ""))[0]
            if each.severity is not Severity.NOTE and not excused:
                said.append(f"{way}: {each.severity.value} {each.rule}/{each.variant} {each.frames}")
    return said


@pytest.mark.parametrize("lens", sorted(LENSES))
@pytest.mark.parametrize("name", sorted(STORIES))
def test_what_went_well_raises_no_alarm(name: str, lens: str) -> None:
    """A finding that only asks for a better capture is a note."""
    assert alarms(name, lens) == []


@pytest.mark.parametrize("name", ["over-tcp", "reconnected-over-tcp"])
def test_a_lost_segment_raises_no_alarm(name: str, tmp_path: Path) -> None:
    """Whichever segment the recorder missed, the stream has a gap, and nobody knows what stood there."""
    path = recorded(tmp_path / "whole.pcap", STORIES[name])
    data = path.read_bytes()
    packets = records(data)
    for lost in range(len(packets)):
        path.write_bytes(data[:24] + b"".join(packets[:lost] + packets[lost + 1 :]))
        told = [each for each in unfolded(conclude([read(str(path))]).findings) if each.severity is not Severity.NOTE]
        assert told == [], f"without packet {lost + 1}"


def records(data: bytes) -> list[bytes]:
    """The packets of a capture, each with its head."""
    packets, at = [], 24
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        packets.append(data[at : at + 16 + length])
        at += 16 + length
    return packets


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_story_is_told_in_full(name: str) -> None:
    """Every message is read and tied to its answer: a story that is not seen proves nothing."""
    seen = conclude([trace(name)]).correlation
    assert len(seen.arrivals) >= 4
    assert all(each.responses for each in seen.transactions if each.method != "ACK")


@pytest.mark.parametrize("kind", sorted(EXCUSED))
def test_an_excuse_is_needed(kind: tuple[str, str]) -> None:
    """One that no story needs any more hides something new."""
    lenses, reason = EXCUSED[kind]
    assert reason
    assert any(
        (each.rule, each.variant) == kind and each.severity is not Severity.NOTE
        for name in STORIES
        for lens in lenses
        for _, traces in LENSES[lens](trace(name))
        for each in unfolded(conclude(aligned(traces)).findings)
    )
