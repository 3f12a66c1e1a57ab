"""Tests of `sipdiag.cli.writing`: every format comes out whole, as UTF-8, where it was asked for."""

from __future__ import annotations

import stat
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from command import run
from reporting import sample
from sipdiag.cli.writing import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

BAD = sample("ack-missing/ack-missing")
ONE_SPELLING = {"text", "json", "jsonl", "csv", "markdown", "html", "sarif", "junit", "github"}
"""CONTRACT, options that several commands share."""


def test_formats_have_one_spelling() -> None:
    """That of the contract, with text first."""
    assert set(FORMATS) <= ONE_SPELLING
    assert next(iter(FORMATS)) == "text"


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_a_format_is_a_module_with_pieces(name: str) -> None:
    """What is offered is there."""
    assert callable(import_module(FORMATS[name]).pieces)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_what_a_pipe_gets(name: str, tmp_path: Path) -> None:
    """`-o`: the same bytes, readable by nobody else."""
    path = tmp_path / "report"
    piped, filed = run("--format", name, BAD), run("--format", name, "-o", path, BAD)
    assert (piped.code, filed.code, filed.out) == (0, 0, "")
    assert path.read_bytes().decode() == piped.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_the_locale_does_not_matter_to_programs(name: str) -> None:
    """UTF-8 where the locale is ASCII too."""
    assert run("--format", name, "--lang", "pt", BAD) == run("--format", name, "--lang", "pt", BAD, LC_ALL="C")


def test_a_format_that_is_none_is_2() -> None:
    """And the line names those that are."""
    ran = run("--format", "docx", BAD)
    assert (ran.code, ran.out) == (2, "")
    assert "jsonl" in ran.err
