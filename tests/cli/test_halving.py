"""Tests of `sipdiag.cli.halving`: a report written by two processes is the one that one writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from sipdiag.cli import halving, main
from sipdiag.engine import halves

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
REFUSED = str(SAMPLES / "call-failed" / "call-failed.pcap")
CONNECTED = str(SAMPLES / "tcp-reset" / "tcp-reset.pcap")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, bool]]:
    """What a command line gives, and whether two processes wrote it."""

    def run(*words: str, two: bool) -> tuple[int, str, bool]:
        wrote: list[object] = []
        with (
            patch.object(halving, "SMALLEST", 0 if two else 2**60),
            patch.object(halves, "is_worth_sharing", lambda _: two),
            patch.object(halving, "write_parts", lambda *given, **named: wrote.append(1) or write(*given, **named)),
        ):
            code = main(["analyze", *words])
        return code, capsys.readouterr().out, bool(wrote)

    write = halving.write_parts
    return run


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "json"),
        ("--format", "jsonl", "--lang", "pt"),
        ("--format", "csv"),
        ("--format", "csv", "--table", "findings"),
        ("--format", "json", "--no-media", "--no-guess", "--fail-on", "error"),
    ],
)
def test_two_processes_write_the_same(words: tuple[str, ...], told: Callable[..., tuple[int, str, bool]]) -> None:
    """In each format made of rows, with the same exit code."""
    code, text, wrote = told(*words, REFUSED, two=True)
    assert wrote
    assert (code, text) == told(*words, REFUSED, two=False)[:2]


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "text", REFUSED),
        ("--format", "json", "--code", "4xx", REFUSED),
        ("--format", "json", REFUSED, CONNECTED),
        ("--format", "json", CONNECTED),
    ],
)
def test_what_needs_all_messages_at_once_is_left_to_one(
    words: tuple[str, ...], told: Callable[..., tuple[int, str, bool]]
) -> None:
    """Other formats, a part of the report, several captures, and connections."""
    code, text, wrote = told(*words, two=True)
    assert not wrote
    assert (code, text) == told(*words, two=False)[:2]


def test_a_folder_of_tables_is_left_to_one(tmp_path: Path, told: Callable[..., tuple[int, str, bool]]) -> None:
    """Each table is a document of its own."""
    code, _, wrote = told("--format", "csv", "-o", f"{tmp_path}/", REFUSED, two=True)
    assert (code, wrote) == (0, False)
    assert len(list(tmp_path.iterdir())) > 1


def test_a_report_never_takes_the_place_of_its_capture(
    tmp_path: Path, told: Callable[..., tuple[int, str, bool]]
) -> None:
    """Two processes spare it as one does."""
    capture = tmp_path / "trace.pcap"
    capture.write_bytes(Path(REFUSED).read_bytes())
    assert told("--format", "json", "-o", str(capture), str(capture), two=True)[0] == 2
    assert capture.read_bytes() == Path(REFUSED).read_bytes()
