"""Tests of `sipdiag.report.ladder_mermaid`: a sequence diagram of which packets write the words only.

The grammar below is the part of Mermaid's that the diagrams use, held strictly: a line is one statement, and its text
has no character that begins anything else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from captured import capture_of_payloads
from reporting import SAMPLES, analysis_of, analysis_of_bytes, check_golden, relative_analysis, words
from sipdiag.report.ladder_mermaid import pieces
from sipdiag.report.ladder_sheet import Sheet, sheets_of

if TYPE_CHECKING:
    from pathlib import Path

TEXT = r"(?:[\w .,:()/@+→×·-]|#\d+;)+"
STATEMENTS = re.compile(
    rf"    (?:title {TEXT}|participant L\d+ as {TEXT}|L\d+(?:-?->>|-\))L\d+: {TEXT}|Note over L\d+(?:,L\d+)?: {TEXT})"
)
ATTACKS = [
    "end", "a;b", "a#59;b", "%%{init: {'theme':'dark'}}%%", "%% x", "a\\nb", "<script>alert(1)</script>", "<br/>",
    "L0->>L1: x", "$$x$$", '"', "a:b", "{}", "#", ";", "loop", "as", "wrap:x", "[[x]]", "`", "\u2028", "\ufffe", "é→日",
]  # fmt: skip


def diagram(sheet: Sheet, language: str = "en") -> str:
    return "".join(pieces([sheet], words(language)))


def held(told: str, sheet: Sheet) -> None:
    """That `told` is a diagram with just these lanes and arrows."""
    first, *lines = told.splitlines()
    assert first == "sequenceDiagram"
    assert [line for line in lines if not STATEMENTS.fullmatch(line)] == []
    assert sum(line.startswith("    participant ") for line in lines) == len(sheet.ladder.lanes)
    arrows = [line for line in lines if re.match(r"    L\d+-", line)]
    assert len(arrows) == len(sheet.ladder.arrows)
    assert ["-)" in line for line in arrows] == [arrow.media for arrow in sheet.ladder.arrows]


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_diagram_is_the_golden_one(language: str) -> None:
    """A call whose ACK never came."""
    (sheet,) = sheets_of(relative_analysis("ack-missing/ack-missing"), words(language))
    check_golden(f"ack-missing.{language}.mmd", diagram(sheet, language))


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_ladder_is_a_diagram(capture: Path) -> None:
    """One participant a lane, one message an arrow, one note a finding that marks one."""
    for sheet in sheets_of(analysis_of(capture), words()):
        told = diagram(sheet)
        held(told, sheet)
        marked = {number for arrow in sheet.ladder.arrows for number in arrow.findings}
        assert told.count("    Note over ") == len(marked)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_packet_cannot_write_syntax(attack: str) -> None:
    """Whatever stands in its URIs, its reason phrase and its Call-ID; and a reader gets all of it back."""
    invite = (
        "INVITE sip:{a} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\nFrom: <sip:{a}>;tag=1\r\n"
        "To: <sip:{a}>\r\nCall-ID: {a}\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    refusal = (
        "SIP/2.0 403 {a}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\nFrom: <sip:{a}>;tag=1\r\n"
        "To: <sip:{a}>;tag=2\r\nCall-ID: {a}\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    analysis = analysis_of_bytes(
        capture_of_payloads([each.replace("{a}", attack).encode() for each in (invite, refusal)])
    )
    for sheet in sheets_of(analysis, words()):
        told = diagram(sheet)
        held(told, sheet)
        read = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), told)
        for arrow in sheet.ladder.arrows:
            assert arrow.label in read
        assert sheet.title in read
