"""The check as SARIF 2.1.0 (OASIS), which code scanning services read.

A capture has no lines, but GitHub shows only results that name one: each result stands in line 1 of its capture, and
names its frames in the message and in its properties.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import msgspec

from sipdiag import __version__
from sipdiag.analysis import Analysis
from sipdiag.expect import Accepted, Compared, Judged, Mismatch, Verdict, verdict_of
from sipdiag.findings import Confidence, Severity
from sipdiag.report.checks import CheckWords, plain
from sipdiag.report.entry_blocks import entry_blocks
from sipdiag.report.entry_markdown import markdown_of
from sipdiag.report.escape import kept, kept_value, shown, shown_in_json
from sipdiag.report.media_lines import media_note
from sipdiag.report.times import iso
from sipdiag.report.words import Words
from sipdiag.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
EXPECTATION = "expectation-not-met"
"""The rule of results that no rule of the catalogue found."""
_PRECISION = {Confidence.CERTAIN: "very-high", Confidence.LIKELY: "high", Confidence.INCONCLUSIVE: "low"}

Object = dict[str, Any]


def pieces(analysis: Analysis, words: Words, verdict: Verdict | None = None) -> Iterator[str]:
    """The log, result by result."""
    log = _Log(verdict or verdict_of(analysis), words)
    head = {"$schema": SCHEMA, "version": "2.1.0", "runs": []}
    yield _text(head)[: -len("]}")]
    yield _text(log.run())[:-1] + ',"results":['
    before = ""
    for result in log.results():
        yield before + _text(result)
        before = ","
    yield "]}]}\n"


def _text(value: Object) -> str:
    return shown_in_json(msgspec.json.encode(value).decode())


class _Log:
    def __init__(self, verdict: Verdict, words: Words) -> None:
        self._verdict = verdict
        self._words = words
        self._told = CheckWords(verdict, words)
        self._captures = verdict.analysis.captures
        self._rules = [*RULES.names, EXPECTATION]
        self._numbers = {name: number for number, name in enumerate(self._rules)}
        self._seen: Counter[str] = Counter()

    def run(self) -> Object:
        """Everything but the results."""
        verdict = self._verdict
        return {
            "tool": {
                "driver": {
                    "name": "sipdiag",
                    "version": __version__,
                    "semanticVersion": __version__,
                    "rules": [*_rules(self._words), self._expectation()],
                }
            },
            "language": self._words.catalogue.language[:2],
            "columnKind": "unicodeCodePoints",
            "artifacts": [
                {
                    "location": {"uri": uri_of(each.path)},
                    "length": each.bytes,
                    "roles": ["analysisTarget"],
                    "properties": {"format": each.format, "packets": each.packets, "sipMessages": each.sip_messages},
                }
                for each in self._captures
            ],
            "invocations": [
                {
                    "executionSuccessful": not verdict.unreadable,
                    "toolExecutionNotifications": [
                        {
                            "level": "error",
                            "message": {"text": self._told.filled("unreadable", reason=each.reason)},
                            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri_of(each.path)}}}],
                        }
                        for each in verdict.unreadable
                    ]
                    + [{"level": "note", "message": {"text": note}} for note in (self._media_note(),) if note],
                }
            ],
        }

    def _media_note(self) -> str:
        return media_note(self._verdict.analysis, self._words)

    def results(self) -> Iterator[Object]:
        """The findings, worst first, then what was not as expected."""
        for judged in self._verdict.judged:
            yield self._finding(judged)
        for compared in self._verdict.compared:
            for mismatch in compared.mismatches:
                yield self._mismatch(compared, mismatch)

    def _expectation(self) -> Object:
        label = self._told.label
        return {
            "id": EXPECTATION,
            "shortDescription": {"text": label("rule_title")},
            "fullDescription": {"text": label("rule_meaning")},
            "help": {"text": label("rule_help"), "markdown": label("rule_help")},
            "defaultConfiguration": {"level": "error"},
            "properties": {"tags": ["sip", "expectation"]},
        }

    def _finding(self, judged: Judged) -> Object:
        finding = judged.finding
        result = self._result(finding.rule, finding.severity.value, self._told.finding(judged), finding.capture)
        result["message"]["text"] += f" {self._told.label('fix')}: {self._told.remedy(judged)}"
        result["partialFingerprints"] = self._fingerprints(judged.fingerprint)
        result["rank"] = _rank(finding.confidence)
        if judged.acceptance is not None:
            reason = shown(judged.acceptance.reason)
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
        if self._verdict.has_baseline:
            result["baselineState"] = "unchanged" if isinstance(judged.acceptance, Accepted) else "new"
        result["properties"] = {
            "frames": finding.frames,
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "precision": _PRECISION[finding.confidence],
            "variant": finding.variant,
            "time": iso(finding.time),
            "callId": None if finding.call_id is None else kept(finding.call_id),
            "evidence": {name: kept_value(value) for name, value in finding.evidence.items()},
            "causes": [each.rule for each in finding.causes],
            "consequences": [each.rule for each in finding.consequences],
        }
        return result

    def _mismatch(self, compared: Compared, mismatch: Mismatch) -> Object:
        text = f"{self._told.subject(compared)}: {self._told.mismatch(mismatch)}"
        result = self._result(EXPECTATION, "error", text, mismatch.capture or 0)
        result["partialFingerprints"] = self._fingerprints(f"{compared.kind}:{compared.subject}:{mismatch.key}")
        result["properties"] = {
            "frames": [] if mismatch.frame is None else [mismatch.frame],
            "key": mismatch.key,
            "callId": None if mismatch.call_id is None else kept(mismatch.call_id),
        }
        return result

    def _result(self, rule: str, level: str, text: str, capture: int) -> Object:
        located = capture < len(self._captures)
        location = {
            "physicalLocation": {
                "artifactLocation": {"uri": uri_of(self._captures[capture].path), "index": capture},
                "region": {"startLine": 1},
            }
        }
        return {
            "ruleId": rule,
            "ruleIndex": self._numbers[rule],
            "level": level,
            "message": {"text": text},
            "locations": [location] if located else [],
        }

    def _fingerprints(self, fingerprint: str) -> Object:
        """Ours, and the one that GitHub goes by, which must be another for each of several alike in a file."""
        fingerprint = shown(fingerprint)
        self._seen[fingerprint] += 1
        return {"sipdiag/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:{self._seen[fingerprint]}"}


@lru_cache(maxsize=4)
def _rules(words: Words) -> list[Object]:
    """Every rule in force with its help: the same for each log in the same words."""
    severities = {rule.NAME: rule.SEVERITY for field in msgspec.structs.astuple(RULES) for rule in field}
    return [_rule(name, severities[name], words) for name in RULES.names]


def _rule(name: str, severity: Severity, words: Words) -> Object:
    entry = words.entry(f"rule/{name}")
    if entry is None:
        return {"id": name, "defaultConfiguration": {"level": severity.value}}
    markdown = markdown_of(entry_blocks(entry, words.catalogue))
    steps = (f"{number}. {plain(shown(step))}" for number, step in enumerate(entry.fix, 1))
    return {
        "id": name,
        "shortDescription": {"text": shown(entry.title)},
        "fullDescription": {"text": plain(shown(entry.meaning))},
        "help": {"text": "\n".join([plain(shown(entry.description)), *steps]), "markdown": markdown},
        "defaultConfiguration": {"level": severity.value},
        "properties": {"tags": ["sip", str(entry.facts.get("family", "sip"))]},
    }


@cache
def uri_of(path: str) -> str:
    """A path as a URI reference: relative paths stay relative (RFC 3986, section 4.1)."""
    if path == "-":
        return "-"
    pure = PurePath(path)
    if "://" in path:
        return quote(path.encode("utf-8", "surrogateescape"), safe=":/?#[]@!$&'()*+,;=%~")
    told = quote(os.fsencode(pure.as_posix()))
    return f"file://{told}" if pure.is_absolute() else told


def _rank(confidence: Confidence) -> float:
    """How sure a finding is, as SARIF's rank: 100 is certain, and each lesser confidence the same step below."""
    return round(100 * (1 - confidence.rank / len(Confidence)), 1)
