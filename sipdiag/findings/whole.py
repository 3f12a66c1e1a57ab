"""Rules on the whole: what only many calls together can show, gathered from parts of the traffic and then judged.

A rule of this kind has two halves. `gathered` says what one part of the traffic shows, by subject: that is what a
finding would be about, such as a server. `told` gives the findings on one subject from what all parts show of it.
Neither the number of parts nor their order makes a difference, as long as each Call-ID lies in one part. A capture that
is read alone is one part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sipdiag.calls import Correlation
from sipdiag.findings.finding import Finding, Severity
from sipdiag.findings.scene import Scene

About = TypeVar("About")
Shown = TypeVar("Shown")


class Whole(Protocol[About, Shown]):
    """What a module in `rules` offers that judges many calls together."""

    NAME: str
    SEVERITY: Severity
    """The highest severity that its findings have."""

    def gathered(self, part: Correlation, scene: Scene, /) -> Mapping[About, Shown]:
        """What one part of the traffic shows, by subject."""

    def told(self, about: About, parts: Sequence[Shown], scene: Scene, /) -> Iterator[Finding]:
        """The findings on one subject, from what each part shows of it."""


def checked(rule: Whole[Any, Any], seen: Correlation, scene: Scene) -> Iterator[Finding]:
    """The findings of `rule` on traffic that is all in one part."""
    for about, part in rule.gathered(seen, scene).items():
        yield from rule.told(about, [part], scene)
