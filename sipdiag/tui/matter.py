"""What is browsed, worked out when it is looked at: rows of the list, ladders, messages."""

from __future__ import annotations

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.calls import Call, status
from sipdiag.findings import Finding
from sipdiag.report import Words
from sipdiag.report.drawing import drawn
from sipdiag.report.escape import shown
from sipdiag.report.ladder_sheet import Sheet, findings_about, sheet_of, talks_of
from sipdiag.report.rows import party
from sipdiag.report.secrets import masked
from sipdiag.report.times import clock
from sipdiag.trace import Sighting


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation in the list; everything in it is safe to show."""

    talk: Call
    cells: tuple[str, ...]
    """Number, time, state, code, findings, From, To."""
    findings: list[Finding]
    sought: str
    """What a filter is looked for in, in lower case."""


class Matter:
    """An analysis, ready to be looked at."""

    def __init__(self, analysis: Analysis, words: Words) -> None:
        self.analysis, self.words = analysis, words
        self._about = findings_about(analysis)
        self.rows = [self._row(talk) for talk in talks_of(analysis)]
        self._sightings = {
            (each.sighting.capture, each.sighting.frame): each.sighting for each in analysis.correlation.arrivals
        }

    def label(self, name: str) -> str:
        """A label of the browser."""
        labels: dict[str, str] = self.words.catalogue.words["browse"]
        return labels[name]

    def found(self, text: str, *, findings_only: bool) -> list[Row]:
        """The rows in which every word of `text` stands somewhere."""
        wanted = text.lower().split()
        return [
            row
            for row in self.rows
            if (row.findings or not findings_only) and all(word in row.sought for word in wanted)
        ]

    def sheet(self, row: Row) -> Sheet:
        """The ladder of a conversation."""
        return sheet_of(row.talk, self.analysis, self.words, self._about)

    def arrows(self, sheet: Sheet, width: int) -> tuple[str, list[str]]:
        """The head of a ladder, and one text an arrow, its repeats in a second line."""
        lines = drawn(sheet.ladder, width, numbers=self.words.numbers)
        arrows = sheet.ladder.arrows
        if len(lines) == len(arrows):  # too many lanes for the width: a list without a head
            return "", lines
        told, at = [], 1
        for arrow in arrows:
            size = 2 if arrow.repeats else 1
            told.append("\n".join(lines[at : at + size]))
            at += size
        return lines[0] if lines else "", told

    def message(self, capture: int, frame: int) -> str | None:
        """The message in a frame, secrets masked; None where there is none."""
        sighting = self._sightings.get((capture, frame))
        return None if sighting is None else _told(sighting)

    def finding(self, finding: Finding) -> str:
        """A finding in a sentence, and what to do about it."""
        words = self.words
        head = f"{words.label(finding.severity.value).upper()} {finding.rule} ({words.label(finding.confidence.value)})"
        remedy = shown(words.remedy(finding)).replace("`", "")
        return f"{head}: {shown(words.message(finding))}\n{words.label('fix')}: {remedy}"

    def _row(self, talk: Call) -> Row:
        findings = list({id(each): each for call_id in talk.call_ids for each in self._about.get(call_id, ())}.values())
        opening = talk.opening
        rules = " ".join(dict.fromkeys(each.rule for each in findings))
        cells = (
            str(talk.number or ""),
            clock(opening.time),
            self.words.label(talk.state.value) if talk.number else shown(opening.message.cseq_method),
            str(status(talk.final)) if talk.final else "",
            rules,
            shown(party(opening, "from")),
            shown(party(opening, "to")),
        )
        ends = {end for each in talk.transactions for end in (each.source, each.destination)}
        codes = {str(status(each)) for transaction in talk.transactions for each in transaction.responses}
        sought = " ".join([*cells, *map(shown, talk.call_ids), *sorted(ends), *sorted(codes)]).lower()
        return Row(talk=talk, cells=cells, findings=findings, sought=sought)


def _told(sighting: Sighting) -> str:
    """Where it went, and every line of it."""
    message = sighting.message
    text = masked(f"{message.head}\r\n\r\n{message.body.decode('utf-8', 'surrogateescape')}")
    lines = [shown(line.rstrip("\r")) for line in text.split("\n")]
    head = f"{sighting.frame}  {clock(sighting.time)}  {sighting.source} → {sighting.destination}  {sighting.transport}"
    return "\n".join([head, "", *lines]).rstrip()
