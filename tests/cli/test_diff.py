"""Tests of `sipdiag diff`: run as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from captured import capture_of_payloads
from command import run
from reporting import sample

GOOD = sample("call-answered/call-answered")
BUSY = sample("call-busy/call-busy")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([GOOD, GOOD], 0),
        ([GOOD, BUSY], 1),
        ([GOOD], 2),
        ([], 2),
        ([GOOD, BUSY, GOOD], 2),
        (["-", "-"], 2),
        ([GOOD, "missing.pcap"], 3),
        (["missing.pcap", GOOD], 3),
        ([GOOD, BUSY, "--tolerance", "-1"], 2),
        ([GOOD, BUSY, "--tolerance", "x"], 2),
    ],
)
def test_the_exit_code_is_the_result(arguments: list[str | Path], code: int, tmp_path: Path) -> None:
    """0 nothing changed, 1 something did, 2 a mistake, 3 an input that cannot be read."""
    ran = run("diff", *arguments, cwd=tmp_path)
    assert ran.code == code
    assert "UserWarning" not in ran.err


def test_without_sip_nothing_is_compared(tmp_path: Path) -> None:
    """That two captures hold nothing makes them no two good recordings."""
    path = tmp_path / "rtp.pcap"
    path.write_bytes(capture_of_payloads([b"\x80\x00" + bytes(170)]))
    assert run("diff", path, path).code == 4
    assert run("diff", path, GOOD).code == 1


def test_one_of_them_may_come_from_standard_input() -> None:
    """The other from a file."""
    assert run("diff", "-", GOOD, stdin=GOOD.read_bytes()).code == 0


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_every_format_goes_to_a_file_too(format_: str, tmp_path: Path) -> None:
    """The same as to a pipe."""
    path = tmp_path / "out"
    piped = run("diff", GOOD, BUSY, "--format", format_)
    assert run("diff", GOOD, BUSY, "--format", format_, "-o", path).out == ""
    assert path.read_text(encoding="utf-8") == piped.out
    assert "486" in piped.out


def test_it_speaks_portuguese() -> None:
    """By `--lang`."""
    assert "resultado: atendida → malsucedida" in run("diff", GOOD, BUSY, "--lang", "pt").out


def test_schema_and_help() -> None:
    """Without captures; the help shows an example."""
    assert json.loads(run("diff", "--schema").out)["title"] == "sipdiag-diff/1"
    assert "sipdiag diff good.pcap bad.pcap" in run("diff", "--help", COLUMNS="120").out


def test_encrypted_recordings_take_keys() -> None:
    """The options that say who finds the SIP, and with which secrets, as other commands have them."""
    ran = run("diff", GOOD, GOOD, "--keylog", "nowhere.log")
    assert ran.code == run(GOOD, "--keylog", "nowhere.log").code == 2
    assert "nowhere.log" in ran.err
