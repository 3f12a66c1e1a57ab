"""What traces mean by the settings at hand: thresholds, severities, and what is known and silenced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis
    from sipdiag.cli.settings import File
    from sipdiag.trace import Trace


def judged(traces: Sequence[Trace], settings: File) -> Analysis:
    """The analysis of `traces`, the clocks of their recorders set alike, with its findings as `settings` take them."""
    from sipdiag.analysis import conclude  # noqa: PLC0415  (`--help` does without)
    from sipdiag.findings import caused, taken, unfolded  # noqa: PLC0415
    from sipdiag.trace import aligned  # noqa: PLC0415

    analysis = conclude(aligned(traces), settings.thresholds, helped=True)
    findings = taken(unfolded(analysis.findings), settings.policy, datetime.now(UTC).date())
    return replace(analysis, findings=caused(findings, analysis.correlation))
