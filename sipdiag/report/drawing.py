"""A ladder drawn with characters, for terminals and plain-text tickets."""

from __future__ import annotations

from sipdiag.report.ladder import Arrow, Ladder
from sipdiag.report.numbers import ENGLISH, Numbers

GUTTER = 16
"""Columns for the frame number and the time since the first message."""
NARROWEST = 18
"""Columns that one arrow needs for a label that says anything."""
SECOND = 1_000_000_000


def drawn(ladder: Ladder, width: int, *, ascii_only: bool = False, numbers: Numbers = ENGLISH) -> list[str]:
    """The lines of the diagram, none wider than `width` columns; wider calls than fit are told as a list."""
    if not ladder.arrows:
        return []
    gaps = max(len(ladder.lanes) - 1, 1)
    step = min((width - GUTTER - 2) // gaps, 40)
    if step < NARROWEST:
        return _listed(ladder, width)
    lanes = [GUTTER + index * step for index in range(len(ladder.lanes))]
    lines = [_header(ladder.lanes, lanes, width)]
    start = ladder.arrows[0].time
    for arrow in ladder.arrows:
        lines.append(_line(arrow, lanes, start, width, ascii_only=ascii_only))
        if arrow.repeats:
            again = f"{len(arrow.repeats)}{'x' if ascii_only else '×'}, {numbers.span(arrow.last_time - arrow.time)}"
            lines.append(_repeated(arrow, lanes, width, again, ascii_only=ascii_only))
    return lines


def _header(names: list[str], lanes: list[int], width: int) -> str:
    """The names over their lanes; the last one begins further left where its lane is too near the edge."""
    begins = list(lanes)
    if len(lanes) > 1:
        wanted = min(len(names[-1]), (lanes[-1] - lanes[-2]) // 2)
        begins[-1] = min(lanes[-1], width - wanted)
    line = ""
    for name, begin, end in zip(names, begins, [*(begin - 1 for begin in begins[1:]), width], strict=True):
        line = line.ljust(begin) + shortened(name, end - begin)
    return line


def shortened(name: str, room: int) -> str:
    """`name` without its middle where it is too long: of an IPv6 address the end tells hosts apart."""
    return name if len(name) <= room else f"{name[: room // 2 - 1]}…{name[len(name) - (room - room // 2) :]}"


def _line(arrow: Arrow, lanes: list[int], start: int, width: int, *, ascii_only: bool) -> str:
    bar, dash, right, left = ("|", "-", ">", "<") if ascii_only else ("│", "─", "▶", "◀")
    dash = dash if not arrow.media else "=" if ascii_only else "━"
    marks = "".join(f"[{number}]" for number in arrow.findings[:2])
    cells = list(f"{arrow.frame:>6} {(arrow.time - start) / SECOND:>8.3f}".ljust(width))
    for column in lanes:
        cells[column] = bar
    begin, end = sorted((lanes[arrow.source], lanes[arrow.destination]))
    if begin == end:  # a message to itself
        label = f" {_fitted(arrow.label, marks, width - begin - 2)}"[: width - begin - 1]
        cells[begin + 1 : begin + 1 + len(label)] = label
        return "".join(cells).rstrip()
    room = end - begin - 1
    label = f" {_fitted(arrow.label, marks, room - 4)} "
    forward = lanes[arrow.source] == begin
    body = f"{dash}{label}".ljust(room - 1, dash) + right if forward else left + f"{dash}{label}".ljust(room - 1, dash)
    cells[begin + 1 : end] = body
    return "".join(cells).rstrip()


def _fitted(label: str, marks: str, room: int) -> str:
    """Label and marks in so many columns: a response first loses its method, which the request shows, then its end."""
    behind = f" {marks}" if marks else ""
    room -= len(behind)
    if len(label) > room and label.endswith(")") and label[:3].isdigit():
        label = label[: label.rfind(" (")]
    return f"{cut(label, room)}{behind}".strip()


def cut(text: str, room: int) -> str:
    """`text` in so many columns at most; what is left out at its end is marked."""
    return text if len(text) <= room else text[: max(room - 1, 0)].rstrip() + "…" * (room > 0)


def _repeated(arrow: Arrow, lanes: list[int], width: int, again: str, *, ascii_only: bool) -> str:
    bar, sign = ("|", "") if ascii_only else ("│", "↻ ")
    cells = list("".ljust(width))
    for column in lanes:
        cells[column] = bar
    begin = min(lanes[arrow.source], lanes[arrow.destination])
    end = max(lanes[arrow.source], lanes[arrow.destination])
    label = f"{sign}{again}"[: max(end - begin - 3, 0)]
    cells[begin + 3 : begin + 3 + len(label)] = label
    return "".join(cells).rstrip()


def _listed(ladder: Ladder, width: int) -> list[str]:
    """One line an arrow; long names give way to the label."""
    start = ladder.arrows[0].time
    lines = []
    for arrow in ladder.arrows:
        room = max((width - GUTTER - 8 - min(len(arrow.label), NARROWEST)) // 2, 8)
        source, destination = (shortened(ladder.lanes[end], room) for end in (arrow.source, arrow.destination))
        line = f"{arrow.frame:>6} {(arrow.time - start) / SECOND:>8.3f}  {source} > {destination}: {arrow.label}"
        lines.append(cut(line, width).rstrip())
    return lines
