"""A recording in a test: what it holds, and assertions on it that say in words what is not so.

def test_call(sip_capture):
recording = sip_capture("call.pcap")
recording.assert_call(to="bob@example.net", outcome="answered", setup_s=(None, 3), codecs=["PCMU"])
recording.assert_no_findings("warning")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from sipdiag.analysis import Analysis, conclude, read
from sipdiag.calls import Call, Registration, Subscription
from sipdiag.errors import UsageError
from sipdiag.expect import (
    Compared,
    Expectations,
    Judged,
    Subject,
    Verdict,
    compared,
    expectations_in,
    parties_of,
    subjects_in,
    verdict_of,
)
from sipdiag.findings import Finding, Settings, Severity
from sipdiag.report.checks import CheckWords
from sipdiag.report.drawing import drawn
from sipdiag.report.escape import shown
from sipdiag.report.ladder import ladder_of
from sipdiag.report.words import Words
from sipdiag.rules import RULES

WIDTH = 100
"""Columns of a ladder in a failure."""
MOST_CALLS = 20
_RANGES = frozenset({"setup_s", "pdd_s", "duration_s", "mos", "loss_percent", "jitter_ms", "expires_s"})


class Recording:
    """Some captures of one test, analysed."""

    def __init__(self, paths: Sequence[str], words: Words, settings: Settings | None = None) -> None:
        """Read and analyse; raises `CaptureError` for the first capture that cannot be read."""
        self.paths = tuple(paths)
        self.analysis: Analysis = conclude([read(path, capture=at) for at, path in enumerate(paths)], settings)
        self._words = words

    @property
    def calls(self) -> list[Call]:
        """The calls, in the order in which they began."""
        return self.analysis.correlation.calls

    @property
    def registrations(self) -> list[Registration]:
        """The registrations."""
        return self.analysis.correlation.registrations

    @property
    def subscriptions(self) -> list[Subscription]:
        """The subscriptions."""
        return self.analysis.correlation.subscriptions

    @property
    def findings(self) -> list[Finding]:
        """The findings, worst first."""
        return self.analysis.findings

    def assert_call(self, **expected: Any) -> Call:  # noqa: ANN401  (each key has a type of its own)
        """Give the call that is as expected; fail, with the closest one, where there is none.

        The keys are those of `[[call]]` in an expectations file, `from_` for `from`; a range may be a pair, with None
        where it is open: `setup_s=(None, 3)`.
        """
        __tracebackhide__ = True
        met = self._met(_expectation("call", expected))
        return next(call for call in self.calls if call.call_ids == met.call_ids)

    def assert_registration(self, **expected: Any) -> Registration:  # noqa: ANN401
        """The same for a registration, with the keys of `[[registration]]`: `aor`, `outcome`, `code`, `expires_s`."""
        __tracebackhide__ = True
        met = self._met(_expectation("registration", expected))
        return next(each for each in self.registrations if [each.call_id] == met.call_ids)

    def assert_no_findings(
        self, severity: str = "warning", *, ignore: Iterable[str] = (), select: Iterable[str] = ()
    ) -> None:
        """Fail where there is a finding of this severity or worse: of all rules, or of those of `select`."""
        __tracebackhide__ = True
        level, ignored, selected = _severity(severity), _rules(ignore), _rules(select)
        found = [
            each
            for each in self.findings
            if each.severity.rank <= level.rank and each.rule not in ignored and (not selected or each.rule in selected)
        ]
        if found:
            raise AssertionError("\n".join(self._told(found)))

    def assert_expected(self, path: str) -> None:
        """Fail where the recording does not meet an expectations file."""
        __tracebackhide__ = True
        self._met(expectations_in(path))

    def _met(self, expectations: Expectations) -> Compared:
        """The last thing that was compared; fails where anything is not as expected."""
        __tracebackhide__ = True
        told = compared(expectations, self.analysis.correlation, self.analysis.carriage)
        failed = [each for each in told if each.mismatches]
        if failed:
            raise AssertionError("\n".join(self._unlike(failed)))
        return told[-1]

    def _unlike(self, failed: Sequence[Compared]) -> Iterator[str]:
        words = CheckWords(self._verdict(), self._words)
        yield self._title() + words.label("expectations")
        unlike: list[str] = []
        for each in failed:
            yield f"  {words.subject(each)}"
            for mismatch in each.mismatches:
                yield f"    {words.mismatch(mismatch)}"
            unlike += each.call_ids
        yield ""
        yield f"{self._words.label('calls')}:"
        for subject in list(self._calls())[:MOST_CALLS]:
            code = "" if subject.code is None else f" {subject.code}"
            yield f"  {shown(parties_of(subject))}  {self._words.label(subject.outcome)}{code}"
        for call in self.calls:
            if not set(unlike).isdisjoint(call.call_ids):
                yield ""
                yield from drawn(ladder_of(call), WIDTH, numbers=self._words.numbers)
                return

    def _calls(self) -> Iterator[Subject]:
        return (each for each in subjects_in(self.analysis.correlation) if each.kind == "call")

    def _told(self, found: Sequence[Finding]) -> Iterator[str]:
        words = CheckWords(self._verdict(), self._words)
        yield self._title() + words.label("findings")
        for each in found:
            judged = Judged(finding=each, fingerprint="")
            severity = self._words.label(each.severity.value).upper()
            yield f"  {severity}  {each.rule}  {self._words.label(each.confidence.value)}"
            yield f"    {words.finding(judged)}"
            yield f"    {self._words.label('fix')}: {words.remedy(judged)}"

    def _title(self) -> str:
        return f"{', '.join(map(shown, self.paths))}: "

    def _verdict(self) -> Verdict:
        return verdict_of(self.analysis)


def _expectation(table: str, expected: dict[str, Any]) -> Expectations:
    """`from_="alice", setup_s=(None, 3)` as an expectations file has it; raises `TypeError` for what it has not."""
    keys = {("from" if name == "from_" else name): _ranged(name, value) for name, value in expected.items()}
    try:
        return msgspec.convert({table: [keys]}, Expectations)
    except msgspec.ValidationError as error:
        raise TypeError(f"assert_{table}: {error}") from error


def _ranged(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in _RANGES or name == "retransmissions":
        if isinstance(value, tuple | list) and len(value) == 2:
            return {key: each for key, each in zip(("min", "max"), value, strict=True) if each is not None}
    return value


def _severity(name: str) -> Severity:
    try:
        return Severity(name)
    except ValueError:
        raise UsageError(f"{name!r} is no severity: error, warning or note") from None


def _rules(names: Iterable[str]) -> frozenset[str]:
    found = frozenset([names] if isinstance(names, str) else names)
    for name in sorted(found - set(RULES.names)):
        raise UsageError(f"no rule is called {name!r}; 'sipdiag rules' lists them")
    return found
