"""Tests of `sipdiag ladder`: one call, drawn as asked for, where it was asked for."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from command import run
from reporting import sample
from sipdiag.cli.ladder import ENDINGS, FORMATS

if TYPE_CHECKING:
    from pathlib import Path

ONE = sample("ack-missing/ack-missing")
SEVERAL = sample("extension-scan/extension-scan")


def test_text_is_the_default() -> None:
    """Eighty columns in a pipe, more where COLUMNS says so."""
    ran = run("ladder", ONE)
    assert (ran.code, ran.err) == (0, "")
    assert "│─ INVITE (SDP) ─" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert max(map(len, run("ladder", ONE, COLUMNS="120").out.splitlines())) > 80
    assert ran == run("ladder", ONE, "--call", "1", "--format", "text")


def test_a_call_is_named_by_number_or_call_id() -> None:
    """Or by a part of its Call-ID."""
    for name in ("1", "442e227af5@192.0.2.10", "442e"):
        assert run("ladder", ONE, "--call", name).out == run("ladder", ONE).out


def test_a_call_that_is_not_there_is_2() -> None:
    """One line, no drawing."""
    ran = run("ladder", ONE, "--call", "nobody", "--lang", "pt")
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1


def test_a_picture_is_of_one_call() -> None:
    """Several are 2, with their names; text draws them all."""
    for name in ("svg", "mermaid"):
        ran = run("ladder", SEVERAL, "--format", name)
        assert (ran.code, ran.out) == (2, "")
        assert "--call" in ran.err
        assert "Call-ID" in ran.err
    assert run("ladder", SEVERAL).out.count("Call-ID") > 1


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_gets_every_ladder(name: str, tmp_path: Path) -> None:
    """One file each, numbered: nothing that a packet says is part of a name."""
    ran = run("ladder", SEVERAL, "--format", name, "-o", f"{tmp_path}/ladders/")
    assert (ran.code, ran.out) == (0, "")
    files = sorted((tmp_path / "ladders").iterdir())
    assert len(files) > 1
    assert {path.suffix for path in files} == {f".{ENDINGS[name]}"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_svg_is_well_formed_and_mermaid_is_text() -> None:
    """To standard output too, whatever the locale."""
    svg = run("ladder", ONE, "--format", "svg", LC_ALL="C")
    assert ET.fromstring(svg.out).tag.endswith("svg")  # noqa: S314  (our own)
    assert run("ladder", ONE, "--format", "mermaid").out.startswith("sequenceDiagram\n")


def test_what_is_no_capture_is_3(tmp_path: Path) -> None:
    """And the other captures are drawn all the same."""
    (tmp_path / "empty").touch()
    assert run("ladder", tmp_path / "empty").code == 3
    ran = run("ladder", tmp_path / "empty", ONE)
    assert ran.code == 3
    assert "INVITE" in ran.out


def test_a_terminal_without_arrows_gets_ascii() -> None:
    """Where the locale has no box drawing."""
    ran = run("ladder", ONE, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert "|- INVITE (SDP) -" in ran.out


def test_settings_hold_here_too(tmp_path: Path) -> None:
    """A language, and a finding that a project does not want to see."""
    (tmp_path / "sipdiag.toml").write_text('lang = "pt"\nignore = ["ack-missing"]\n')
    ran = run("ladder", ONE, cwd=tmp_path)
    assert ran.out.startswith("Chamada 1")
    assert "ack-missing" not in ran.out


def test_media_can_be_left_out() -> None:
    """`--no-media`: the messages alone."""
    capture = sample("call-with-media/call-with-media")
    assert "RTP" in run("ladder", capture).out
    assert "RTP" not in run("ladder", capture, "--no-media").out


def test_calls_to_choose_from_stand_one_a_line() -> None:
    """Each short enough to read."""
    ran = run("ladder", SEVERAL, "--format", "svg")
    first, *named = ran.err.splitlines()
    assert "--call" in first
    assert len(named) > 1
    assert all(line.startswith("  ") and len(line) < 160 for line in named)
    assert "\\x0a" not in ran.err
