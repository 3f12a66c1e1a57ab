"""The check as JUnit XML: a suite for each capture, in it a case for each call and rule, and one for each expectation.

Jenkins, GitLab and GitHub's readers take this form. A case that passed says that the rule looked at the call and found
nothing; of very many calls each has one case for all the rules that found nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.expect import Judged, Unreadable, Verdict, verdict_of
from sipdiag.report.checks import CheckWords, call_title
from sipdiag.report.escape import as_xml, shown
from sipdiag.report.times import iso
from sipdiag.report.words import Words
from sipdiag.rules import RULES

MOST_CASES = 20_000
"""Cases of one report up to which each rule that found nothing in a call has a case of its own."""
_OF_CALLS = ("calls", "transactions", "arrivals")
_OF_REGISTRATIONS = ("registrations",)
_OF_SUBSCRIPTIONS = ("subscriptions",)
_OF_CAPTURES = tuple(
    name for name in RULES.__struct_fields__ if name not in (*_OF_CALLS, *_OF_REGISTRATIONS, *_OF_SUBSCRIPTIONS)
)


class _Case(msgspec.Struct, kw_only=True):
    """One test case."""

    group: str
    name: str
    failures: list[tuple[str, str]] = []
    """Type and text of what failed."""
    errors: list[str] = []
    accepted: list[str] = []
    remarks: list[str] = []
    """What was found and fails nothing."""

    @property
    def skipped(self) -> bool:
        """Whether all that was found is accepted."""
        return bool(self.accepted) and not self.failures and not self.errors


_Suite = dict[tuple[str, str], _Case]
"""Cases by group and name, in the order in which they are written."""


def pieces(analysis: Analysis, words: Words, verdict: Verdict | None = None) -> Iterator[str]:
    """The document, suite by suite."""
    verdict = verdict or verdict_of(analysis)
    suites = [*_Suites(verdict, words).all(), *(_unreadable(each, verdict, words) for each in verdict.unreadable)]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    everything = [case for _, _, cases in suites for case in cases]
    yield f'<testsuites name="sipdiag"{_figures(everything)}>\n'
    for name, time, cases in suites:
        stamp = f' timestamp="{time[:19]}"' if time else ""
        yield f'  <testsuite name="{as_xml(name)}"{_figures(cases)}{stamp}>\n'
        for case in cases:
            yield _written(case, name)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


class _Suites:
    """Sorts findings and expectations into suites and cases."""

    def __init__(self, verdict: Verdict, words: Words) -> None:
        self._verdict = verdict
        self._told = CheckWords(verdict, words)
        seen = verdict.analysis.correlation
        subjects = len(seen.calls) + len(seen.registrations) + len(seen.subscriptions)
        self._each_rule = subjects * len(RULES.names) <= MOST_CASES

    def all(self) -> Iterator[tuple[str, str, list[_Case]]]:
        """Name, time and cases of each suite."""
        captures = self._verdict.analysis.captures
        suites: list[_Suite] = [{} for _ in captures]
        groups = self._groups(suites)
        for judged in self._verdict.judged:
            finding = judged.finding
            number, group = groups.get(finding.call_id or "", (finding.capture, self._told.label("subject_capture")))
            self._take(suites[number], group, judged)
        self._expectations(suites)
        for facts, suite in zip(captures, suites, strict=True):
            if self._verdict.without_sip:
                nothing = _case(suite, self._told.label("subject_capture"), "sip")
                nothing.errors.append(self._told.label("nothing_checked"))
            yield facts.path, "" if facts.first_time is None else iso(facts.first_time), list(suite.values())

    def _groups(self, suites: list[_Suite]) -> dict[str, tuple[int, str]]:
        """Call-ID → the suite and the group of its cases, which are made here."""
        seen = self._verdict.analysis.correlation
        groups: dict[str, tuple[int, str]] = {}
        for suite in suites:
            self._passed(suite, self._told.label("subject_capture"), _OF_CAPTURES)
        for call in seen.calls:
            capture = call.opening.capture
            group = self._told.filled("subject_call", subject=call.number) + f": {call_title(call)}"
            groups.update(dict.fromkeys(call.call_ids, (capture, group)))
            self._passed(suites[capture], group, _OF_CALLS)
        for kind, fields, members in (
            ("registration", _OF_REGISTRATIONS, seen.registrations),
            ("subscription", _OF_SUBSCRIPTIONS, seen.subscriptions),
        ):
            for each in members:
                opening = each.transactions[0].request or each.transactions[0].responses[0]
                name = getattr(each, "aor", "") or getattr(each, "event", "")
                group = self._told.filled(f"subject_{kind}", subject=each.number) + f": {shown(name)}"
                groups.setdefault(each.call_id, (opening.capture, group))
                self._passed(suites[opening.capture], group, fields)
        return groups

    def _passed(self, suite: _Suite, group: str, fields: tuple[str, ...]) -> None:
        """A case that passed for each rule on such subjects, until a finding makes it another."""
        rules = [rule.NAME for field in fields for rule in getattr(RULES, field)]
        for name in rules if self._each_rule else [self._told.label("no_finding")]:
            _case(suite, group, name)

    def _take(self, suite: _Suite, group: str, judged: Judged) -> None:
        finding = judged.finding
        case = _case(suite, group, finding.rule)
        lines = [self._told.finding(judged), f"{self._told.label('fix')}: {self._told.remedy(judged)}"]
        if finding.call_id:
            lines.append(f"Call-ID: {shown(finding.call_id)}")
        text = "\n".join(lines)
        if judged.acceptance is not None:
            case.accepted.append(f"{self._told.accepted(judged.acceptance)}\n{text}")
        elif self._verdict.fails(judged):
            case.failures.append((finding.severity.value, text))
        else:
            case.remarks.append(f"{self._told.label(finding.severity.value)}: {text}")

    def _expectations(self, suites: list[_Suite]) -> None:
        counted: Counter[str] = Counter()
        for compared in self._verdict.compared if suites else ():
            capture = next((each.capture for each in compared.mismatches if each.capture is not None), 0)
            subject = self._told.subject(compared)
            counted[subject] += 1
            name = subject if counted[subject] == 1 else f"{subject} ({counted[subject]})"
            case = _case(suites[capture], "sipdiag check --expect", name)
            case.failures += [("expectation", self._told.mismatch(each)) for each in compared.mismatches]


def _case(suite: _Suite, group: str, name: str) -> _Case:
    """The case of that name, made where there is none yet."""
    if (group, name) not in suite:
        suite[group, name] = _Case(group=group, name=name, failures=[], errors=[], accepted=[], remarks=[])
    return suite[group, name]


def _unreadable(unreadable: Unreadable, verdict: Verdict, words: Words) -> tuple[str, str, Sequence[_Case]]:
    told = CheckWords(verdict, words)
    case = _Case(group=told.label("subject_capture"), name="read")
    case.errors = [told.filled("unreadable", reason=unreadable.reason)]
    return unreadable.path, "", [case]


def _figures(cases: Iterable[_Case]) -> str:
    listed = list(cases)
    figures = {
        "tests": len(listed),
        "failures": sum(bool(each.failures) and not each.errors for each in listed),
        "errors": sum(bool(each.errors) for each in listed),
        "skipped": sum(each.skipped for each in listed),
    }
    return "".join(f' {name}="{value}"' for name, value in figures.items()) + ' time="0"'


def _written(case: _Case, path: str) -> str:
    """One case; several things of one kind are one element, because readers take the first only."""
    parts = []
    if case.errors:
        parts.append(_element("error", "error", case.errors))
    elif case.failures:
        parts.append(_element("failure", case.failures[0][0], [text for _, text in case.failures]))
    elif case.skipped:
        parts.append(f'<skipped message="{as_xml(case.accepted[0].partition(chr(10))[0])}"/>')
    if said := [*case.remarks, *(case.accepted if case.failures or case.skipped else ())]:
        parts.append(f"<system-out>{_lines(said)}</system-out>")
    name = as_xml(case.name)
    head = f'    <testcase classname="{as_xml(case.group)}" name="{name}" file="{as_xml(path)}" time="0"'
    if not parts:
        return f"{head}/>\n"
    return f"{head}>\n" + "".join(f"      {part}\n" for part in parts) + "    </testcase>\n"


def _element(name: str, kind: str, texts: Sequence[str]) -> str:
    message = texts[0].partition("\n")[0]
    return f'<{name} type="{as_xml(kind)}" message="{as_xml(message)}">{_lines(texts)}</{name}>'


def _lines(texts: Sequence[str]) -> str:
    """Several texts; the line ends in them are ours, what a packet said has none left."""
    return "\n\n".join("\n".join(map(as_xml, text.split("\n"))) for text in texts)
