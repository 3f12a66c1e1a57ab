"""Tests of `sipdiag.cli.writing`: every format comes out whole, as UTF-8, where it was asked for."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from command import argv, environment, run
from reporting import sample
from sipdiag.cli.writing import FORMATS, TABLES

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


def test_a_folder_gets_every_table(tmp_path: Path) -> None:
    """`-o DIR/` makes the folder, and in it one file a table; `--table` chooses one."""
    ran = run("--format", "csv", "-o", f"{tmp_path}/new/", BAD)
    assert (ran.code, ran.out) == (0, "")
    assert sorted(path.stem for path in (tmp_path / "new").iterdir()) == sorted(TABLES)
    for name in TABLES:
        assert (tmp_path / "new" / f"{name}.csv").read_bytes().decode() == run(
            "--format", "csv", "--table", name, BAD
        ).out
    run("--format", "csv", "--table", "findings", "-o", tmp_path, BAD)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["findings.csv"]


def test_a_table_of_another_format_is_2() -> None:
    """Only CSV is made of tables."""
    assert run("--format", "json", "--table", "calls", BAD).code == 2


def test_a_closed_pipe_ends_quietly() -> None:
    """`| head` of every format."""
    for name in FORMATS:
        done = subprocess.run(
            ["bash", "-c", f"{shlex.join(argv('--format', name, BAD))} | head -n 1"],
            capture_output=True,
            check=True,
            env=environment(),
        )
        assert done.stderr == b""
        assert done.stdout.count(b"\n") == 1


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    """No file takes the place of /dev/null, /dev/stdout or a pipe: they are written to."""
    before = Path("/dev/null").stat().st_mode
    assert run("--format", "json", "-o", "/dev/null", BAD).code == 0
    assert Path("/dev/null").stat().st_mode == before
    assert run("--format", "json", "-o", "/dev/stdout", BAD).out == run("--format", "json", BAD).out
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    assert run("--format", "json", "-o", pipe, BAD).code == 0
    assert reader.communicate(timeout=30)[0].decode() == run("--format", "json", BAD).out
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    "words",
    [
        ("analyze",),
        ("analyze", "--format", "html"),
        ("check",),
        ("ladder",),
        ("compare", "200", "403"),
        ("diff", str(BAD)),
    ],
    ids=lambda words: " ".join(words[:1]),
)
def test_no_report_takes_the_place_of_a_capture_that_was_read(words: tuple[str, ...], tmp_path: Path) -> None:
    """Under its own name and under another; what was recorded cannot be recorded again."""
    capture, other = tmp_path / "trace.pcap", tmp_path / "other.pcap"
    capture.write_bytes(Path(BAD).read_bytes())
    other.hardlink_to(capture)
    for output in (capture, other):
        ran = run(*words, capture, "-o", output)
        assert (ran.code, ran.out) == (2, "")
        assert "one of the captures" in ran.err
        assert output.read_bytes() == Path(BAD).read_bytes()
