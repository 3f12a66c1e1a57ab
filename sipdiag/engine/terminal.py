"""The summary of an audit on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from sipdiag.engine.summary import Summary
from sipdiag.engine.wording import FIGURES, HOURLY, in_row, label, size_of, told
from sipdiag.report import Words
from sipdiag.report.escape import shown

if TYPE_CHECKING:
    from rich.console import Console

MOST_UNREADABLE = 10
MOST_LINES = 10
MOST_HOURS = 24
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def print_summary(summary: Summary, words: Words, console: Console) -> None:
    """Print the picture; the lists are cut to what a screen holds."""

    def say(name: str, **parts: object) -> str:
        return label(words, name).format(**parts)

    count = words.numbers.count

    def write(text: str) -> None:
        console.print(fill(text, console.width), soft_wrap=True, highlight=False, markup=False)

    write(
        say(
            "audited",
            captures=count(summary.captures.get("read", 0)),
            size=size_of(summary.bytes, words.numbers),
            messages=count(summary.sip_messages),
            first=summary.first_time or "-",
            last=summary.last_time or "-",
        )
    )
    if summary.captures.get("duplicate"):
        write(say("duplicates", count=count(summary.captures["duplicate"])))
    if summary.unreadable:
        console.print(say("unreadable_count", count=count(summary.captures["unreadable"])), style="yellow")
        for each in summary.unreadable[:MOST_UNREADABLE]:
            console.print(f"  {shown(each.path)}: {shown(each.reason)}", soft_wrap=True, highlight=False, markup=False)
    states = ", ".join(f"{count(calls)} {say(state)}" for state, calls in summary.calls.items())
    write(f"{say('calls')}: {count(sum(summary.calls.values()))}{f' ({states})' if states else ''}")
    write(f"{say('registrations')}: {count(summary.registrations)}; {say('streams')}: {count(summary.streams)}")
    figures = ", ".join(f"{name} {told(summary.figures, key, unit, words.numbers)}" for name, key, unit in FIGURES)
    write(f"{say('figures')}: {figures}")
    _findings(summary, words, console)
    _lists(summary, words, console)


def _findings(summary: Summary, words: Words, console: Console) -> None:
    console.print()
    console.print(label(words, "findings"), style="bold")
    if not summary.findings:
        console.print(label(words, "no_findings"))
        return
    count = words.numbers.count
    names = ("severity", "rule", "count", "in_calls", "in_captures", "first")
    rows = [
        (
            label(words, each.severity),
            each.rule,
            count(each.findings),
            count(each.calls),
            count(each.captures),
            each.first_time,
        )
        for each in summary.findings
    ]
    styles = [STYLES[each.severity] for each in summary.findings]
    _table([label(words, name) for name in names], rows, console, styles, left=(0, 1, 5))


def _lists(summary: Summary, words: Words, console: Console) -> None:
    count = words.numbers.count
    if summary.codes:
        console.print()
        console.print(label(words, "codes"), style="bold")
        codes = [
            (shown(each.destination), shown(each.method), str(each.code), count(each.responses))
            for each in summary.codes[:MOST_LINES]
        ]
        names = [label(words, name) for name in ("destination", "method", "code", "responses")]
        _table(names, codes, console, left=(0, 1))
    if summary.worst_peers:
        console.print()
        console.print(label(words, "peers"), style="bold")
        peers = [
            (shown(each.destination), count(each.calls), count(each.failed), *in_row(each.figures, words.numbers))
            for each in summary.worst_peers[:MOST_LINES]
        ]
        _table([*_heads(words, "destination", "calls", "failed"), *HOURLY], peers, console)
    if len(summary.hours) > 1:
        console.print()
        console.print(label(words, "hours"), style="bold")
        hours = [
            (
                each.time[:13],
                count(each.calls),
                count(each.failed),
                count(each.errors),
                *in_row(each.figures, words.numbers),
            )
            for each in summary.hours[-MOST_HOURS:]
        ]
        _table(
            [*_heads(words, "hour", "calls", "failed", "errors"), *HOURLY],
            hours,
            console,
        )


def _heads(words: Words, *names: str) -> list[str]:
    """The headings of columns, from labels."""
    return [label(words, name).capitalize() for name in names]


def _table(
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    console: Console,
    styles: Sequence[str] = (),
    *,
    left: Sequence[int] = (0,),
) -> None:
    """A line of names, then the rows, each on one line however narrow the screen is."""
    lines = [names, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        style = "dim" if number == 0 else styles[number - 1] if styles else ""
        console.print("  ".join(cells).rstrip(), style=style, soft_wrap=True, highlight=False, markup=False)
