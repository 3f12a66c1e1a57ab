"""What changed between two recordings, in words: a line a change, below the conversation that it is in."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.difference import Change, Difference, Pair
from sipdiag.report.checks import TOKENS
from sipdiag.report.escape import shown
from sipdiag.report.words import Words

LONGEST = 400
"""Characters of a value that are told; the JSON document has all of them."""


class DifferenceWords:
    """Speaks about one difference; all that it gives is safe to show."""

    def __init__(self, difference: Difference, words: Words) -> None:
        self._difference = difference
        self._words = words
        self._own: dict[str, str] = words.catalogue.words["changes"]
        self._checks: dict[str, str] = words.catalogue.words["checks"]

    def label(self, name: str) -> str:
        """A label of differences, else one of checks."""
        return self._own[name] if name in self._own else self._checks[name]

    def filled(self, name: str, /, **values: object) -> str:
        """A label with its values, which may come from packets."""
        return self.label(name).format(**{key: shown(str(value)) for key, value in values.items()})

    def title(self, pair: Pair) -> str:
        """The conversation, and where it is in one recording only, in which."""
        name = "subject_capture" if pair.kind == "capture" else f"subject_{pair.kind}"
        told = self.filled(name, subject=pair.subject)
        if pair.seen == "both":
            return told
        where = self.filled(f"only_{pair.seen}", before=self._difference.before, after=self._difference.after)
        return f"{told}: {where} ({self.filled('in_frame', frame=pair.frame)})"

    def changed(self) -> Iterator[Pair]:
        """The conversations that are not as they were."""
        return (each for each in self._difference.pairs if each.seen != "both" or each.changes)

    def change(self, change: Change) -> str:
        """One change, with its frames."""
        values = {"what": self._what(change), "before": self._value(change, change.before)}
        values["after"] = self._value(change, change.after)
        name = "was_now"
        if change.kind in ("message", "finding"):
            name = "come" if change.before == "" else "gone"
        told = self.label(name).format(**values)
        return f"{told}{self._frames(change)}"

    def result(self) -> str:
        """How much changed."""
        difference = self._difference
        if not difference.pairs:
            return self.label("no_sip")
        if difference.same:
            return self.filled("same", pairs=len(difference.pairs))
        changed = len(list(self.changed()))
        return self.filled("changed", changes=difference.count, pairs=changed, all=len(difference.pairs))

    def _what(self, change: Change) -> str:
        name = f"what_{change.kind}"
        if change.kind == "sdp" and change.name:
            name = "what_sdp_of"
        return self.filled(name, of=change.of, name=change.name)

    def _value(self, change: Change, value: str) -> str:
        if change.kind == "finding" and value and change.finding is not None:
            return shown(self._words.message(change.finding))
        if change.kind in ("outcome", "ended_by", "media") and value in TOKENS:
            return self._words.label(value)
        if change.kind == "media" and value in ("both", "none"):
            return self.label("both" if value == "both" else "empty")
        if not value:
            return self.label("empty")
        return shown(value if len(value) <= LONGEST else f"{value[:LONGEST]}…")

    def _frames(self, change: Change) -> str:
        before, after = change.frame_before, change.frame_after
        if before is not None and after is not None:
            return f" ({self.filled('in_frames', before=before, after=after)})"
        frame = after if before is None else before
        return "" if frame is None else f" ({self.filled('in_frame', frame=frame)})"
