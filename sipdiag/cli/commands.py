"""The list of sub-commands; each is imported when it is the one that runs."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

from sipdiag import __version__
from sipdiag.cli.clicking import HELPING, Group, click
from sipdiag.cli.language import remember

COMMANDS = {
    "analyze": "sipdiag.cli.analyze",
    "check": "sipdiag.cli.check",
    "audit": "sipdiag.cli.audit",
    "diff": "sipdiag.cli.diff",
    "ladder": "sipdiag.cli.ladder",
    "extract": "sipdiag.cli.extract",
    "browse": "sipdiag.cli.browse",
    "explain": "sipdiag.cli.explain",
    "compare": "sipdiag.cli.compare",
    "codes": "sipdiag.cli.codes",
    "rules": "sipdiag.cli.rules",
    "completion": "sipdiag.cli.completion",
}
"""Name → module; the module's `command` is the click command."""


class Commands(Group):
    """A group that imports a sub-command only when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command if HELPING is None else HELPING(command)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sipdiag")
def sipdiag() -> None:
    """Read captures of SIP, explain every response, and say what went wrong.

    \b
    sipdiag trace.pcap          the main job: 'sipdiag analyze trace.pcap'
    sipdiag explain 403         what a status code means, how to fix it
    sipdiag COMMAND --help      options, and examples, of each command
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)


def with_command(arguments: list[str]) -> list[str]:
    """`arguments` with `analyze` before them where they begin with a capture; `help check` is `check --help`."""
    if arguments[:1] == ["help"] and not os.path.exists("help"):  # noqa: PTH110
        arguments = [*[each for each in arguments[1:2] if each in COMMANDS], "--help"]
    known = not arguments or arguments[0] in COMMANDS or arguments[0] in ("-h", "--help", "--version")
    return arguments if known else ["analyze", *arguments]


def run(arguments: list[str]) -> int:
    """Run one command line; a first word that is no command is a capture for `analyze`."""
    from sipdiag.cli.completion import answer, asked  # noqa: PLC0415  (which needs this module)

    if asked():
        return answer()
    remember(arguments)
    given, arguments = arguments[:1], with_command(arguments)
    if arguments[:1] == ["analyze"] and given != ["analyze"]:
        _suggest(arguments[1])
    try:
        # Not `main()`: that would take a closed pipe for a failure.
        program = sipdiag if HELPING is None else HELPING(sipdiag)
        with program.make_context("sipdiag", arguments or ["--help"]) as context:
            result = program.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except click.Abort:
        return 130
    return int(result or 0)


def _suggest(word: str) -> None:
    """Name the command that was meant where `word`, which is taken for a capture, is none and nearly a command."""
    if word.startswith("-") or os.path.exists(word):  # noqa: PTH110  (a Path raises on a name that is too long)
        return
    from difflib import get_close_matches  # noqa: PLC0415  (only a mistake needs it)

    if meant := get_close_matches(word, COMMANDS, n=1):
        from sipdiag.cli.phrases import told  # noqa: PLC0415

        hint = f"no capture has this name; did you mean 'sipdiag {meant[0]}'?"
        click.echo(f"sipdiag: {told(hint)}", err=True)


def _show(error: click.ClickException) -> None:
    """What is wrong with the command line, in the language of the user."""
    from sipdiag.cli.phrases import told  # noqa: PLC0415  (most command lines are right)

    said = io.StringIO()
    error.show(said)
    sys.stderr.write("".join(f"{told(line)}\n" for line in said.getvalue().splitlines()))
