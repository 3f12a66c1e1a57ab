"""What was found is found again whatever the recorder did that changes nothing: packets seen twice, or by two."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lenses import each_twice, two_recorders
from reporting import SAMPLES
from sipdiag.analysis import conclude, read
from sipdiag.findings import Severity, unfolded
from sipdiag.trace import Trace, aligned

ABOVE_SIP = {"capture", "fragment", "identity", "media", "tcp", "tls"}
"""First words of samples whose findings do not rest on SIP messages alone, of which only these are recorded twice."""
SIGNALLING = [path for path in SAMPLES if path.parent.name.partition("-")[0] not in ABOVE_SIP]
OTHERWISE = {
    "prack-missing/sent-elsewhere": "a packet that only the host between saw, whose clock nothing ties to the others'",
}
"""Samples of which two recorders with clocks of their own tell otherwise, and why."""


def kinds(traces: list[Trace]) -> Counter[tuple[str, str, str]]:
    """How often each finding is told: rule, variant and severity."""
    found = unfolded(conclude(aligned(traces)).findings)
    return Counter((each.rule, each.variant, each.severity.value) for each in found)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SIGNALLING, ids=named)
def test_packets_recorded_twice_change_nothing(path: Path) -> None:
    """A mirror port, or a recorder on every interface."""
    trace = read(str(path), media=False)
    if any(seen.transport != "udp" for seen in trace.sightings):
        return  # TCP's own sequence numbers see to it
    for way, traces in each_twice(trace):
        assert kinds(traces) == kinds([trace]), way


@pytest.mark.parametrize("path", SIGNALLING, ids=named)
def test_recorders_at_each_host_find_nothing_more(path: Path) -> None:
    """However far their clocks are apart: no error or warning that one recorder with one clock would not have told."""
    trace = read(str(path), media=False)
    if len(trace.sightings) < 4 or named(path) in OTHERWISE:
        return
    whole = {rule for rule, _, severity in kinds([trace]) if severity != Severity.NOTE.value}
    for way, traces in two_recorders(trace):
        told = {rule for rule, _, severity in kinds(traces) if severity != Severity.NOTE.value}
        assert told <= whole, way


def test_exceptions_are_needed() -> None:
    """Each names a sample that is there, and that tells otherwise."""
    for name in OTHERWISE:
        trace = read(str(next(path for path in SIGNALLING if named(path) == name)), media=False)
        whole = kinds([trace])
        assert any(kinds(traces) - whole for _, traces in two_recorders(trace))
