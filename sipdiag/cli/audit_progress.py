"""How far an audit is: a bar for each stage on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import rich.progress

    from sipdiag.report import Words

NOW_AND_THEN = 10.0
"""Seconds between two lines of one stage where nobody watches."""


class AuditProgress:
    """Follows the stages of one audit; nothing is told unless `wanted`."""

    def __init__(self, words: Words, *, wanted: bool, rounds: bool = False) -> None:
        """Of many `rounds` those that are over soon tell nothing."""
        self._words, self._wanted, self._rounds = words, wanted, rounds
        self._drawn = wanted and sys.stderr.isatty()
        self._stage = ""
        self._total = self._done = self._octets = self._messages = self._calls = self._findings = 0
        self._begun = self._told = 0.0
        self._bar: rich.progress.Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def begin(self, stage: str, total: int) -> None:
        """A stage of so many steps begins."""
        self._end()
        self._stage, self._total = stage, total
        self._done = self._octets = self._messages = self._calls = self._findings = 0
        self._begun = self._told = time.monotonic()
        if self._drawn:
            self._bar = _bar(self._name, total)

    def step(self, *, octets: int = 0, messages: int = 0, calls: int = 0, findings: int = 0) -> None:
        """Another step is done."""
        self._done += 1
        self._octets += octets
        self._messages += messages
        self._calls += calls
        self._findings += findings
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done, told=self._figures)
        elif self._wanted and (time.monotonic() - self._told > NOW_AND_THEN or self._is_over):
            self._told = time.monotonic()
            print(self._line, file=sys.stderr, flush=True)  # noqa: T201

    @property
    def _is_over(self) -> bool:
        return self._done == self._total and not self._rounds

    @property
    def _name(self) -> str:
        labels: dict[str, str] = self._words.catalogue.words["audit"]
        return labels[f"stage_{self._stage}"]

    @property
    def _line(self) -> str:
        figures = self._figures
        told = ", ".join(each for each in (figures, self._left) if each)
        count = self._words.numbers.count
        return f"{self._name}: {count(self._done)} / {count(self._total)}{f' ({told})' if told else ''}"

    @property
    def _left(self) -> str:
        """How long the stage will still take, if it goes on as it did."""
        if self._done >= self._total:
            return ""
        passed = time.monotonic() - self._begun
        seconds = round(passed / self._done * (self._total - self._done))
        labels: dict[str, str] = self._words.catalogue.words["audit"]
        return labels["left"].format(time=self._words.numbers.span(max(seconds, 1) * 1_000_000_000))

    @property
    def _figures(self) -> str:
        """What the stage counts: bytes, messages and rate, or calls and findings."""
        count, numbers = self._words.numbers.count, self._words.numbers
        if self._calls:
            labels: dict[str, str] = self._words.catalogue.words["audit"]
            return f"{count(self._calls)} {labels['calls']}, {count(self._findings)} {labels['count']}"
        if not self._octets:
            return ""
        from sipdiag.engine.wording import size_of  # noqa: PLC0415  (once it is imported anyway)

        passed = max(time.monotonic() - self._begun, 0.001)
        rate = size_of(round(self._octets / passed), numbers)
        return f"{size_of(self._octets, numbers)}, {count(self._messages)} SIP, {rate}/s"

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = None


def _bar(name: str, total: int) -> rich.progress.Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    bar.add_task(name, total=total, told="")
    bar.start()
    return bar
