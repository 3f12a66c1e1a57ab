"""What stands around a ladder that is drawn by itself: whose it is, and the findings that mark its arrows."""

from __future__ import annotations

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.calls import Call, status
from sipdiag.findings import Finding
from sipdiag.report.escape import shown
from sipdiag.report.ladder import Ladder, ladder_of, marks_of
from sipdiag.report.media_lines import media_label
from sipdiag.report.rows import party
from sipdiag.report.times import clock, day
from sipdiag.report.words import Words


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the legend below a ladder tells it."""

    number: int
    severity: str
    """`error warning note`."""
    rule: str
    confidence: str
    """In the language of the sheet."""
    message: str


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One ladder with all that is said about it; what packets said is escaped for a terminal."""

    title: str
    """`Call 1: sip:alice@example.com → sip:bob@example.net`."""
    lines: list[str]
    """How it went and when; its Call-IDs."""
    ladder: Ladder
    marks: list[Mark]


def sheets_of(analysis: Analysis, words: Words) -> list[Sheet]:
    """A sheet for each conversation of `analysis`."""
    about = findings_about(analysis)
    return [sheet_of(each, analysis, words, about) for each in talks_of(analysis)]


def findings_about(analysis: Analysis) -> dict[str | None, list[Finding]]:
    """Call-ID → the findings that are about it, themselves or by what they are tied to, in their order."""
    about: dict[str | None, list[Finding]] = {}
    for finding in analysis.findings:
        for call_id in {each.call_id for each in (finding, *finding.causes, *finding.consequences)}:
            about.setdefault(call_id, []).append(finding)
    return about


def talks_of(analysis: Analysis) -> list[Call]:
    """Every call; for messages that belong to no call, one for each Call-ID, numbered 0.

    Registrations and the like have ladders as calls have: the same messages, without a state.
    """
    seen = analysis.correlation
    in_calls = {call_id for call in seen.calls for call_id in call.call_ids}
    others = dict.fromkeys(each.sighting.message.call_id for each in seen.arrivals)
    by_call_id = {call_id: seen.transactions_of(call_id) for call_id in others if call_id not in in_calls}
    rest = [Call(call_ids=[call_id], transactions=found, acks=[]) for call_id, found in by_call_id.items() if found]
    return [*seen.calls, *rest]


def sheet_of(
    call: Call, analysis: Analysis, words: Words, about: dict[str | None, list[Finding]] | None = None
) -> Sheet:
    """The sheet of one of `talks_of`; `about` saves looking through all findings for each."""
    index = findings_about(analysis) if about is None else about
    named = {id(each): each for call_id in call.call_ids for each in index.get(call_id, ())}
    findings = (
        [each for each in analysis.findings if id(each) in named] if len(call.call_ids) > 1 else [*named.values()]
    )
    opening = call.opening
    parties = f"{shown(party(opening, 'from'))} → {shown(party(opening, 'to'))}"
    state = (
        [] if not call.number else [words.label(call.state.value) + (f" ({status(call.final)})" if call.final else "")]
    )
    if (duration := call.duration) is not None:
        state.append(words.numbers.span(duration))
    return Sheet(
        title=f"{words.label('call')} {call.number}: {parties}" if call.number else parties,
        lines=[
            " · ".join([*state, f"{day(opening.time)} {clock(opening.time)} UTC"]),
            *(f"Call-ID {shown(call_id)}" for call_id in call.call_ids),
        ],
        ladder=ladder_of(
            call, marks_of(findings), [(each, media_label(each, words)) for each in analysis.carriage.of(call).carried]
        ),
        marks=[
            Mark(
                number=number,
                severity=each.severity.value,
                rule=each.rule,
                confidence=words.label(each.confidence.value),
                message=shown(words.message(each)),
            )
            for number, each in enumerate(findings, 1)
        ],
    )
