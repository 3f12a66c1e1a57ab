"""The check for people: the result, what failed it and why, what is accepted, in lines that a build log can hold.

A build log is read by a runner that takes some lines for commands (`::error`, `##[group]`): no line begins like one.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sipdiag.expect import Judged, Verdict
from sipdiag.report.checks import CheckWords
from sipdiag.report.escape import shown
from sipdiag.report.words import Words

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
INDENT = 4
MOST_LISTED = 100
"""Findings, and mismatches, that a log lists: nobody reads more."""


def print_check(verdict: Verdict, words: Words, console: Console, *, quiet: bool = False) -> None:
    """Write the result; `quiet` leaves out what does not fail the check."""
    _CheckReport(verdict, words, console).print(quiet=quiet)


class _CheckReport:
    def __init__(self, verdict: Verdict, words: Words, console: Console) -> None:
        self._verdict = verdict
        self._told = CheckWords(verdict, words)
        self._words = words
        self._console = console

    def print(self, *, quiet: bool) -> None:
        verdict = self._verdict
        for facts in verdict.analysis.captures:
            packets, messages = facts.packets, facts.sip_messages
            counts = f"{self._words.counted(packets, 'packet')}, {self._words.counted(messages, 'sip_message')}"
            self._line(Text(f"{shown(facts.path)}: {counts}", style="bold"), hang=2)
        for each in verdict.unreadable:
            reason = self._told.filled("unreadable", reason=each.reason)
            self._line(Text(f"{shown(each.path)}: {reason}", style="bold red"), hang=2)
        self._mismatches()
        shown_findings = verdict.failing if quiet else verdict.judged
        if shown_findings:
            self._heading("findings")
        for judged in shown_findings[:MOST_LISTED]:
            self._finding(judged)
        self._more(len(shown_findings))
        remarks = [self._told.expired(entry) for entry in verdict.expired]
        remarks += [] if quiet else [self._told.gone(entry) for entry in verdict.gone]
        if remarks:
            self._console.print()
        for remark in remarks:
            self._line(Text(remark, style="yellow"), hang=2)
        self._console.print()
        good = verdict.passed and not verdict.unreadable and not verdict.without_sip
        self._line(Text(f"{self._told.result()}: {self._told.counts()}.", style="bold green" if good else "bold red"))

    def _mismatches(self) -> None:
        if not self._verdict.mismatches:
            return
        self._heading("expectations")
        unmet = [(compared, mismatch) for compared in self._verdict.compared for mismatch in compared.mismatches]
        for compared, mismatch in unmet[:MOST_LISTED]:
            line = Text(f"{self._told.subject(compared)}: ", style="bold")
            line.append(self._told.mismatch(mismatch), style="not bold")
            self._line(line, hang=INDENT, indent=2)
        self._more(len(unmet))

    def _more(self, count: int) -> None:
        """How many are not listed; JSON, SARIF and JUnit have them all."""
        if count > MOST_LISTED:
            self._line(Text(self._label("more_frames").format(count=count - MOST_LISTED), style="dim"), indent=2)

    def _finding(self, judged: Judged) -> None:
        finding = judged.finding
        line = Text()
        accepted = judged.acceptance is not None
        style = "dim" if accepted else STYLES[finding.severity.value]
        line.append(self._label(finding.severity.value).upper(), style=style)
        line.append(f"  {finding.rule}", style="bold")
        line.append(f"  {self._label(finding.confidence.value)}  {judged.fingerprint}", style="dim")
        self._line(line, hang=INDENT, indent=2)
        self._line(Text(self._told.finding(judged)), hang=INDENT, indent=INDENT)
        if judged.acceptance is not None:
            self._line(Text(self._told.accepted(judged.acceptance), style="dim"), hang=INDENT, indent=INDENT)
            return
        remedy = Text(f"{self._label('fix')}: ", style="bold")
        remedy.append(self._told.remedy(judged), style="not bold")
        self._line(remedy, hang=INDENT, indent=INDENT)

    def _label(self, name: str) -> str:
        return self._words.label(name)

    def _heading(self, name: str) -> None:
        self._console.print()
        self._line(Text(self._told.label(name).upper(), style="bold"))

    def _line(self, text: Text, hang: int = 0, indent: int = 0) -> None:
        put(self._console, text, hang=hang, indent=indent)


def put(console: Console, text: Text, *, hang: int = 0, indent: int = 0) -> None:
    """Print `text` wrapped to the width, none of its lines one that a runner would obey."""
    width = console.width - max(hang, indent)
    for number, line in enumerate(text.wrap(console, width, overflow="fold")):
        line.rstrip()
        margin = " " * (hang if number else indent)
        console.print(Text.assemble(margin, _unheard(line)), no_wrap=True, overflow="ignore", crop=False)


def _unheard(line: Text) -> Text:
    """`line`, or where a runner would take it for a command, the same with a backslash before it."""
    begin = line.plain.lstrip()
    if not begin.startswith("::") and "##[" not in begin:
        return line
    if begin.startswith("::"):
        return Text.assemble("\\", line)
    return Text(line.plain.replace("##[", "#\\#["), style=line.style)
