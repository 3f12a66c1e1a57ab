"""A progress bar on standard error, for captures that turn out to take longer than a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import rich.progress

SLOW = 1.0
"""Seconds that reading may take before the bar appears, and before what draws it is imported."""


class Progress:
    """Follows the captures of one run; nothing is drawn unless `wanted`."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._begun = 0.0
        self._path = ""
        self._bar: rich.progress.Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def begin(self, path: str) -> None:
        """Another capture is read."""
        self._end()
        self._begun, self._path = time.monotonic(), path

    def told(self, done: int, total: int) -> None:
        """Show that `done` of `total` bytes are read; a `total` of 0 is unknown."""
        if not self._wanted or time.monotonic() - self._begun < SLOW:
            return
        if self._bar is None:
            self._bar = _bar(self._path.rpartition("/")[2], total)
        self._bar.update(self._bar.task_ids[0], completed=done)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = None


def _bar(name: str, total: int) -> rich.progress.Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    bar = Bar(console=Console(stderr=True), transient=True)
    bar.add_task(escape(name), total=total or None)
    bar.start()
    return bar
