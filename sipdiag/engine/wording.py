"""How figures of an audit are written, the same in every form."""

from __future__ import annotations

from sipdiag.engine.summary import Figures
from sipdiag.report import Words
from sipdiag.report.numbers import ENGLISH, Numbers

FIGURES = (
    ("ASR", "answer_seizure_ratio_percent", "%"),
    ("NER", "network_effectiveness_ratio_percent", "%"),
    ("SER", "session_establishment_ratio_percent", "%"),
    ("SEER", "session_establishment_effectiveness_ratio_percent", "%"),
    ("ISA", "ineffective_session_attempts_percent", "%"),
    ("SCR", "session_completion_ratio_percent", "%"),
    ("SRD (PDD)", "session_request_delay_ms", "ms"),
    ("SRD (failed)", "session_request_delay_failed_ms", "ms"),
    ("SDD", "session_disconnect_delay_ms", "ms"),
    ("SDT (ACD)", "session_duration_s", "s"),
    ("RRD", "registration_request_delay_ms", "ms"),
)
"""Name as the RFC has it, key, unit."""
HOURLY = ("ASR", "NER", "SER", "ISA", "SRD (PDD)", "SDT (ACD)")
"""Those that stand in a row of a table."""


def told(figures: Figures, key: str, unit: str, numbers: Numbers) -> str:
    """One figure with its unit; a dash where it is undefined."""
    value = figures[key]
    return "-" if value is None else f"{numbers.marked(f'{value:,.1f}')} {unit}"


def in_row(figures: Figures, numbers: Numbers) -> list[str]:
    """The figures of a row."""
    return [told(figures, key, unit, numbers) for name, key, unit in FIGURES if name in HOURLY]


def size_of(octets: int, numbers: Numbers = ENGLISH) -> str:
    """Bytes as people read them."""
    size, units = float(octets), iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while size >= 1000 and unit != "TB":
        size, unit = size / 1000, next(units)
    return f"{size:.0f} {unit}" if unit == "B" else f"{numbers.fixed(size, 1)} {unit}"


def label(words: Words, name: str) -> str:
    """A label of the audit in the language of `words`."""
    labels: dict[str, str] = words.catalogue.words["audit"]
    return labels[name]
