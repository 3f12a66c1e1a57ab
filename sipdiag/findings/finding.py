"""A finding: what is wrong, how sure that is, and the evidence; prose comes from the catalogue when it is reported."""

from __future__ import annotations

from enum import Enum

import msgspec

Evidence = dict[str, "str | int | float | bool | list[str] | list[int]"]
"""Named facts from the capture: header values, addresses, counts; times end in `_s` (seconds) or `_ms`."""


class Severity(Enum):
    """How much it matters to a user; the order of definition is from worst to least."""

    ERROR = "error"
    """Something is broken for a user."""
    WARNING = "warning"
    """It works, but badly or at risk."""
    NOTE = "note"
    """Worth knowing; an outcome such as busy."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANK[self.value]


class Confidence(Enum):
    """How sure a finding is."""

    CERTAIN = "certain"
    """The capture proves it."""
    LIKELY = "likely"
    INCONCLUSIVE = "inconclusive"
    """The capture ends too early, starts too late or sees one direction only."""

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return _RANK[self.value]


_RANK = {"error": 0, "warning": 1, "note": 2, "certain": 0, "likely": 1, "inconclusive": 2}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule found."""

    rule: str
    variant: str
    """Which of the rule's messages says it."""
    severity: Severity
    confidence: Confidence
    knowledge: str
    """The entry of the catalogue that explains it: `rule/ack-missing`, `status/403`."""
    capture: int
    """Which capture of the analysis, from 0."""
    time: int
    """When it began: nanoseconds since 1970-01-01 UTC."""
    frames: list[int]
    """The frames that show it, in the order they are best read."""
    call_id: str | None = None
    evidence: Evidence = {}
    causes: list[Finding] = []
    """The findings that brought it about; they stand here and nowhere else."""
    consequences: list[Finding] = []
    """The findings that it, or its causes, led to; they too stand here and nowhere else."""

    @property
    def kind(self) -> tuple[str, str, str, str, str]:
        """What findings have in common that a report tells together: all but whose they are, where and when."""
        return self.rule, self.variant, self.severity.value, self.confidence.value, self.knowledge

    @property
    def place(self) -> tuple[int, int, int, str, str, int, list[int]]:
        """What findings are sorted by: worst first, then surest, then in the order of time, across captures."""
        rank = (self.severity.rank, self.confidence.rank, self.time)
        return (*rank, self.rule, self.call_id or "", self.capture, self.frames)
