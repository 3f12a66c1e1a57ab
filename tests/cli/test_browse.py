"""Tests of `sipdiag browse`: it runs in a terminal, and says in one line why it does not elsewhere."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

from command import argv, environment, run
from reporting import sample

GOOD = sample("call-answered/call-answered")


def test_without_a_terminal_it_is_2() -> None:
    """A pipe has no keys; standard input is where they come from."""
    for arguments in ((GOOD,), ("-",)):
        ran = run("browse", *arguments, "--lang", "pt")
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1
        assert "browse" in ran.err


def test_without_the_extra_it_is_2() -> None:
    """And the line says what to install."""
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'textual' else real(name, *rest)\n"
        f"from sipdiag.cli import main; sys.exit(main(['browse', {str(GOOD)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "sipdiag: browse needs the extra tui: pip install 'sipdiag[tui]'\n"


def test_in_a_terminal_it_opens_and_quits() -> None:
    """On a real pseudo-terminal: the call is on the screen, `q` ends it with 0."""
    near, far = pty.openpty()
    process = subprocess.Popen(
        argv("browse", GOOD), stdin=far, stdout=far, stderr=far, env=environment(TERM="xterm-256color"), close_fds=True
    )
    os.close(far)
    try:
        seen, until, asked = b"", time.monotonic() + 40, False
        while time.monotonic() < until and process.poll() is None:
            if select.select([near], [], [], 0.2)[0]:
                try:
                    seen += os.read(near, 65_536)
                except OSError:
                    break
            if b"alice" in seen and not asked:
                os.write(near, b"q")
                asked = True
        assert b"alice" in seen
        assert process.wait(20) == 0
    finally:
        process.kill()
        os.close(near)
