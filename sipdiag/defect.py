"""What was wrong with bytes that could still be read: a value, never raised."""

from __future__ import annotations

import msgspec

LIMIT = "limit-reached"
"""The kind of what `Defects.reach` notes."""


class Defect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with a capture, a packet or a message."""

    kind: str
    """What is wrong, in kebab case: `record-cut-off`, `content-length-missing`."""
    detail: str = ""
    """The value or place that shows it, as found; may hold hostile text."""
    frame: int | None = None
    """1-based number of the packet it was found in, where one is known."""


class Defects(list[Defect]):
    """What was wrong, in the order found; of a limit how often it was reached and where first, however often that was.

    A limit keeps memory and time bounded whatever a capture holds: what is beyond it is left out.
    """

    def __init__(self, kind: str = LIMIT) -> None:
        super().__init__()
        self._kind = kind
        self._limits: dict[str, tuple[int, int, int | None]] = {}
        """What there was too much of → its place in this list, how often, and in which frame first."""

    def reach(self, limit: str, frame: int | None, count: int = 1) -> None:
        """Note that there is more of something than is followed."""
        place, before, first = self._limits.get(limit, (len(self), 0, frame))
        if frame is not None:
            first = frame if first is None else min(first, frame)
        count += before
        self._limits[limit] = (place, count, first)
        self[place : place + 1] = [
            Defect(kind=self._kind, detail=f"{limit} ({count} {'time' if count == 1 else 'times'})", frame=first)
        ]

    @property
    def limits(self) -> list[tuple[str, int, int | None]]:
        """The limits that were reached: which, how often, in which frame first."""
        return [(limit, count, frame) for limit, (_, count, frame) in self._limits.items()]

    def clear(self) -> None:
        """Forget all."""
        super().clear()
        self._limits.clear()
