"""`sipdiag check`: for builds, which fail on findings and on a recording that is not as expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sipdiag.cli import EXIT_FINDINGS, EXIT_NOTHING, EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.cli.writing import write_pieces
from sipdiag.errors import CaptureError, UsageError

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis
    from sipdiag.cli.settings import File
    from sipdiag.expect import Baseline, Expectations, Verdict
    from sipdiag.findings import Finding
    from sipdiag.report import Words
    from sipdiag.trace import Trace

FORMATS = {
    "text": "sipdiag.report.check_text",
    "json": "sipdiag.report.check_json",
    "sarif": "sipdiag.report.sarif",
    "junit": "sipdiag.report.junit",
    "github": "sipdiag.report.github",
    "markdown": "sipdiag.report.check_markdown",
}


class _Files(NamedTuple):
    """The files that the command line names, besides captures and report."""

    expect: str | None
    write_expect: str | None
    baseline: str | None
    write_baseline: str | None
    reason: str | None
    until: datetime | None

    @property
    def writes(self) -> bool:
        """Whether a file is to be written from what is read."""
        return self.write_expect is not None or self.write_baseline is not None

    @property
    def uses_baseline(self) -> bool:
        """Whether findings are told apart by what a baseline accepts."""
        return self.baseline is not None or self.write_baseline is not None


@click.command(name="check")
@click.argument("captures", nargs=-1, metavar="CAPTURE...")
@click.option("--expect", metavar="FILE", help="Expectations (TOML) that the recording must meet.")
@click.option("--write-expect", metavar="FILE", help="Write the expectations that this recording meets, and check.")
@click.option("--baseline", metavar="FILE", help="Findings that are accepted; others are new.")
@click.option("--write-baseline", metavar="FILE", help="Write a baseline that accepts the findings of this run.")
@click.option("--reason", metavar="TEXT", help="Why --write-baseline accepts what is new in it.")
@click.option(
    "--until",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which --write-baseline accepts it.",
)
@options.engine
@options.formats(*FORMATS)
@options.output
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="Fail on findings of this severity or worse (default: error).",
)
@options.narrowing
@options.certificate
@options.lang
@options.knowledge
@options.color
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
@click.option("--no-guess", is_flag=True, help="Calls of different Call-IDs are one only where a header field says so.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --format json and do nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="Only what fails the check; no progress bar.")
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    captures: tuple[str, ...],
    expect: str | None,
    write_expect: str | None,
    baseline: str | None,
    write_baseline: str | None,
    reason: str | None,
    until: datetime | None,
    format_: str,
    output: str | None,
    fail_on: str | None,
    certificates: tuple[str, ...],
    lang: str | None,
    knowledge: tuple[str, ...],
    color: str,
    no_media: bool,  # noqa: FBT001
    no_guess: bool,  # noqa: FBT001
    schema: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    **narrowing: str | None,
) -> int:
    """Check recordings in a build: fail on findings, and on what is not as expected.

    \b
    sipdiag check trace.pcap
    sipdiag check trace.pcap --format sarif -o sipdiag.sarif
    sipdiag check good.pcap --write-expect call.toml
    sipdiag check new.pcap --expect call.toml --format junit -o sipdiag.xml
    sipdiag check trace.pcap --write-baseline accepted.toml --reason "known before release 4"
    sipdiag check trace.pcap --baseline accepted.toml --fail-on warning

    Several captures are parts of one recording. Exit codes: 0 passed, 1 findings or expectations not met, 2 a mistake
    in the command line or in a file, 3 a capture that cannot be read, 4 no SIP message, so that nothing was checked.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    if schema:
        return _print_schema()
    if not captures:
        raise click.UsageError("name at least one capture, or - for standard input")
    files = _Files(expect, write_expect, baseline, write_baseline, reason, until)
    from sipdiag.report import Words  # noqa: PLC0415  (`--help` does without)

    settings = options.settings_given(certificates, guess=not no_guess)
    words = Words(options.catalogue_for(lang or settings.lang, knowledge))
    narrowed = any(narrowing.values())
    expected, accepted = _given(files, narrowed=narrowed)
    traces, unreadable = readings(captures, quiet=quiet, media=not no_media)
    seen = _seen(traces, settings, narrowing)
    if files.writes and unreadable:  # a file of half a recording would be taken for one of the whole
        raise CaptureError(unreadable[0].path, "not read, so that no file is written of the rest")
    if files.write_expect is not None:
        _write_expectations(files.write_expect, seen.analysis, words, captures)
    if files.write_baseline is not None:
        accepted = _write_baseline(files, seen, accepted, settings, words)
    level = fail_on or settings.fail_on or "error"
    verdict = _verdict(seen, expected, accepted, settings, level, unreadable, has_baseline=files.uses_baseline)
    verdict = msgspec.structs.replace(verdict, gone=[]) if narrowed else verdict  # what was not looked for is not gone
    _write(verdict, words, output=output, format_=format_, color=color, quiet=quiet)
    return _exit_code(verdict)


class _Seen(NamedTuple):
    """What the recordings show, as the settings and the command line want it."""

    analysis: Analysis
    findings: list[Finding]
    """Silenced ones too: a check tells why they do not count."""


def _given(files: _Files, *, narrowed: bool) -> tuple[Expectations | None, Baseline]:
    """What is expected and accepted; a baseline that is written anew keeps the reasons in the file that it replaces."""
    from sipdiag.expect import Baseline, baseline_in, expectations_in  # noqa: PLC0415

    if narrowed and files.write_baseline is not None:
        raise UsageError("--write-baseline takes all findings: leave out what narrows them, as --select does")
    expected = None if files.expect is None else expectations_in(files.expect)
    path = files.baseline
    if path is None and files.write_baseline is not None and Path(files.write_baseline).exists():
        path = files.write_baseline
    if files.write_baseline is None and (files.reason is not None or files.until is not None):
        raise UsageError("--reason and --until go with --write-baseline")
    if files.reason is not None and not files.reason.strip():
        raise UsageError("--reason needs a reason")
    return expected, Baseline() if path is None else baseline_in(path)


def _seen(traces: list[Trace], settings: File, narrowing: dict[str, str | None]) -> _Seen:
    from msgspec.structs import replace  # noqa: PLC0415

    from sipdiag.analysis import conclude  # noqa: PLC0415
    from sipdiag.findings import caused, silence_for, taken, unfolded, weighed  # noqa: PLC0415
    from sipdiag.trace import aligned  # noqa: PLC0415

    whole = conclude(aligned(traces), settings.thresholds, helped=True)
    found, policy = unfolded(whole.findings), settings.policy
    counting = replace(whole, findings=caused(taken(found, policy, _today()), whole.correlation))
    analysis = options.narrowed(counting, settings.filled(narrowing))
    if not policy.silences:
        return _Seen(analysis, analysis.findings)
    silent = [each for each in weighed(found, policy) if silence_for(each, policy, _today()) is not None]
    silenced = options.narrowed(replace(whole, findings=silent), settings.filled(narrowing)).findings
    return _Seen(analysis, sorted([*analysis.findings, *silenced], key=lambda each: each.place))


def _verdict(
    seen: _Seen,
    expected: Expectations | None,
    accepted: Baseline,
    settings: File,
    level: str,
    unreadable: Sequence[CaptureError],
    *,
    has_baseline: bool,
) -> Verdict:
    from sipdiag.expect import Unreadable, Verdict, compared, sifted  # noqa: PLC0415
    from sipdiag.findings import Severity  # noqa: PLC0415

    result = sifted(seen.findings, accepted, settings.policy, _today())
    return Verdict(
        analysis=seen.analysis,
        judged=result.judged,
        fail_on=None if level == "never" else Severity(level),
        compared=[] if expected is None else compared(expected, seen.analysis.correlation, seen.analysis.carriage),
        expired=result.expired,
        gone=result.gone,
        has_baseline=has_baseline,
        unreadable=[Unreadable(path=each.path, reason=each.reason) for each in unreadable],
    )


def _write_expectations(path: str, analysis: Analysis, words: Words, captures: Sequence[str]) -> None:
    from sipdiag.expect import expectations_of  # noqa: PLC0415
    from sipdiag.report.toml import expectations_text  # noqa: PLC0415

    if not analysis.correlation.arrivals:
        raise UsageError(f"{path} is not written: no SIP message was found, so there is nothing to expect")
    with options.opened(path) as stream:
        stream.write(
            expectations_text(expectations_of(analysis.correlation, analysis.carriage), words, ", ".join(captures))
        )


def _write_baseline(files: _Files, seen: _Seen, before: Baseline, settings: File, words: Words) -> Baseline:
    """The new baseline: from now on the check is against it."""
    from sipdiag.expect import accepting, sifted  # noqa: PLC0415
    from sipdiag.report.escape import shown  # noqa: PLC0415
    from sipdiag.report.toml import baseline_text  # noqa: PLC0415

    judged = sifted(seen.findings, before, settings.policy, _today()).judged
    reason: str = words.catalogue.words["checks"]["baseline_reason"].format(day=_today())
    baseline = accepting(
        judged,
        [shown(words.message(each.finding)) for each in judged],
        before,
        reason=files.reason or reason,
        until=None if files.until is None else files.until.date(),
        today=_today(),
    )
    with options.opened(files.write_baseline) as stream:
        stream.write(baseline_text(baseline, words))
    return baseline


def _write(verdict: Verdict, words: Words, *, output: str | None, format_: str, color: str, quiet: bool) -> None:
    with options.opened(output) as stream:
        if format_ == "text":
            from sipdiag.report.check_text import print_check  # noqa: PLC0415  (only this format draws)

            print_check(verdict, words, options.console_on(stream, color), quiet=quiet)
        else:
            write_pieces(import_module(FORMATS[format_]).pieces(verdict.analysis, words, verdict), stream)


def _exit_code(verdict: Verdict) -> int:
    if verdict.unreadable:
        return EXIT_UNREADABLE
    if verdict.without_sip and not verdict.failing:
        return EXIT_NOTHING
    return 0 if verdict.passed else EXIT_FINDINGS


def _print_schema() -> int:
    import json  # noqa: PLC0415

    from sipdiag.report.check_json import check_schema  # noqa: PLC0415

    click.echo(json.dumps(check_schema(), indent=2))
    return 0


def _today() -> date:
    return datetime.now(UTC).date()
