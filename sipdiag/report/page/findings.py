"""Findings for the template: alike ones in one paragraph, each frame tied to the conversation that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from sipdiag.analysis import Analysis
from sipdiag.findings import Finding, Severity
from sipdiag.report.page.conversations import Conversation, Marks, holders_of, spot
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.prose import anchor, inline
from sipdiag.report.times import clock, iso
from sipdiag.report.words import Words

MOST_FRAMES: Final = 16
"""Frames of a finding that are named."""
MOST_ALIKE: Final = 100
"""Findings of one kind that are listed after the first; the table of calls finds the others by their rule."""


class Places:
    """Finds the conversation that a frame belongs to."""

    def __init__(self, analysis: Analysis, conversations: Sequence[Conversation], marks: Marks) -> None:
        self._holders = holders_of(conversations, marks)
        self._streams = {
            (each.stream.capture, frame): conversation.key
            for conversation in conversations
            if conversation.kind == "call"
            for each in analysis.carriage.of(conversation.call).carried
            for frame in (each.stream.first_frame, each.stream.last_frame)
        }

    def of(self, finding: Finding, frame: int) -> str | None:
        """The conversation of one frame of `finding`; None where there is none in the page."""
        held = self._holders.get((finding.capture, frame), [])
        if not held:
            return self._streams.get((finding.capture, frame))
        return next((each.key for each in held if finding.call_id in each.call_ids), held[0].key)


class Teller:
    """Tells findings in the words of one language."""

    def __init__(self, words: Words, shower: Shower, places: Places, *, captures: int) -> None:
        self._words = words
        self._shower = shower
        self._places = places
        self._several = captures > 1

    def groups(self, findings: list[Finding]) -> list[dict[str, Any]]:
        """The findings in their order, all that are alike with the first of them."""
        groups = []
        trouble = any(each.severity is not Severity.NOTE for each in findings)
        kinds: dict[tuple[str, ...], list[tuple[int, Finding]]] = {}
        for number, finding in enumerate(findings, 1):
            kinds.setdefault(finding.kind, []).append((number, finding))
        for (number, first), *others in kinds.values():
            told = self._finding(number, first)
            told["others"] = [self._like_it(*each) for each in others[:MOST_ALIKE]]
            told["more"] = len(others)
            told["folded"] = trouble and first.severity is Severity.NOTE
            groups.append(told)
        return groups

    def _finding(self, number: int, finding: Finding) -> dict[str, Any]:
        words, text = self._words, self._shower.text
        key = words.finding_key(finding)
        entry = words.entry(key)
        twin = [text(each) for each in words.twin(finding)]
        return {
            "number": number,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "anchor": None if entry is None else anchor(entry.key),
            "title": entry.title if entry is not None and finding.knowledge.startswith("status/") else "",
            "message": text(words.message(finding)),
            "remedy": inline(text(words.remedy(finding))),
            "frames": self._frames(finding, finding.frames[:MOST_FRAMES]),
            "more_frames": len(finding.frames) - MOST_FRAMES,
            "capture": finding.capture + 1 if self._several else None,
            "time": clock(finding.time),
            "iso": iso(finding.time),
            "call_id": None if finding.call_id is None else text(finding.call_id),
            "twin": words.label("twin").format(frame=finding.evidence["twin_frame"]) if twin else "",
            "differences": twin,
            "linked": [*self._linked("because", finding.causes), *self._linked("led_to", finding.consequences)],
        }

    def _linked(self, label: str, others: list[Finding]) -> list[dict[str, Any]]:
        """Causes or consequences, of each rule the first few."""
        told: list[dict[str, Any]] = []
        for _, alike in groupby(others, key=lambda each: each.rule):
            each, *more = alike
            told.append(
                {
                    "label": self._words.label(label),
                    "rule": each.rule,
                    "message": self._shower.text(self._words.message(each)),
                    "anchor": self._anchor(each),
                    "frames": self._frames(each, each.frames[:MOST_FRAMES]),
                    "others": [frame for other in more for frame in self._frames(other, other.frames[:1])][:MOST_ALIKE],
                    "more": len(more),
                }
            )
        return told

    def _like_it(self, number: int, finding: Finding) -> dict[str, Any]:
        return {
            "number": number,
            "message": self._shower.text(self._words.message(finding)),
            "frames": self._frames(finding, finding.frames[:1]),
            "time": clock(finding.time),
        }

    def _frames(self, finding: Finding, frames: list[int]) -> list[dict[str, Any]]:
        return [
            {"frame": each, "spot": spot(finding.capture, each), "key": self._places.of(finding, each)}
            for each in frames
        ]

    def _anchor(self, finding: Finding) -> str | None:
        entry = self._words.entry(self._words.finding_key(finding))
        return None if entry is None else anchor(entry.key)
