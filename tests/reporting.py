"""What the report says of captures: as text of any width, and as the JSON document."""

from __future__ import annotations

import io
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rich.console import Console

from sipdiag.analysis import Analysis, analyze, conclude
from sipdiag.knowledge import Catalogue
from sipdiag.report.rows import document_of
from sipdiag.report.terminal import print_report
from sipdiag.report.words import Words
from sipdiag.trace import read_trace

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "samples").glob("*/*.pcap"))
AAA = ROOT.parent / "shared" / "captures" / "wireshark-aaa.pcap"
GOLDEN = ROOT / "tests" / "report" / "golden"


def sample(name: str) -> Path:
    """The capture `folder/file` of the samples."""
    return ROOT / "samples" / f"{name}.pcap"


@cache
def analysis_of(path: Path) -> Analysis:
    """The analysis of one capture; the test is skipped where a reference capture is missing."""
    if path == AAA and not path.exists():
        pytest.skip("the reference captures of ../shared are not here")
    return analyze([str(path)])


def analysis_of_bytes(data: bytes) -> Analysis:
    """The analysis of a capture in memory."""
    return conclude([read_trace("-", stream=io.BytesIO(data))])


@cache
def words(language: str = "en") -> Words:
    """The words of one language."""
    return Words(Catalogue(language))


def document(analysis: Analysis, language: str = "en") -> dict[str, Any]:
    """The JSON document as a reader has it."""
    told: dict[str, Any] = json.loads(msgspec.json.encode(document_of(analysis, words(language))))
    return told


def text(
    analysis: Analysis,
    *,
    width: int = 80,
    language: str = "en",
    detail: str = "normal",
    console: Mapping[str, Any] | None = None,
    encoding: str = "utf-8",
) -> str:
    """The text report as a file or pipe gets it."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict" if encoding == "utf-8" else "replace", newline="")
    plain = {"highlight": False, "emoji": False, "markup": False, **(console or {})}
    print_report(analysis, words(language), Console(file=stream, width=width, **plain), detail=detail)
    stream.flush()
    return raw.getvalue().decode(encoding)


def check_golden(name: str, told: str) -> None:
    """What a report says is, word for word, the golden file; `SIPDIAG_GOLDEN=write pytest tests` writes it anew."""
    path = GOLDEN / name
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_bytes(told.encode())
    assert told == path.read_bytes().decode()


@cache
def relative_analysis(name: str) -> Analysis:
    """The analysis of the sample `folder/file` under a path that is the same on every machine."""
    path = sample(name)
    analysis = analyze([str(path)])
    facts = [msgspec.structs.replace(each, path=str(path.relative_to(ROOT))) for each in analysis.captures]
    return msgspec.structs.replace(analysis, captures=facts)
