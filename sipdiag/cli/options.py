"""Options that several commands share, with one spelling everywhere."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from sipdiag.cli import language
from sipdiag.cli.clicking import click
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from sipdiag.analysis import Analysis
    from sipdiag.cli.settings import File

READ = "sipdiag.read"
"""Where the context of a command keeps the captures that it read."""
_DEVICES = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

catalogue_for = language.catalogue_for
"""The catalogue that `--lang` and `--knowledge` ask for."""


def entry_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """For completion in a shell: the names of catalogue entries that begin with `begun`."""
    del context, parameter
    from sipdiag.knowledge import SHELVES  # noqa: PLC0415
    from sipdiag.knowledge.names import spoken  # noqa: PLC0415

    catalogue = catalogue_for("en")
    names = [spoken(key) for shelf in SHELVES for key in catalogue.keys(shelf)]
    return [name for name in names if name.startswith(begun)]


def rule_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """For completion in a shell: `begun`, a list of rules, with its last name completed in each way there is."""
    del context, parameter
    from sipdiag.rules import RULES  # noqa: PLC0415

    named, comma, last = begun.rpartition(",")
    return [f"{named}{comma}{name}" for name in RULES.names if name.startswith(last)]


output: Decorator = click.option(
    "-o", "--output", metavar="FILE", help="Write the report to FILE instead of standard output."
)
lang: Decorator = click.option(
    "--lang", metavar="LANGUAGE", help="Language of the report: en or pt (default: from the locale)."
)
color: Decorator = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in the report.",
)
knowledge: Decorator = click.option(
    "--knowledge",
    metavar="DIR",
    multiple=True,
    help="Entries of your own, over those of the catalogue; may be repeated.",
)

certificate: Decorator = click.option(
    "--certificate",
    "certificates",
    metavar="FILE",
    multiple=True,
    help="Certificate (PEM) that signatures of caller identities are held against; URL=FILE: only of those who sign "
    "with that URL. May be repeated.",
)


KEYLOG, ENGINE = "sipdiag.keylog", "sipdiag.engine"
"""Where a command line's choice of engine is kept, for `readings` to find."""


def _kept(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Keep the value of an option in the context of its command, instead of giving it to the command."""
    context.meta[f"sipdiag.{parameter.name}"] = value


def engine(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--keylog` and `--engine`: with which keys captures are read, and by whom."""
    keylog = click.option(
        "--keylog",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        expose_value=False,
        callback=_kept,
        help="TLS secrets to read encrypted SIP with, by tshark (default: SSLKEYLOGFILE, and those in a pcapng file).",
    )
    by = click.option(
        "--engine",
        type=click.Choice(["native", "wireshark"]),
        default="native",
        show_default=True,
        expose_value=False,
        callback=_kept,
        help="Who finds the SIP; wireshark (tshark) is slower and reads more formats.",
    )
    return keylog(by(command))


_NARROWING = (
    click.option("--call", metavar="ID", help="Only this call: its Call-ID, a part of it, or its number in the list."),
    click.option("--code", metavar="CODES", help="Only responses with these codes: 4xx,503."),
    click.option("--method", metavar="METHODS", help="Only these methods: INVITE,REGISTER."),
    click.option("--from", "from_", metavar="TEXT", help="Only what has TEXT in its From header field."),
    click.option("--to", metavar="TEXT", help="Only what has TEXT in its To header field."),
    click.option("--after", metavar="TIME", help="Only messages from TIME on (UTC): 2026-03-02T09:30:00, 09:30."),
    click.option("--before", metavar="TIME", help="Only messages up to TIME (UTC)."),
    click.option(
        "--select",
        metavar="RULES",
        shell_complete=rule_names,
        help="Only findings of these rules: ack-missing,ack-late.",
    ),
    click.option("--ignore", metavar="RULES", shell_complete=rule_names, help="No findings of these rules."),
)


NARROWING = ("call", "code", "method", "from_", "to", "after", "before", "select", "ignore")
"""The parameters of a command that `narrowed` takes."""


def narrowing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a report to some calls, codes, methods, parties, times or rules."""
    for option in reversed(_NARROWING):
        command = option(command)
    return command


def narrowed(analysis: Analysis, given: dict[str, str | None]) -> Analysis:
    """`analysis` as the options of `narrowing` want it."""
    if not any(given.values()):
        return analysis
    from sipdiag.report.selection import Selection, selected  # noqa: PLC0415  (most runs narrow nothing)
    from sipdiag.rules import RULES  # noqa: PLC0415

    def listed(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (given[name] or "").split(",") if part.strip())

    selection = Selection(
        call=given["call"] or "",
        codes=listed("code"),
        methods=listed("method"),
        from_=given["from_"] or "",
        to=given["to"] or "",
        after=given["after"] or "",
        before=given["before"] or "",
        select=listed("select"),
        ignore=listed("ignore"),
    )
    return selected(analysis, selection, frozenset(RULES.names))


def settings_given(certificates: tuple[str, ...], *, guess: bool) -> File:
    """What the settings file says, with the certificates that the command line names, and no guesses if it says so."""
    from msgspec.structs import replace  # noqa: PLC0415  (`--schema` does without)

    from sipdiag.cli.settings import settings_here  # noqa: PLC0415

    settings = settings_here()
    thresholds = settings.thresholds if guess else replace(settings.thresholds, guess_legs=False)
    if certificates:
        from sipdiag.cli.certificates import certificates_in  # noqa: PLC0415  (few name any)

        named = certificates_in(certificates, Path())
        thresholds = replace(thresholds, certificates=(*thresholds.certificates, *named))
    return replace(settings, thresholds=thresholds)


def formats(*names: str) -> Decorator:
    """`--format` with the names that a command knows; the first is the default."""
    return click.option(
        "--format", "format_", type=click.Choice(names), default=names[0], show_default=True, help="Form of the report."
    )


def folder(path: str) -> Path:
    """The folder at `path`, made where there is none yet, for nobody else to read."""
    made = Path(path)
    try:
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    return made


@contextmanager
def opened(path: str | None) -> Iterator[TextIO]:
    """Where a report goes: the file, written whole or not at all, or standard output."""
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors=plain_text())  # a terminal that has no arrow gets -> instead of a failure
        yield sys.stdout
        return
    with replaced(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as stream:
        yield stream


def _is_device(target: Path) -> bool:
    """Whether it is a device or pipe, such as /dev/null and /dev/stdout, whose place no file can take."""
    try:
        return (not stat.S_ISREG(mode := target.stat().st_mode) and not stat.S_ISDIR(mode)) or target.parent in _DEVICES
    except OSError:
        return False


def have_read(captures: Sequence[str]) -> None:
    """Remember the captures of this command line, so that no report takes the place of one."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta.setdefault(READ, []).extend(captures)


def _spare_captures(target: Path) -> None:
    """Raise `UsageError` where a capture that was read would be lost."""
    context = click.get_current_context(silent=True)
    for capture in () if context is None else context.meta.get(READ, ()):
        if target.is_file() and Path(capture).is_file() and target.samefile(capture):
            raise UsageError(f"cannot write {target}: it is one of the captures that are read")


@contextmanager
def replaced(path: str) -> Iterator[BinaryIO]:
    """A file of bytes that takes the place of `path` when it is whole; readable by nobody else, through no link."""
    target = Path(path)
    _spare_captures(target)
    if _is_device(target):
        try:
            with target.open("wb") as device:
                yield device
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from error
        return
    from sipdiag.report.written import becoming  # noqa: PLC0415  (standard output needs it not)

    try:
        with becoming(target) as partial, partial.open("wb") as stream:
            yield stream
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def plain_text() -> str:
    """The name of an error handler of codecs that spells out the characters an encoding lacks: `->` for an arrow."""
    import codecs  # noqa: PLC0415

    def spelt(error: UnicodeError) -> tuple[str, int]:
        from sipdiag.report.poor import spelt  # noqa: PLC0415  (nearly every terminal speaks UTF-8)

        if not isinstance(error, UnicodeEncodeError):
            raise error
        return spelt(error.object[error.start : error.end], error.encoding), error.end

    codecs.register_error("sipdiag.plain", spelt)
    return "sipdiag.plain"


def console_on(stream: TextIO, color: str) -> Console:
    """A console on `stream`; a pipe gets 80 columns unless COLUMNS says otherwise, and no colour unless asked for."""
    from rich.console import Console  # noqa: PLC0415  (machine formats never need it)

    class Paper(Console):
        """A console that leaves a closed pipe to `main`."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() else None if stream.isatty() else 80
    forced = {"always": True, "never": False}.get(color)
    return Paper(
        file=stream,
        width=max(width, 40) if width else None,
        force_terminal=forced if color == "always" else None,
        no_color=color == "never" or None,
        highlight=False,
        emoji=False,
        markup=False,
    )
