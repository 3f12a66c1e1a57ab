"""The summary of an audit as one page of HTML that fetches nothing and runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from sipdiag.engine.summary import Hour, Summary
from sipdiag.engine.wording import FIGURES, HOURLY, in_row, label, size_of, told
from sipdiag.report import Words
from sipdiag.report.escape import shown

WIDTH, HEIGHT = 960, 160


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of the trend, in the picture's own measure."""

    x: float
    width: float
    height: float
    failed: float
    told: str


def page_of(summary: Summary, words: Words) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  (only a page needs it)

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_name("summary.html").read_text(encoding="utf-8"))
    return template.render(
        summary=summary,
        language=words.catalogue.language,
        say=lambda name, **parts: label(words, name).format(**parts),
        shown=shown,
        count=words.numbers.count,
        figures=[(name, told(summary.figures, key, unit, words.numbers)) for name, key, unit in FIGURES],
        hourly=HOURLY,
        in_row=lambda figures: in_row(figures, words.numbers),
        size=size_of(summary.bytes, words.numbers),
        bars=_bars(summary.hours, words),
        width=WIDTH,
        height=HEIGHT,
    )


def _bars(hours: Sequence[Hour], words: Words) -> list[Bar]:
    """The trend: calls of each hour, of them those that failed."""
    count = words.numbers.count
    most = max((each.calls for each in hours), default=0) or 1
    width = WIDTH / max(1, len(hours))
    return [
        Bar(
            x=round(number * width, 2),
            width=round(max(width - 1, 0.5), 2),
            height=round(HEIGHT * each.calls / most, 2),
            failed=round(HEIGHT * each.failed / most, 2),
            told=f"{each.time[:13]}: {count(each.calls)} / {count(each.failed)}",
        )
        for number, each in enumerate(hours)
    ]
