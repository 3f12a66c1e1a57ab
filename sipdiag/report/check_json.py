"""The check as one JSON document: the result, findings with their fingerprints, expectations with their mismatches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sipdiag import __version__
from sipdiag.analysis import Analysis
from sipdiag.expect import Accepted, Compared, Judged, Mismatch, Verdict, verdict_of
from sipdiag.findings import Silence
from sipdiag.report.checks import CheckWords
from sipdiag.report.document import CaptureRow, FindingRow
from sipdiag.report.escape import kept, kept_value, shown_in_json
from sipdiag.report.rows import capture_row, finding_row
from sipdiag.report.words import Words

SCHEMA = "sipdiag-check/1"


class AcceptanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why a finding is accepted."""

    by: str
    """`baseline silence`."""
    reason: str
    until: str | None


class JudgedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of a check."""

    fingerprint: str
    fails: bool
    accepted: AcceptanceRow | None
    finding: FindingRow


class MismatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was not as expected."""

    key: str
    """The key of the expectations file; `missing` or `unexpected`."""
    message: str
    expected: Any
    """Null: nothing."""
    seen: Any
    capture: int | None
    frame: int | None
    call_id: str | None


class ExpectationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One expectation, or one thing that nobody expected."""

    kind: str
    """`capture call registration subscription request`."""
    subject: str
    met: bool
    mismatches: list[MismatchRow]


class UnreadableRow(msgspec.Struct, frozen=True, kw_only=True):
    """An input that could not be read."""

    path: str
    reason: str


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """An acceptance that is out of date."""

    rule: str
    reason: str
    until: str | None
    fingerprint: str | None
    """Null for a silence of the settings."""


class CheckDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The result of `sipdiag check --format json`."""

    schema: str
    version: str
    passed: bool
    fail_on: str
    captures: list[CaptureRow]
    unreadable: list[UnreadableRow]
    findings: list[JudgedRow]
    expectations: list[ExpectationRow]
    expired: list[EntryRow]
    gone: list[EntryRow]


def pieces(analysis: Analysis, words: Words, verdict: Verdict | None = None) -> Iterator[str]:
    """The document, indented for people too, with a line end behind it."""
    document = check_document(verdict or verdict_of(analysis), words)
    yield shown_in_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def check_document(verdict: Verdict, words: Words) -> CheckDocument:
    """The verdict in the types of the document."""
    told = CheckWords(verdict, words)
    return CheckDocument(
        schema=SCHEMA,
        version=__version__,
        passed=verdict.passed and not verdict.unreadable and not verdict.without_sip,
        fail_on="never" if verdict.fail_on is None else verdict.fail_on.value,
        captures=[capture_row(each) for each in verdict.analysis.captures],
        unreadable=[UnreadableRow(path=kept(each.path), reason=kept(each.reason)) for each in verdict.unreadable],
        findings=[_judged(each, verdict, words) for each in verdict.judged],
        expectations=[_expectation(each, told) for each in verdict.compared],
        expired=[_entry(each) for each in verdict.expired],
        gone=[_entry(each) for each in verdict.gone],
    )


def check_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    schema = msgspec.json.schema(CheckDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}


def _judged(judged: Judged, verdict: Verdict, words: Words) -> JudgedRow:
    acceptance = judged.acceptance
    accepted = None
    if acceptance is not None:
        accepted = AcceptanceRow(
            by="baseline" if isinstance(acceptance, Accepted) else "silence",
            reason=acceptance.reason,
            until=None if acceptance.until is None else acceptance.until.isoformat(),
        )
    return JudgedRow(
        fingerprint=judged.fingerprint,
        fails=verdict.fails(judged),
        accepted=accepted,
        finding=finding_row(judged.finding, words),
    )


def _expectation(compared: Compared, told: CheckWords) -> ExpectationRow:
    return ExpectationRow(
        kind=compared.kind,
        subject=kept(compared.subject),
        met=not compared.mismatches,
        mismatches=[_mismatch(each, told) for each in compared.mismatches],
    )


def _mismatch(mismatch: Mismatch, told: CheckWords) -> MismatchRow:
    return MismatchRow(
        key=mismatch.key,
        message=told.mismatch(mismatch),
        expected=kept_value(mismatch.expected),
        seen=kept_value(mismatch.seen),
        capture=mismatch.capture,
        frame=mismatch.frame,
        call_id=None if mismatch.call_id is None else kept(mismatch.call_id),
    )


def _entry(entry: Accepted | Silence) -> EntryRow:
    return EntryRow(
        rule=entry.rule,
        reason=entry.reason,
        until=None if entry.until is None else entry.until.isoformat(),
        fingerprint=entry.fingerprint if isinstance(entry, Accepted) else None,
    )
