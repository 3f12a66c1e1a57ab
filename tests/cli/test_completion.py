"""Tests of `sipdiag completion`: in the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from command import COMMAND, environment, run
from sipdiag.cli.commands import COMMANDS
from sipdiag.cli.completion import SHELLS

BASH = """
source <(sipdiag completion bash)
COMP_WORDS=({words}); COMP_CWORD={last}
compopt() {{ :; }}
complete -p sipdiag | grep -q -- '-F _sipdiag_completion sipdiag' && _sipdiag_completion sipdiag
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
compdef() {{ :; }}
_describe() {{ local name="${{@[(r)completions_with_descriptions]}}"; print -l -- "${{(@P)name%%:*}}"; }}
compadd() {{ print -l -- "${{(@P)@[-1]}}"; }}
_path_files() {{ print -l -- ${{words[CURRENT]}}*(N); }}
source <(sipdiag completion zsh)
words=({words}); CURRENT={next}
_sipdiag_completion
"""


def completed(shell: str, line: str, folder: Path) -> set[str]:
    """What `shell` offers for a line that is typed so far; a line that ends with a blank asks for the next word."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    words = line.split() + ([""] if line.endswith(" ") else [])
    quoted = " ".join(word or "''" for word in words)
    if shell == "fish":
        script = f"sipdiag completion fish | source; complete -C '{line}'"
    else:
        script = (BASH if shell == "bash" else ZSH).format(words=quoted, last=len(words) - 1, next=len(words))
    command = [shell, "-f", "-c", script] if shell == "zsh" else [shell, "--no-config", "-c", script]
    command = ["bash", "-c", script] if shell == "bash" else command
    path = f"{COMMAND.parent}:{environment()['PATH']}"
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=environment(PATH=path, HOME=str(folder))
    )
    assert done.stderr == ""
    return {each.partition("\t")[0].strip() for each in done.stdout.splitlines()} - {""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one capture in it."""
    (tmp_path / "trace.pcap").touch()
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_are_completed(shell: str, folder: Path) -> None:
    """By what they begin with."""
    assert {"explain", "extract"} <= completed(shell, "sipdiag ex", folder)
    assert "ladder" not in completed(shell, "sipdiag ex", folder)
    assert completed(shell, "sipdiag lad", folder) == {"ladder"}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_capture_may_come_first(shell: str, folder: Path) -> None:
    """The first word may be a file, and behind it come the options of `analyze`."""
    offered = completed(shell, "sipdiag tr", folder)
    if shell == "bash":  # which completes file names itself, told so by `compopt -o default`
        assert offered == set()
    else:
        assert "trace.pcap" in offered
    assert "--fail-on" in completed(shell, "sipdiag trace.pcap --fail", folder)


@pytest.mark.parametrize("shell", SHELLS)
def test_values_are_completed(shell: str, folder: Path) -> None:
    """Formats, names of entries, rules behind a comma."""
    assert {"json", "jsonl"} <= completed(shell, "sipdiag analyze --format js", folder)
    assert {"403", "404"} <= completed(shell, "sipdiag explain 40", folder)
    assert "ack-missing" in completed(shell, "sipdiag analyze --select ack-m", folder)
    assert "ack-late,ack-missing" in completed(shell, "sipdiag analyze --select ack-late,ack-m", folder)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed(shell: str) -> None:
    """It names the program and the variable; a shell that is none is 2."""
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "_SIPDIAG_COMPLETE" in ran.out
    assert run("completion", "tcsh").code == 2


@pytest.mark.parametrize("value", ["bash_nothing", "tcsh_complete", "x"])
def test_a_question_that_is_none_gets_no_answer(value: str) -> None:
    """Nor a report on nothing."""
    ran = run(_SIPDIAG_COMPLETE=value)
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(name: str) -> None:
    """A line that can be typed, and a sentence before it."""
    ran = run(name, "--help", COLUMNS="100")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.strip() for line in ran.out.splitlines()]
    starts = (f"sipdiag {name} ", "source <(sipdiag completion", "sipdiag trace")
    assert [line for line in lines if line.startswith(starts)] or f"sipdiag {name}" in lines
    assert "\\b" not in ran.out
