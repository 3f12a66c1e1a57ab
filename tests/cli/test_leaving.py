"""Tests of `sipdiag.cli.leaving` and of how the console script ends: nothing is lost by ending at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reporting import ROOT
from sipdiag.cli import console, main
from sipdiag.cli.leaving import leave

SAMPLE = ROOT / "samples" / "ack-missing" / "ack-missing.pcap"


def run(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """The console script in a process of its own, with what is done `before`."""
    program = f"import sys\n{before}\nfrom sipdiag.cli import console\nconsole()"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["-q", str(SAMPLE)], 0),
        (["-q", "--fail-on", "error", str(SAMPLE)], 1),
        (["--no-such-option"], 2),
        (["no-such-file.pcap"], 3),
        (["explain", "403"], 0),
    ],
)
def test_exit_codes_are_those_of_main(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """And so is every word that is printed."""
    told = run(*words)
    try:
        expected = main(words)
    except SystemExit as ended:
        expected = int(ended.code or 0)
    assert told.returncode == code == expected
    assert told.stdout == capsys.readouterr().out


def test_what_is_to_be_done_at_exit_is_done() -> None:
    """Whoever asked to be called at the end is called, once."""
    told = run("explain", "403", before="import atexit; atexit.register(lambda: print('goodbye', flush=True))")
    assert told.stdout.count("goodbye") == 1
    assert told.stdout.endswith("goodbye\n")


def test_another_thread_may_finish() -> None:
    """The process waits for it as ever."""
    waits = (
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.5), print('done', flush=True))).start()"
    )
    assert run("explain", "403", before=waits).stdout.endswith("done\n")


def test_a_closed_pipe_ends_quietly() -> None:
    """`sipdiag ... | head -1`, a report that is longer than a pipe holds."""
    pipe = f"{sys.executable} -m sipdiag --format json {SAMPLE} | head -n 1"
    told = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (told.stdout, told.stderr) == ("{\n", "")


def test_only_what_was_left_last_is_kept() -> None:
    """A program that runs the command line often does not fill its memory."""
    gone: list[int] = []

    class Thing:
        def __del__(self) -> None:
            gone.append(1)

    leave(Thing())
    assert not gone
    leave()
    assert gone


def test_the_console_script_ends_so() -> None:
    """The entry point of the package, and `python -m sipdiag`."""
    assert f'sipdiag = "sipdiag.cli:{console.__name__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "console()" in Path(ROOT / "sipdiag" / "__main__.py").read_text(encoding="utf-8")
