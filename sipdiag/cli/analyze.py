"""`sipdiag analyze`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_FINDINGS, EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.halving import Form, in_halves, may_be_halved
from sipdiag.cli.leaving import leave
from sipdiag.cli.nearby import may_have_settings
from sipdiag.cli.reading import readings
from sipdiag.cli.writing import FORMATS, TABLES, write_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sipdiag.analysis import Analysis
    from sipdiag.cli.settings import File
    from sipdiag.findings import Finding
    from sipdiag.trace import Trace


@click.command(name="analyze")
@click.argument("captures", nargs=-1, metavar="CAPTURE...")
@options.formats(*FORMATS)
@click.option(
    "--table", type=click.Choice(TABLES), help="Which table of --format csv (default: calls; with -o DIR/ all of them)."
)
@options.output
@options.lang
@options.knowledge
@options.color
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="Exit with 1 when there is a finding of this severity or worse (default: never).",
)
@options.narrowing
@options.certificate
@options.engine
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
@click.option("--no-guess", is_flag=True, help="Calls of different Call-IDs are one only where a header field says so.")
@click.option("--show-secrets", is_flag=True, help="Do not mask passwords, keys and digests in whole messages (html).")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --format json and do nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict and the findings; no progress bar.")
@click.option("-v", "--verbose", is_flag=True, help="All of it: every call with its ladder, every response.")
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    captures: tuple[str, ...],
    format_: str,
    table: str | None,
    output: str | None,
    lang: str | None,
    knowledge: tuple[str, ...],
    color: str,
    fail_on: str | None,
    certificates: tuple[str, ...],
    no_media: bool,  # noqa: FBT001
    no_guess: bool,  # noqa: FBT001
    show_secrets: bool,  # noqa: FBT001
    schema: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    verbose: bool,  # noqa: FBT001
    **narrowing: str | None,
) -> int:
    """Explain every response in CAPTURE..., and say what went wrong. `-` reads standard input.

    \b
    sipdiag trace.pcap
    sipdiag analyze --format json trace.pcap | jq .findings
    sipdiag analyze --format html -o report.html trace.pcap
    sipdiag analyze --format csv -o tables/ trace.pcap
    sipdiag analyze --keylog keys.log trace.pcapng
    tcpdump -w - udp port 5060 | sipdiag -
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    if schema:
        _print_schema()
        return 0
    if not captures:
        raise click.UsageError("name at least one capture, or - for standard input")
    # What is wrong with a command line is told before captures are read; else reading begins before all is imported.
    guess = not no_guess
    early = options.settings_given(certificates, guess=guess) if certificates or may_have_settings(Path.cwd()) else None
    catalogue = options.catalogue_for(lang or (early.lang if early else None), knowledge)
    if may_be_halved(captures, format_) and not show_secrets and (table is None or format_ == "csv"):
        settings = early or options.settings_given(certificates, guess=guess)
        form = Form(format_, table, output, not no_media, quiet)
        found = None if any(settings.filled(narrowing).values()) else in_halves(captures[0], settings, catalogue, form)
        if found is not None:
            return _code(found, fail_on, settings)
    traces, unreadable = readings(captures, quiet=quiet, media=not no_media, report=FORMATS[format_])
    if not traces:
        raise SystemExit(EXIT_UNREADABLE)
    settings = early or options.settings_given(certificates, guess=guess)
    analysis = options.narrowed(_analysis_of(traces, settings), settings.filled(narrowing))
    leave(traces, analysis)
    from sipdiag.report import Words  # noqa: PLC0415  (nothing to report is found out without it)

    words = Words(catalogue)
    detail = "brief" if quiet else "full" if verbose else "normal"
    about = {"color": color, "detail": detail}
    write_report(analysis, words, output=output, format_=format_, table=table, show_secrets=show_secrets, **about)
    return EXIT_UNREADABLE if unreadable else _code(analysis.findings, fail_on, settings)


def _code(findings: Sequence[Finding], fail_on: str | None, settings: File) -> int:
    """The exit code after `findings`."""
    return EXIT_FINDINGS if _fails(findings, fail_on or settings.fail_on or "never") else 0


def _analysis_of(traces: list[Trace], settings: File) -> Analysis:
    from sipdiag.cli.judging import judged  # noqa: PLC0415

    return judged(traces, settings)


def _fails(findings: Sequence[Finding], fail_on: str) -> bool:
    from sipdiag.findings import Severity  # noqa: PLC0415

    if fail_on == "never":
        return False
    return any(finding.severity.rank <= Severity(fail_on).rank for finding in findings)


def _print_schema() -> None:
    import json  # noqa: PLC0415

    from sipdiag.report.document import json_schema  # noqa: PLC0415

    click.echo(json.dumps(json_schema(), indent=2))
