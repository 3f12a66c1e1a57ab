"""A ladder as SVG 1.1 in one file: no script, nothing from outside, light or dark as its reader prefers.

One lane a host, one row an arrow: on the left the frame and the seconds since the first message, above the arrow what
was sent, below it how often it was sent again; findings are numbered where they happened and told underneath.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from sipdiag.report.drawing import shortened
from sipdiag.report.escape import as_xml
from sipdiag.report.ladder import Arrow
from sipdiag.report.ladder_sheet import Mark, Sheet
from sipdiag.report.words import Words

SECOND = 1_000_000_000
MARGIN = 24
"""Pixels around the drawing; so are all lengths below."""
GUTTER = 140
"""Width of the column left of the lanes, which holds frame number and time."""
LANE = 240
"""Distance between two lanes."""
ROW = 34
"""Height of a row with one arrow."""
REPEAT = 18
"""How much higher a row is when its message was sent again."""
HEAD = 34
"""Height of the box with a host's name."""
NARROWEST = 680
LETTER = 7.3
"""The widest that a letter is on average at font size 12; a text too long for its room is whole in its tooltip."""
SMALL = 6.9
"""The same, for the legend."""
LINE = 18
"""Height of a line of text."""

STYLE = (
    """
  svg { --ink: #1b1f24; --soft: #59636e; --line: #c9d1d9; --paper: #ffffff; --card: #f3f5f7;
        --request: #0a58ca; --provisional: #59636e; --success: #1a7f37; --redirection: #8a5a00; --failure: #c01c28;
        --error: #c01c28; --warning: #8a5a00; --note: #0a6b78; --media: #6f42c1; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #9aa6b2; --line: #3d444d; --paper: #0d1117; --card: #1c232c;
          --request: #6cb0ff; --provisional: #9aa6b2; --success: #56d364; --redirection: #e3b341; --failure: #ff7b72;
          --error: #ff7b72; --warning: #e3b341; --note: #5fd0dd; --media: #c297ff; } }
  text { font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
  .paper { fill: var(--paper); }
  .title { font-size: 16px; font-weight: 600; }
  .soft { fill: var(--soft); }
  .place { font: 11px ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; fill: var(--soft); text-anchor: end; }
  .lane { stroke: var(--line); stroke-width: 1; stroke-dasharray: 3 4; }
  .host { fill: var(--card); stroke: var(--line); }
  .name { font: 600 12px ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; text-anchor: middle; }
  .label { text-anchor: middle; }
  .again { font-size: 11px; fill: var(--soft); text-anchor: middle; }
  .word { font-weight: 700; }
  .arrow { fill: none; stroke-width: 1.6; }
  .media .arrow { stroke-width: 5; }
  .number { font-size: 10px; font-weight: 700; fill: var(--paper); text-anchor: middle; }
"""
    + "".join(
        f"  .{kind} .arrow {{ stroke: var(--{kind}); }}\n  .{kind} .tip {{ fill: var(--{kind}); }}\n"
        for kind in ("request", "provisional", "success", "redirection", "failure", "media")
    )
    + "".join(f"  .{severity} {{ fill: var(--{severity}); }}\n" for severity in ("error", "warning", "note"))
)


def pieces(sheets: Sequence[Sheet], words: Words) -> Iterator[str]:
    """The drawing of the one sheet that there is."""
    (sheet,) = sheets
    yield from _Drawing(sheet, words).lines()


def inline(sheet: Sheet, words: Words, links: dict[int, str]) -> Iterator[str]:
    """The lanes and arrows alone, for a page with a heading and a style sheet of its own.

    `links` says which anchor in the page the arrow of a frame leads to.
    """
    yield from _Drawing(sheet, words).inline(links)


class _Drawing:
    """Knows where everything stands on one sheet."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self._sheet, self._ladder, self._words = sheet, sheet.ladder, words
        lanes = max(len(self._ladder.lanes), 1)
        self._width = max(NARROWEST, MARGIN + GUTTER + LANE * lanes + MARGIN // 2)
        self._lanes_at = [MARGIN + GUTTER + LANE // 2 + number * LANE for number in range(len(self._ladder.lanes))]
        self._messages = {mark.number: mark for mark in sheet.marks}
        self._heads_at = MARGIN + 22 + LINE * len(sheet.lines) + 14
        self._rows_at = self._heads_at + HEAD + 26

    def lines(self) -> Iterator[str]:
        """The file."""
        rows, bottom = self._rows()
        legend, height = self._legend(bottom + HEAD + 34)
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width} {height}" width="{self._width}" '
            f'height="{height}" role="img" aria-labelledby="title" lang="{as_xml(self._words.catalogue.language)}">\n'
        )
        yield f'<title id="title">{as_xml(self._sheet.title)}</title>\n'
        yield f"<style>{STYLE}</style>\n"
        yield f'<rect class="paper" width="{self._width}" height="{height}"/>\n'
        yield from self._heading()
        yield from self._lanes(bottom)
        yield from rows
        yield from self._hosts(bottom)
        yield from legend
        yield "</svg>\n"

    def inline(self, links: dict[int, str]) -> Iterator[str]:
        """An element of HTML: no style, no legend."""
        rows, bottom = self._rows()
        top, label = self._heads_at - 2, as_xml(self._sheet.title)
        height = bottom + HEAD + 4 - top
        yield (
            f'<svg viewBox="0 {top} {self._width} {height}" width="{self._width}" height="{height}" '
            f'role="group" aria-label="{label}">\n'
        )
        yield from self._lanes(bottom)
        for arrow, row in zip(self._ladder.arrows, rows, strict=True):
            anchor = links.get(arrow.frame)
            yield row if anchor is None else f'<a href="#{as_xml(anchor)}">{row}</a>'
        yield from self._hosts(bottom)
        yield "</svg>\n"

    def _lanes(self, bottom: int) -> Iterator[str]:
        for at in self._lanes_at:
            yield f'<line class="lane" x1="{at}" y1="{self._heads_at + HEAD}" x2="{at}" y2="{bottom}"/>\n'
        yield from self._hosts(self._heads_at)

    def _heading(self) -> Iterator[str]:
        room = self._width - 2 * MARGIN
        title = _cut(self._sheet.title, room, LETTER * 16 / 12)
        yield f'<text class="title" x="{MARGIN}" y="{MARGIN + 14}">{as_xml(title)}</text>\n'
        for number, line in enumerate(self._sheet.lines):
            at = MARGIN + 36 + number * LINE
            yield f'<text class="soft" x="{MARGIN}" y="{at}">{as_xml(_cut(line, room, LETTER))}</text>\n'

    def _hosts(self, top: int) -> Iterator[str]:
        room = LANE - 24
        for at, lane in zip(self._lanes_at, self._ladder.lanes, strict=True):
            name = shortened(lane, int((room - 12) / LETTER))
            yield (
                f"<g><title>{as_xml(lane)}</title>"
                f'<rect class="host" x="{at - room // 2}" y="{top}" width="{room}" height="{HEAD}" rx="6"/>'
                f'<text class="name" x="{at}" y="{top + 21}">{as_xml(name)}</text></g>\n'
            )

    def _rows(self) -> tuple[list[str], int]:
        """The arrows, and where they end."""
        rows, at = [], self._rows_at
        start = self._ladder.arrows[0].time if self._ladder.arrows else 0
        for arrow in self._ladder.arrows:
            rows.append(self._arrow(arrow, at, start))
            at += ROW + (REPEAT if arrow.repeats else 0)
        return rows, at

    def _arrow(self, arrow: Arrow, at: int, start: int) -> str:
        source, destination = self._lanes_at[arrow.source], self._lanes_at[arrow.destination]
        place = f"{arrow.frame} · {(arrow.time - start) / SECOND:.3f} s"
        badges = self._badges(arrow, at)
        # A message from a host to itself leaves its lane and comes back.
        own = source == destination
        left, right = (source, source + LANE) if own else sorted((source, destination))
        room = right - left - 28 - 20 * len(arrow.findings)
        middle = (left + right) // 2 + 10 * len(arrow.findings)
        tip = destination + 2 if own else destination
        sign = -1 if own or destination < source else 1
        line = f"M{source} {at} h46 v10 H{source + 8}" if own else f"M{source} {at} H{destination - 8 * sign}"
        tip_at = at + 10 if own else at
        again = ""
        if arrow.repeats:
            told = f"↻ {len(arrow.repeats)}×, {self._words.numbers.span(arrow.last_time - arrow.time)}"
            frames = f"{self._words.label('frames')} {', '.join(map(str, arrow.repeats))}"
            again = f'<text class="again" x="{middle}" y="{tip_at + 15}">{told}<title>{frames}</title></text>'
        return (
            f'<g class="{_kind(arrow)}"><title>{as_xml(f"{place}: {self._ends(arrow)}: {arrow.label}")}</title>'
            f'<text class="place" x="{MARGIN + GUTTER - 14}" y="{at + 4}">{place}</text>'
            f'<text class="label" x="{middle}" y="{at - 6}">{as_xml(_cut(arrow.label, room, LETTER))}</text>'
            f'<path class="arrow" d="{line}"/>'
            f'<path class="tip" d="M{tip} {tip_at} l{-9 * sign} -4.5 v9 z"/>{again}{badges}</g>\n'
        )

    def _ends(self, arrow: Arrow) -> str:
        return f"{self._ladder.lanes[arrow.source]} → {self._ladder.lanes[arrow.destination]}"

    def _badges(self, arrow: Arrow, at: int) -> str:
        left = min(self._lanes_at[arrow.source], self._lanes_at[arrow.destination])
        drawn = []
        for place, number in enumerate(arrow.findings):
            x = left + 18 + 20 * place
            mark = self._messages[number]
            drawn.append(f"<g><title>{as_xml(mark.message)}</title>{_badge(number, mark.severity, x, at - 11)}</g>")
        return "".join(drawn)

    def _legend(self, at: int) -> tuple[list[str], int]:
        """What the numbers mean, and where the drawing ends."""
        told = []
        letters = int((self._width - 2 * MARGIN - 30) / SMALL)
        for mark in self._sheet.marks:
            told.append(_badge(mark.number, mark.severity, MARGIN + 9, at - 4))
            told.append(self._mark_head(mark, at))
            for line in textwrap.wrap(mark.message, letters, break_on_hyphens=False):
                at += LINE
                told.append(f'<text x="{MARGIN + 26}" y="{at}">{as_xml(line)}</text>\n')
            at += LINE + 8
        return told, at - LINE + MARGIN if self._sheet.marks else at - 34 + MARGIN

    def _mark_head(self, mark: Mark, at: int) -> str:
        word = self._words.label(mark.severity).upper()
        return (
            f'<text x="{MARGIN + 26}" y="{at}"><tspan class="word {mark.severity}">{as_xml(word)}</tspan> '
            f"{as_xml(mark.rule)} ({as_xml(mark.confidence)})</text>\n"
        )


def _badge(number: int, severity: str, x: int, y: int) -> str:
    return (
        f'<circle class="badge {severity}" cx="{x}" cy="{y}" r="8.5"/>'
        f'<text class="number" x="{x}" y="{y + 3.5:.1f}">{number}</text>'
    )


def _kind(arrow: Arrow) -> str:
    """What an arrow is drawn as."""
    if arrow.media:
        return "media"
    if not arrow.code:
        return "request"
    return {1: "provisional", 2: "success", 3: "redirection"}.get(arrow.code // 100, "failure")


def _cut(text: str, room: float, letter: float) -> str:
    """`text`, no wider than `room` pixels."""
    most = max(int(room / letter), 4)
    return text if len(text) <= most else f"{text[: most - 1]}…"
