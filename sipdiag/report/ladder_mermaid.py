"""A ladder as a Mermaid sequence diagram, for Markdown that draws such diagrams (GitHub, GitLab, many wikis).

Every character that the grammar could take for its own stands as an entity code: a packet writes text, never syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sipdiag.report.ladder import Arrow
from sipdiag.report.ladder_sheet import Sheet
from sipdiag.report.words import Words

SECOND = 1_000_000_000
SPECIAL = re.compile(r"[^\w .,:()/@+→×·-]")
"""Characters that are written as entity codes: all but those that certainly begin nothing in Mermaid's grammar."""


def pieces(sheets: Sequence[Sheet], words: Words) -> Iterator[str]:
    """The diagram of the one sheet that there is."""
    (sheet,) = sheets
    yield "sequenceDiagram\n"
    yield f"    title {_text(sheet.title)}\n"
    for number, lane in enumerate(sheet.ladder.lanes):
        yield f"    participant L{number} as {_text(lane)}\n"
    start = sheet.ladder.arrows[0].time if sheet.ladder.arrows else 0
    told: set[int] = set()
    for arrow in sheet.ladder.arrows:
        line = "-)" if arrow.media else "-->>" if arrow.code else "->>"
        yield f"    L{arrow.source}{line}L{arrow.destination}: {_label(arrow, start, words)}\n"
        for mark in sheet.marks:
            if mark.number in arrow.findings and mark.number not in told:
                told.add(mark.number)
                over = ",".join(f"L{lane}" for lane in sorted({arrow.source, arrow.destination}))
                head = f"({mark.number}) {words.label(mark.severity).upper()} {mark.rule}: "
                yield f"    Note over {over}: {_text(head + mark.message)}\n"


def _label(arrow: Arrow, start: int, words: Words) -> str:
    """`#4 0.218 s: 200 OK (INVITE) (1), repeated`: frame, time since the first message, what it is."""
    marks = "".join(f" ({number})" for number in arrow.findings)
    again = f", {len(arrow.repeats)}×, {words.numbers.span(arrow.last_time - arrow.time)}" if arrow.repeats else ""
    place = f"{words.label('frame')} {arrow.frame}, {(arrow.time - start) / SECOND:.3f} s"
    return _text(f"{place}: {arrow.label}{again}{marks}")


def _text(text: str) -> str:
    return SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)
