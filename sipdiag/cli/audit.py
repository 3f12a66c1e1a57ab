"""`sipdiag audit`: many captures, one picture."""

from __future__ import annotations

import gc
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_FINDINGS, EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.ending import Ended, ending
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from sipdiag.cli.settings import File
    from sipdiag.engine import Crew, Place, Report, Summary
    from sipdiag.report import Words

FORMATS = ("text", "json", "html", "csv")
"""`csv` is for `--sql` only."""
FEW = 16
"""Captures that are read in the time that other processes take to start."""


@click.command(name="audit")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("-o", "--output", metavar="DIR", help="Folder of the result: tables, summary, and what is done already.")
@options.formats(*FORMATS)
@options.lang
@options.knowledge
@options.color
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that work at once (default: all cores).")
@click.option("--cluster", metavar="ADDRESS", help="Let the workers of this Dask scheduler do it: tcp://host:8786.")
@click.option(
    "--sql", metavar="QUERY", help="Ask the tables of an audit: --sql 'SELECT rule, count(*) FROM findings GROUP BY 1'."
)
@click.option("--watch", is_flag=True, help="Go on: audit new captures as they are complete, until stopped.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --watch looks.",
)
@click.option("--metrics", metavar="FILE", help="Write figures for Prometheus to FILE after each audit.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="Exit with 1 when there is a finding of this severity or worse (default: never).",
)
@click.option("--select", metavar="RULES", help="Only findings of these rules: ack-missing,ack-late.")
@click.option("--ignore", metavar="RULES", help="No findings of these rules.")
@options.certificate
@options.engine
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
@click.option("--no-guess", is_flag=True, help="Calls of different Call-IDs are one only where a header field says so.")
@click.option("--schema", is_flag=True, help="Print the columns of all tables and their meanings, nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no summary on standard output.")
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    paths: tuple[str, ...],
    output: str | None,
    format_: str,
    lang: str | None,
    knowledge: tuple[str, ...],
    color: str,
    jobs: int | None,
    cluster: str | None,
    sql: str | None,
    watch: bool,  # noqa: FBT001
    every: float,
    metrics: str | None,
    fail_on: str | None,
    select: str | None,
    ignore: str | None,
    certificates: tuple[str, ...],
    no_media: bool,  # noqa: FBT001
    no_guess: bool,  # noqa: FBT001
    schema: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> int:
    """Audit all captures of PATH...: files, folders, patterns, URLs. What is done already is not done again.

    \b
    sipdiag audit recordings/ -o result/
    sipdiag audit 's3://bucket/probe-*/*.pcap.gz' -o result/ --jobs 8
    sipdiag audit recordings/ -o result/ --keylog keys.log
    sipdiag audit result/ --sql "SELECT destination, code, count(*) FROM responses GROUP BY ALL ORDER BY 3 DESC"
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    if schema:
        from sipdiag.engine import described  # noqa: PLC0415

        click.echo(described())
        return 0
    if not paths or output == "":
        raise click.UsageError("name captures and a folder for the result with -o, or the folder of an audit")
    if sql is not None:
        return _asked(paths, sql, format_)
    if format_ == "csv":
        raise click.UsageError("--format csv is for --sql")
    settings = _settings(no_guess=no_guess, certificates=certificates, select=select, ignore=ignore)
    words = _words(lang or settings.lang, knowledge)
    if output is None:
        summary = _shown_again(paths, words, format_, color, metrics)
        return EXIT_FINDINGS if _fails(summary, fail_on or settings.fail_on or "never") else 0
    auditor = _Auditor(
        paths, Path(output), settings, words, metrics=metrics, media=not no_media, knowledge=knowledge, quiet=quiet
    )
    crew = _crew(jobs, cluster)
    try:
        with ending(quiet=quiet):
            report, summary = auditor.watched(crew, every) if watch else auditor.once(crew)
    finally:
        crew.close()
    if not quiet:
        _write(summary, words, format_, color)
    if report.unreadable or auditor.missing:
        return EXIT_UNREADABLE
    return EXIT_FINDINGS if _fails(summary, fail_on or settings.fail_on or "never") else 0


def _foresee() -> None:
    """Import what the end of an audit needs while the processes read."""
    for name in ("duckdb", "jinja2", "sipdiag.engine.summary", "sipdiag.engine.page"):
        import_module(name)


class _Auditor:
    """Audits one set of paths, once or again and again."""

    def __init__(
        self,
        paths: tuple[str, ...],
        target: Path,
        settings: File,
        words: Words,
        *,
        metrics: str | None,
        media: bool,
        knowledge: tuple[str, ...],
        quiet: bool,
    ) -> None:
        self._paths, self._target, self._settings, self._words = paths, target, settings, words
        self._metrics, self._media, self._knowledge, self._quiet = metrics, media, knowledge, quiet
        self.missing = 0
        """How many of the paths name nothing that can be read."""
        self._complained: set[str] = set()
        self._rounds = False

    def once(self, crew: Crew) -> tuple[Report, Summary]:
        """All captures that are there now."""
        places = self._places()
        if not places:
            raise SystemExit(EXIT_UNREADABLE)
        gc.freeze()  # what is here stays: looking through it for garbage is in vain
        if len(places) > FEW:
            crew.start()
            threading.Thread(target=_foresee, daemon=True).start()
        return self._audit(places, crew)

    def watched(self, crew: Crew, every: float) -> tuple[Report, Summary]:
        """What is complete, and again when more is, until somebody stops it."""
        from sipdiag.engine import Watch  # noqa: PLC0415

        crew.start()
        self._rounds = True
        watch = Watch()
        done: tuple[Report, Summary] | None = None
        try:
            while True:
                places = watch.complete(self._places())
                if places and watch.is_news(places):
                    done = self._audit(places, crew)
                    watch.audited(places)
                    if not self._quiet:
                        _tell_round(done[1], self._words)
                time.sleep(every)
        except (KeyboardInterrupt, Ended):
            if done is None:
                raise
        return done

    def _places(self) -> list[Place]:
        from sipdiag.engine import places_of  # noqa: PLC0415

        places, missing = places_of(self._paths, self._target)
        self.missing = len(missing)
        complaints = {str(error): None for error in missing}
        for complaint in complaints:
            if not self._quiet and complaint not in self._complained:
                _complain(complaint)
        self._complained = set(complaints)
        return places

    def _audit(self, places: list[Place], crew: Crew) -> tuple[Report, Summary]:
        from datetime import UTC, datetime  # noqa: PLC0415

        from sipdiag.cli.audit_progress import AuditProgress  # noqa: PLC0415
        from sipdiag.cli.reading import engine_asked_for  # noqa: PLC0415
        from sipdiag.engine import How, Order, audit, metrics_of, summary_of  # noqa: PLC0415

        order = Order(
            places=places,
            target=self._target,
            settings=self._settings.thresholds,
            policy=self._settings.policy,
            today=datetime.now(UTC).date(),
            how=How(media=self._media, engine=engine_asked_for()),
            select=frozenset(self._settings.select),
            ignore=frozenset(self._settings.ignore),
            knowledge=self._knowledge,
        )
        try:
            with AuditProgress(self._words, wanted=not self._quiet, rounds=self._rounds) as progress:
                report = audit(order, self._words, crew, progress)
        except OSError as error:
            raise UsageError(f"{error.filename or self._target}: {_reason(error)}") from error
        summary = summary_of(self._target)
        _keep(summary, self._words, self._target)
        if self._metrics is not None:
            _put(Path(self._metrics), metrics_of(summary), public=True)  # Prometheus is another user
        return report, summary


def _reason(error: OSError) -> str:
    """The reason in the words of the system, without what a library puts around it."""
    import os  # noqa: PLC0415

    return str(error) if error.errno is None else os.strerror(error.errno)


def _settings(*, no_guess: bool, certificates: tuple[str, ...], select: str | None, ignore: str | None) -> File:
    """What the settings file and the options say together."""
    from msgspec.structs import replace  # noqa: PLC0415

    from sipdiag.rules import RULES  # noqa: PLC0415

    settings = options.settings_given(certificates, guess=not no_guess)
    chosen = [_listed(select) or settings.select, _listed(ignore) or settings.ignore]
    for name in (*chosen[0], *chosen[1]):
        if name not in RULES.names:
            raise UsageError(f"no rule is called {name!r}; 'sipdiag rules' lists them")
    return replace(settings, select=chosen[0], ignore=chosen[1])


def _listed(names: str | None) -> list[str]:
    return [part.strip() for part in (names or "").split(",") if part.strip()]


def _words(lang: str | None, knowledge: tuple[str, ...]) -> Words:
    from sipdiag.report import Words  # noqa: PLC0415

    return Words(options.catalogue_for(lang, knowledge))


def _crew(jobs: int | None, cluster: str | None) -> Crew:
    """The workers of an audit: those of a cluster, or as many processes as are wanted, else one for each processor."""
    from sipdiag.engine import Alone, Cluster, Processes  # noqa: PLC0415
    from sipdiag.trace import processors  # noqa: PLC0415

    if cluster is not None:
        return Cluster(cluster)
    jobs = jobs or processors()
    return Alone() if jobs == 1 else Processes(jobs)


def _folder(paths: tuple[str, ...]) -> Path:
    """The folder of an audit that is to be looked at again."""
    from sipdiag.engine import is_audit  # noqa: PLC0415

    if len(paths) != 1 or not is_audit(Path(paths[0])):
        raise click.UsageError("name the folder of an audit, or a folder for the result with -o DIR")
    return Path(paths[0])


def _asked(paths: tuple[str, ...], sql: str, format_: str) -> int:
    from sipdiag.engine import answer  # noqa: PLC0415

    if format_ == "html":
        raise click.UsageError("--sql answers as text, csv or json")
    from sipdiag.cli.writing import write_pieces  # noqa: PLC0415

    write_pieces(answer(_folder(paths), sql, format_), sys.stdout)
    return 0


def _shown_again(paths: tuple[str, ...], words: Words, format_: str, color: str, metrics: str | None) -> Summary:
    """Show what came of an audit."""
    from sipdiag.engine import metrics_of, summary_of  # noqa: PLC0415

    summary = summary_of(_folder(paths))
    if metrics is not None:
        _put(Path(metrics), metrics_of(summary), public=True)
    _write(summary, words, format_, color)
    return summary


def _write(summary: Summary, words: Words, format_: str, color: str) -> None:
    from sipdiag.cli.writing import write_pieces  # noqa: PLC0415

    with options.opened(None) as stream:
        if format_ == "text":
            from sipdiag.engine import print_summary  # noqa: PLC0415

            print_summary(summary, words, options.console_on(stream, color))
        else:
            write_pieces([_told(summary, words, format_)], stream)


def _told(summary: Summary, words: Words, format_: str) -> str:
    if format_ == "html":
        from sipdiag.engine import page_of  # noqa: PLC0415

        return page_of(summary, words)
    import msgspec  # noqa: PLC0415

    from sipdiag.report.escape import shown_in_json  # noqa: PLC0415

    return shown_in_json(msgspec.json.format(msgspec.json.encode(summary), indent=2).decode()) + "\n"


def _keep(summary: Summary, words: Words, target: Path) -> None:
    """The summary beside the tables."""
    for format_ in ("json", "html"):
        _put(target / f"summary.{format_}", _told(summary, words, format_))


def _put(path: Path, text: str, *, public: bool = False) -> None:
    from sipdiag.engine import becoming  # noqa: PLC0415

    try:
        with becoming(path, public=public) as partial:
            partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error


def _tell_round(summary: Summary, words: Words) -> None:
    """One line for each round of a watch."""
    labels: dict[str, str] = words.catalogue.words["audit"]
    counts = {
        labels["round_captures"]: summary.captures.get("read", 0),
        labels["calls"]: sum(summary.calls.values()),
        **{labels[name]: count for name, count in summary.findings_by_severity.items()},
    }
    told = ", ".join(f"{name}: {words.numbers.count(count)}" for name, count in counts.items())
    print(f"{summary.last_time or '-'} {told}", file=sys.stderr, flush=True)  # noqa: T201


def _complain(text: str) -> None:
    from sipdiag.cli.phrases import told  # noqa: PLC0415
    from sipdiag.report.escape import shown  # noqa: PLC0415

    print(f"sipdiag: {shown(told(text))}", file=sys.stderr)  # noqa: T201


def _fails(summary: Summary, fail_on: str) -> bool:
    ranks = ("error", "warning", "note")
    if fail_on == "never":
        return False
    return any(summary.findings_by_severity[name] for name in ranks[: ranks.index(fail_on) + 1])
