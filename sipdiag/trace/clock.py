"""The recorder's clock, as the times of the packets show it: where it goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sipdiag.defect import Defects

if TYPE_CHECKING:
    from sipdiag.capture import Packets

WORTH_NOTING = 100_000_000
"""Nanoseconds: several queues or interfaces of one recorder swap packets by less than this."""
MOST_STEPS = 1_000
STEPS = f"places where the clock went back, more than {MOST_STEPS}"


class ClockStep(msgspec.Struct, frozen=True, kw_only=True):
    """A packet with an earlier time than the packet before it."""

    frame: int
    time: int
    """The packet's time: nanoseconds since 1970-01-01 UTC."""
    back: int
    """Nanoseconds by which that is earlier."""


class Clock:
    """Follows the times of all packets of a capture, in the order of their frames."""

    def __init__(self) -> None:
        self.steps: list[ClockStep] = []
        self.defects = Defects()
        self.earliest: int | None = None
        self.latest: int | None = None
        self._first: int | None = None
        self._last: int | None = None

    def follow(self, packets: Packets) -> None:
        """Take the next chunk."""
        times = packets.time
        if not len(packets):
            return
        first = int(times[0])
        self._widen(int(times.min()), int(times.max()))
        self._first = first if self._first is None else self._first
        if self._last is not None:
            self._note(packets.first_frame, first, self._last - first)
        self._last = int(times[-1])
        back = times[:-1] - times[1:]
        for row in (back >= WORTH_NOTING).nonzero()[0].tolist():
            self._note(packets.first_frame + row + 1, int(times[row + 1]), int(back[row]))

    def join(self, later: Clock, shift: int) -> None:
        """Take over what another clock followed of the same capture behind its first `shift` frames."""
        if later._first is not None:
            if self._last is not None:
                self._note(shift + 1, later._first, self._last - later._first)
            self._last = later._last
        if later.earliest is not None and later.latest is not None:
            self._widen(later.earliest, later.latest)
        for step in later.steps:
            self._note(step.frame + shift, step.time, step.back)
        for _, count, frame in later.defects.limits:
            self.defects.reach(STEPS, shift + (frame or 0), count)

    def _widen(self, earliest: int, latest: int) -> None:
        self.earliest = earliest if self.earliest is None else min(earliest, self.earliest)
        self.latest = latest if self.latest is None else max(latest, self.latest)

    def _note(self, frame: int, time: int, back: int) -> None:
        if back < WORTH_NOTING:
            return
        if len(self.steps) < MOST_STEPS:
            self.steps.append(ClockStep(frame=frame, time=time, back=back))
        else:
            self.defects.reach(STEPS, frame)
