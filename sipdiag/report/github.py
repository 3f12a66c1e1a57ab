"""The check as annotations of GitHub Actions: workflow commands that its runner reads from the output of a step.

A command ends with its line, and its properties with a comma or a colon: what packets and file names say is escaped as
the runner reads it back, so that no text of a capture becomes a command.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.analysis import Analysis
from sipdiag.expect import Judged, Verdict, verdict_of
from sipdiag.report.checks import CheckWords
from sipdiag.report.escape import shown
from sipdiag.report.words import Words

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def pieces(analysis: Analysis, words: Words, verdict: Verdict | None = None) -> Iterator[str]:
    """A line for each finding that nobody accepted and each mismatch, worst first; then the result."""
    verdict = verdict or verdict_of(analysis)
    told = CheckWords(verdict, words)
    for each in verdict.unreadable:
        yield _command("error", each.path, "sipdiag", told.filled("unreadable", reason=each.reason))
    for compared in verdict.compared:
        for mismatch in compared.mismatches:
            path = told.path(mismatch.capture or 0)
            yield _command("error", path, told.subject(compared), told.mismatch(mismatch))
    for judged in verdict.new:
        yield _annotation(judged, verdict, told)
    for entry in verdict.expired:
        yield _command("warning", "", entry.rule, told.expired(entry))
    if verdict.without_sip and not verdict.unreadable:
        yield _command("error", told.path(0), "sipdiag", told.label("nothing_checked"))
    yield f"{told.result()}: {told.counts()}.\n"


def _annotation(judged: Judged, verdict: Verdict, told: CheckWords) -> str:
    finding = judged.finding
    text = f"{told.finding(judged)}\n{told.label('fix')}: {told.remedy(judged)}"
    if finding.call_id:
        text += f"\nCall-ID: {shown(finding.call_id)}"
    title = f"{finding.rule} ({told.label(finding.confidence.value)})"
    path = verdict.analysis.captures[finding.capture].path
    return _command(LEVELS[finding.severity.value], path, title, text)


def _command(level: str, path: str, title: str, text: str) -> str:
    """`::error file=trace.pcap,title=ack-missing::Callee …`."""
    properties = {"file": _property(shown(path)), "title": _property(title)}
    listed = ",".join(f"{name}={value}" for name, value in properties.items() if value)
    return f"::{level} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
