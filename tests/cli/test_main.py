"""Tests of `sipdiag.cli`: what every command promises: exit codes, quiet pipes, no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command import argv, environment, run
from reporting import sample
from sipdiag import __version__

GOOD = sample("call-answered/call-answered")
COMMANDS = ["analyze", "explain", "compare", "codes", "rules"]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], *([command, "--help"] for command in COMMANDS)])
def test_help_is_no_error(arguments: list[str]) -> None:
    """On standard output, with exit code 0; also when nothing at all was asked for."""
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "Usage" in ran.out


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["explan", "403"], "explain"), (["aduit", "."], "audit"), (["-q", "explan"], None), (["trace.pcap"], None)],
)
def test_a_mistyped_command_is_told(words: list[str], meant: str | None) -> None:
    """A first word that is no capture and nearly a command names that command; exit code 3 stays."""
    ran = run(*words)
    assert ran.code == 3
    assert ("did you mean" in ran.err) == (meant is not None)
    assert meant is None or f"'sipdiag {meant}'" in ran.err


def test_the_version_is_that_of_the_package() -> None:
    """`sipdiag --version`."""
    assert run("--version").out.split() == ["sipdiag,", "version", __version__]


def test_the_module_is_the_command() -> None:
    """`python -m sipdiag` does and gives the same."""
    ran = subprocess.run(
        [sys.executable, "-m", "sipdiag", str(GOOD)], capture_output=True, text=True, check=False, env=environment()
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, run(GOOD).out, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["analyze"],
        ["analyze", "--no-such-option", str(GOOD)],
        ["analyze", "--format", "docx", str(GOOD)],
        ["analyze", "--fail-on", "everything", str(GOOD)],
        ["analyze", "--color", "blue", str(GOOD)],
        ["analyze", "--lang", "tlh", str(GOOD)],
        ["analyze", "--code", "9xx", str(GOOD)],
        ["analyze", "--after", "soon", str(GOOD)],
        ["analyze", "--select", "no-such-rule", str(GOOD)],
        ["analyze", "--ignore", "ack-mising", str(GOOD)],
        ["analyze", "--output"],
        ["analyze", "-o", "/no/such/folder/report.txt", str(GOOD)],
        ["analyze", "-", "-"],
        ["explain"],
    ],
)
def test_a_wrong_command_line_is_2(arguments: list[str]) -> None:
    """With a word about it on standard error, and nothing on standard output."""
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err.strip()
    assert ran.out == ""


def test_a_closed_pipe_is_quiet() -> None:
    """`sipdiag ... | head -1`: exit code 0, nothing on standard error, however much was still to say."""
    big = [str(sample("ack-missing/ack-missing"))] * 20
    for options in ([], ["--format", "json"]):
        writer = subprocess.Popen(
            argv(*options, "-v", *big), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        )
        assert writer.stdout is not None
        assert writer.stdout.readline()
        writer.stdout.close()
        assert writer.stderr is not None
        assert (writer.stderr.read(), writer.wait(timeout=60)) == (b"", 0)
        writer.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_is_130(tmp_path: Path) -> None:
    """As shells report it, without a word."""
    pipe = tmp_path / "capture"
    os.mkfifo(pipe)
    # A shell starts what it puts in the background with SIGINT ignored, and a child inherits that from this process.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(argv(pipe), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    finally:
        signal.signal(signal.SIGINT, before)
    # Opening the pipe for writing succeeds once the command reads it.
    with pipe.open("wb"):
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


def test_a_failure_to_write_is_told() -> None:
    """A full disk: one line and an exit code, no traceback."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(argv(GOOD), stdout=full, stderr=subprocess.PIPE, check=False, env=environment())
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"sipdiag: cannot write the report: ")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_run_has_one_thread() -> None:
    """NumPy's linear algebra is not used, so its threads, one a core, are not started: a small capture is quick."""
    program = "import os, sys; from sipdiag.cli import main; main(); print(len(os.listdir('/proc/self/task')))"
    command = [sys.executable, "-c", program, str(GOOD)]
    surroundings = {name: value for name, value in environment().items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings)
    assert done.stdout.splitlines()[-1] == "1"
