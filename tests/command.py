"""Runs the installed command as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("sipdiag")


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str


def argv(*arguments: str | Path) -> list[str]:
    """The command line of a run: the console script, or the module where it is not installed."""
    program = [str(COMMAND)] if COMMAND.exists() else [sys.executable, "-m", "sipdiag"]
    return [*program, *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    """The environment of a run, English and without colour unless `variables` say otherwise."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS")
    }
    return {**kept, "LC_ALL": "C.UTF-8", **variables}


def run(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **variables: str) -> Ran:
    """Run `sipdiag` to its end; whatever happens, no traceback reaches the user."""
    done = subprocess.run(
        argv(*arguments),
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env=environment(**variables),
        timeout=60,
    )
    out, err = done.stdout.decode("utf-8", "backslashreplace"), done.stderr.decode("utf-8", "backslashreplace")
    assert "Traceback" not in err
    assert "a bug in sipdiag" not in err
    return Ran(done.returncode, out, err)
