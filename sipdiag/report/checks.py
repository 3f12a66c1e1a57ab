"""A check in words: what was expected and what was seen, which findings are accepted and why, how it all ended."""

from __future__ import annotations

from sipdiag.calls import Call
from sipdiag.expect import Accepted, Compared, Judged, Mismatch, Range, Value, Verdict
from sipdiag.findings import Silence
from sipdiag.report.escape import shown
from sipdiag.report.rows import party
from sipdiag.report.words import Words

MOST_FRAMES = 12


class CheckWords:
    """Speaks about one check; all that it gives is safe to show."""

    def __init__(self, verdict: Verdict, words: Words) -> None:
        self.words = words
        self._verdict = verdict
        self._captures = verdict.analysis.captures
        self._own: dict[str, str] = words.catalogue.words["checks"]

    def label(self, name: str) -> str:
        """A label of checks, else one of all reports."""
        return self._own[name] if name in self._own else self.words.label(name)

    def filled(self, name: str, /, **values: object) -> str:
        """A label with its values, which may come from packets."""
        return self.label(name).format(**{key: shown(str(value)) for key, value in values.items()})

    def path(self, capture: int | None) -> str:
        """The path of a capture as it was given."""
        return shown(self._captures[capture].path) if capture is not None and self._captures else ""

    def subject(self, compared: Compared) -> str:
        """What an expectation is about."""
        return self.filled(f"subject_{compared.kind}", subject=compared.subject)

    def mismatch(self, mismatch: Mismatch) -> str:
        """What was expected, what was seen, and in which frame."""
        name = f"what_{mismatch.key}"
        if mismatch.key == "messages" and mismatch.detail:
            name = "what_messages_after"
        what = self.filled(name, detail=mismatch.detail)
        told = self.filled(
            "mismatch", what=what, expected=self.value(mismatch.expected), seen=self.value(mismatch.seen)
        )
        if mismatch.frame is None:
            return told
        return f"{told} ({self.place(mismatch.capture or 0, [mismatch.frame])})"

    def value(self, value: Value) -> str:
        """Something expected or seen."""
        if value is None:
            return self.label("nothing")
        if isinstance(value, Range):
            return self._range(value)
        if isinstance(value, list):
            return ", ".join(shown(each) for each in value) or self.label("any_value")
        if isinstance(value, float):
            return self.words.numbers.short(value)
        text = str(value)
        if text in ("both", "none"):
            return self.label("both" if text == "both" else "nothing")
        return self.words.label(text) if isinstance(value, str) and text in TOKENS else shown(text)

    def _range(self, value: Range) -> str:
        least, most = (
            None if each is None else self.words.numbers.marked(f"{each:g}") for each in (value.min, value.max)
        )
        name = "at_most" if least is None else "at_least" if most is None else "between"
        if least is not None and least == most:
            name = "exactly"
        return self.filled(name, min=least, max=most)

    def place(self, capture: int, frames: list[int]) -> str:
        """`frames 4, 5`, with the file where there are several."""
        listed = ", ".join(map(str, frames[:MOST_FRAMES]))
        if len(frames) > MOST_FRAMES:
            listed += " " + self.words.label("more_frames").format(count=len(frames) - MOST_FRAMES)
        told = f"{self.words.label('frame' if len(frames) == 1 else 'frames')} {listed}"
        return f"{told}, {self.path(capture)}" if len(self._captures) > 1 else told

    def finding(self, judged: Judged) -> str:
        """What a finding says, with its frames."""
        finding = judged.finding
        told = shown(self.words.message(finding)).rstrip(".")
        return f"{told} ({self.place(finding.capture, finding.frames)})."

    def remedy(self, judged: Judged) -> str:
        """What to do about it."""
        return plain(shown(self.words.remedy(judged.finding)))

    def accepted(self, acceptance: Accepted | Silence) -> str:
        """Why a finding is accepted, and until when."""
        if acceptance.until is None:
            return self.filled("accepted", reason=acceptance.reason)
        return self.filled("accepted_until", until=acceptance.until, reason=acceptance.reason)

    def expired(self, entry: Accepted | Silence) -> str:
        """That something is accepted no longer."""
        return self.filled("expired", until=entry.until, rule=entry.rule, reason=entry.reason)

    def gone(self, entry: Accepted) -> str:
        """That the baseline holds more than there is."""
        return self.filled("gone", rule=entry.rule, message=(entry.message or entry.fingerprint).rstrip("."))

    def counts(self) -> str:
        """The result in figures."""
        verdict = self._verdict
        return self.filled(
            "counts",
            failing=len(verdict.failing),
            new=len(verdict.new),
            fail_on="never" if verdict.fail_on is None else verdict.fail_on.value,
            accepted=len(verdict.judged) - len(verdict.new),
            mismatches=len(verdict.mismatches),
        )

    def result(self) -> str:
        """Passed, failed, or that nothing was checked."""
        verdict = self._verdict
        if verdict.passed and verdict.without_sip and not verdict.unreadable:
            return self.label("nothing_checked")
        return self.label("passed" if verdict.passed and not verdict.unreadable else "failed")


TOKENS = frozenset(
    {"answered", "failed", "cancelled", "unfinished", "registered", "removed", "fetched", "active", "pending"}
    | {"terminated", "accepted", "caller", "callee"}
)
"""Values that are words of ours, told in the reader's language."""


def plain(markdown: str) -> str:
    """A sentence of the catalogue without its marks of code and weight."""
    return markdown.replace("`", "").replace("**", "")


def call_title(call: Call) -> str:
    """`sip:alice@example.com → sip:bob@example.net`."""
    return f"{shown(party(call.opening, 'from'))} → {shown(party(call.opening, 'to'))}"
