"""Numbers and durations as the language of a report writes them; programs get theirs with a point, from elsewhere."""

from __future__ import annotations

from sipdiag.report.times import span

_SWAPPED = str.maketrans(",.", ".,")


class Numbers:
    """Writes numbers with the marks of one language: 1,500 and 31.5 in English, 1.500 and 31,5 in Portuguese."""

    def __init__(self, decimal: str) -> None:
        self._swaps = decimal == ","

    def marked(self, number: str) -> str:
        """A number that Python wrote, with `,` between thousands and `.` before the fraction."""
        return number.translate(_SWAPPED) if self._swaps else number

    def count(self, count: int) -> str:
        """How many: `1,500`."""
        return self.marked(f"{count:,}")

    def fixed(self, value: float, digits: int) -> str:
        """With so many digits of a fraction: `31.50`."""
        return self.marked(f"{value:.{digits}f}")

    def short(self, value: float, digits: int = 3) -> str:
        """With so many digits of a fraction at most, zeros at its end left out: `31.5`."""
        told = f"{value:.{digits}f}"
        return self.marked(told.rstrip("0").rstrip(".") if digits else told)

    def span(self, nanoseconds: int) -> str:
        """A duration at a glance: `850 ms`, `31.5 s`, `26 min 6 s`."""
        return self.marked(span(nanoseconds))


ENGLISH = Numbers(".")
