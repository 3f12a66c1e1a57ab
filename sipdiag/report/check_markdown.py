"""The check as Markdown: the summary of a build, a comment on a change.

What packets said stands in code spans only: there nothing is a link, an image, a mention or HTML.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.analysis import Analysis
from sipdiag.expect import Judged, Verdict, verdict_of
from sipdiag.report.checks import CheckWords
from sipdiag.report.escape import as_code
from sipdiag.report.words import Words

MOST_ROWS = 100
"""Findings and mismatches that are listed: the services that show this limit its length."""


def pieces(analysis: Analysis, words: Words, verdict: Verdict | None = None) -> Iterator[str]:
    """The summary, block by block."""
    verdict = verdict or verdict_of(analysis)
    told = CheckWords(verdict, words)
    yield f"## sipdiag check: {told.result()}\n\n{told.counts()}.\n"
    for each in verdict.unreadable:
        yield f"\n- {as_code(each.path)}: {as_code(told.filled('unreadable', reason=each.reason))}\n"
    for heading, lines in (("expectations", _mismatches(verdict, told)), ("findings", _findings(verdict, told))):
        listed = list(lines)
        if listed:
            yield f"\n### {told.label(heading)}\n\n" + "".join(f"- {line}\n" for line in listed[:MOST_ROWS])
        if len(listed) > MOST_ROWS:
            yield f"- … {told.label('more_frames').format(count=len(listed) - MOST_ROWS)}\n"
    for entry in verdict.expired:
        yield f"\n- {as_code(told.expired(entry))}\n"


def _mismatches(verdict: Verdict, told: CheckWords) -> Iterator[str]:
    for compared in verdict.compared:
        for mismatch in compared.mismatches:
            yield as_code(f"{told.subject(compared)}: {told.mismatch(mismatch)}")


def _findings(verdict: Verdict, told: CheckWords) -> Iterator[str]:
    for judged in verdict.judged:
        yield _finding(judged, told)


def _finding(judged: Judged, told: CheckWords) -> str:
    finding = judged.finding
    head = f"**{told.label(finding.severity.value)}** `{finding.rule}` ({told.label(finding.confidence.value)}): "
    if judged.acceptance is not None:
        return head + as_code(told.accepted(judged.acceptance))
    return head + as_code(told.finding(judged)) + f" {told.label('fix')}: {as_code(told.remedy(judged))}"
