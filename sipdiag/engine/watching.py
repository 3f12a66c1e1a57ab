"""Which captures of a folder that a probe writes to are complete: those that did not change since the last look."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.engine.places import Place


class Watch:
    """Looks again and again, and gives what is complete."""

    def __init__(self) -> None:
        self._before: dict[str, Place] = {}
        self._audited: dict[str, Place] = {}

    def complete(self, places: Iterable[Place]) -> list[Place]:
        """Those of `places` that are as they were at the last look; what was audited stays until it is gone."""
        now = {place.path: place for place in places}
        still = [place for path, place in now.items() if self._before.get(path) == place or path in self._audited]
        self._before = now
        return still

    def is_news(self, places: Iterable[Place]) -> bool:
        """Whether they are others than those of the last audit."""
        return {place.path: place for place in places} != self._audited

    def audited(self, places: Iterable[Place]) -> None:
        """Remember what was audited."""
        self._audited = {place.path: place for place in places}
