"""Tests of `sipdiag.findings.damage`: what could not be read of a capture proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reporting import sample
from sipdiag.analysis import Analysis, analyze
from sipdiag.findings import Severity, unfolded
from sipdiag.findings.damage import RESTING_ON_ABSENCE
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words
from sipdiag.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = [
    "subscription-failed/renewed",
    "setup-slow/silent",
    "prack-missing/overtaken",
    "request-unanswered/silent",
    "fork-answer-abandoned/silent",
]


def damaged(folder: Path, name: str, number: int) -> Analysis:
    """A sample with the record of that number, from 0 on, overwritten."""
    data, at = bytearray(sample(name).read_bytes()), 24
    for _ in range(number):
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
    size = 16 + int.from_bytes(data[at + 8 : at + 12], "little")
    data[at : at + min(size, 40)] = b"\xff" * min(size, 40)
    path = folder / "damaged.pcap"
    path.write_bytes(data)
    return analyze([str(path)])


def graver(analysis: Analysis) -> set[tuple[str, str]]:
    """Errors and warnings but those on the damage."""
    found = unfolded(analysis.findings)
    return {(each.rule, each.variant) for each in found if each.severity is not Severity.NOTE} - {
        ("capture-damaged", "record-skipped")
    }


def size_of(name: str) -> int:
    """How many records a sample has."""
    data, at, count = sample(name).read_bytes(), 24, 0
    while at < len(data):
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        count += 1
    return count


@pytest.mark.parametrize("name", HEALTHY)
def test_a_message_that_could_not_be_read_is_no_fault_of_anybody(name: str, tmp_path: Path) -> None:
    """Whichever it is: no error or warning comes of it that the whole capture does not have."""
    whole = graver(analyze([str(sample(name))]))
    for number in range(1, size_of(name) - 1):
        assert graver(damaged(tmp_path, name, number)) <= whole, number


def test_the_damage_is_named_as_the_reason(tmp_path: Path) -> None:
    """A response whose request may have been in it, in both languages."""
    analysis = damaged(tmp_path, "ack-missing/silent", 6)
    (finding,) = (each for each in unfolded(analysis.findings) if each.evidence.get("damaged_frame"))
    assert (finding.severity.value, finding.confidence.value) == ("note", "inconclusive")
    frame = finding.evidence["damaged_frame"]
    assert f"Before frame {frame} a part of the capture could not be read" in Words(Catalogue("en")).message(finding)
    assert f"Antes do quadro {frame}, uma parte da captura" in Words(Catalogue("pt")).message(finding)


def test_every_rule_that_is_weakened_is_on_something_in_one_call() -> None:
    """Those on all traffic together do not hang on one message."""
    assert set(RULES.names) >= RESTING_ON_ABSENCE
    assert RESTING_ON_ABSENCE.isdisjoint(rule.NAME for rule in RULES.wholes)
