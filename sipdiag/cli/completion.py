"""`sipdiag completion`: the script that lets a shell complete command lines, and what that script asks.

The shell calls `sipdiag` with `_SIPDIAG_COMPLETE` in the environment. What is no command is a capture for `analyze`, as
on a real command line; where nothing else is known, files are meant.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sipdiag.cli.clicking import COMPLETE_VARIABLE, click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.shell_completion import CompletionItem, ShellComplete

SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def command(shell: str) -> int:
    """Print the script that completes sipdiag's command lines in SHELL: bash, zsh or fish.

    \b
    source <(sipdiag completion bash)                                     # in ~/.bashrc
    source <(sipdiag completion zsh)                                      # in ~/.zshrc, after compinit
    sipdiag completion fish > ~/.config/fish/completions/sipdiag.fish
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    click.echo(_script(_completer(shell)))
    return 0


def asked() -> bool:
    """Whether a shell asks for completions instead of running a command."""
    return bool(os.environ.get(COMPLETE_VARIABLE))


def answer() -> int:
    """Print what the shell asked for; nothing, where it asked for what we do not know."""
    shell, _, instruction = os.environ[COMPLETE_VARIABLE].partition("_")
    if shell not in SHELLS or instruction not in ("source", "complete"):
        return 1
    completer = _completer(shell)
    if instruction == "source":
        click.echo(_script(completer))
        return 0
    args, incomplete = completer.get_completion_args()
    for item in _items(completer, args, incomplete):
        click.echo(completer.format_completion(item))
    return 0


def _items(completer: ShellComplete, args: list[str], incomplete: str) -> Iterable[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415

    from sipdiag.cli.commands import with_command  # noqa: PLC0415

    first = not args
    found = completer.get_completions(with_command(args) if args else [], incomplete)
    if not incomplete.startswith("-") and (first or not found):
        # First of all: in bash it clears what was offered before it, and means files only where nothing else fits.
        found.insert(0, CompletionItem(incomplete, type="file"))
    return found


def _script(completer: ShellComplete) -> str:
    """The shell's part; that of fish takes a value apart at every comma, and some of ours have commas."""
    return completer.source().replace('string split ","', 'string split -m 1 ","')


def _completer(shell: str) -> ShellComplete:
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    from sipdiag.cli.commands import sipdiag  # noqa: PLC0415

    kind = get_completion_class(shell)
    assert kind is not None, "click completes all of SHELLS"  # noqa: S101
    return kind(sipdiag, {}, "sipdiag", COMPLETE_VARIABLE)
