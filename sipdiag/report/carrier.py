"""The ticket for a carrier: one page with what is asked, when and where it was seen, and the clause that it is about.

It is told twice by the same code: as Markdown and as HTML, which differ in how they write a word of a packet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sipdiag.analysis import Analysis
from sipdiag.calls import Call, status
from sipdiag.findings import Finding, Severity
from sipdiag.report.escape import as_code, as_xml
from sipdiag.report.ladder import label_of, sent_in
from sipdiag.report.ladder_sheet import Sheet, sheets_of
from sipdiag.report.markdown import moment
from sipdiag.report.rows import party
from sipdiag.report.times import clock
from sipdiag.report.words import Words

MOST_MESSAGES = 200
MOST_FRAMES = 20
REFUSALS = frozenset({"call-failed", "registration-failed", "subscription-failed"})
"""Rules whose finding is a code that somebody sent."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font: .92em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
"""


class Paper(Protocol):
    """How a page is written."""

    def code(self, text: str) -> str:
        """What a packet said."""

    def page(self, title: str, blocks: Iterator[str], language: str) -> Iterator[str]:
        """The whole."""

    def heading(self, text: str) -> str:
        """The head of a part."""

    def question(self, text: str) -> str:
        """What is asked."""

    def listing(self, items: Sequence[tuple[str, str]]) -> str:
        """Names and values; an empty name is told without one."""

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A table."""

    def plain(self, text: str) -> str:
        """A sentence of the catalogue, in which packets stand as `code` wrote them."""


class Markdown:
    """GitHub-flavoured Markdown."""

    code = staticmethod(as_code)

    def page(self, title: str, blocks: Iterator[str], language: str) -> Iterator[str]:
        """Blocks with an empty line between."""
        del language
        yield f"# {title}\n"
        for block in blocks:
            yield f"\n{block}\n"

    def heading(self, text: str) -> str:
        """Of the second level."""
        return f"## {text}"

    def question(self, text: str) -> str:
        """A quotation, in bold."""
        return f"> **{text}**"

    def listing(self, items: Sequence[tuple[str, str]]) -> str:
        """One line each."""
        return "\n".join(f"- {name}: {value}" if name else f"- {value}" for name, value in items)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """With bars."""
        lines = [headings, ["---"] * len(headings), *rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

    def plain(self, text: str) -> str:
        """As it stands."""
        return text


class Html:
    """One file without script, which may fetch nothing."""

    def code(self, text: str) -> str:
        """Between marks that `plain` turns into an element, for sentences hold nothing else of HTML."""
        return f"\x00{as_xml(text) or '-'}\x01"

    def page(self, title: str, blocks: Iterator[str], language: str) -> Iterator[str]:
        """The document."""
        yield (
            f'<!doctype html>\n<html lang="{as_xml(language)}">\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>{self._text(title, marked=False)}</title>\n<style>{STYLE}</style>\n<h1>{self._text(title)}</h1>\n"
        )
        for block in blocks:
            yield f"{block}\n"

    def heading(self, text: str) -> str:
        """Of the second level."""
        return f"<h2>{self._text(text)}</h2>"

    def question(self, text: str) -> str:
        """A quotation, in bold."""
        return f"<blockquote><strong>{self._text(text)}</strong></blockquote>"

    def listing(self, items: Sequence[tuple[str, str]]) -> str:
        """A list."""
        told = (f"{self._text(name)}: {self._text(value)}" if name else self._text(value) for name, value in items)
        return "<ul>" + "".join(f"<li>{each}</li>" for each in told) + "</ul>"

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A table."""
        head = "".join(f"<th>{self._text(each)}</th>" for each in headings)
        body = "".join("<tr>" + "".join(f"<td>{self._text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def plain(self, text: str) -> str:
        """A paragraph."""
        return f"<p>{self._text(text)}</p>"

    def _text(self, text: str, *, marked: bool = True) -> str:
        """A sentence: what stands between marks is escaped already, the rest is ours, with code in backticks."""
        parts = []
        for number, part in enumerate(text.replace("\x01", "\x00").split("\x00")):
            if number % 2:
                parts.append(f"<code>{part}</code>" if marked else part)
            else:
                parts += [
                    f"<code>{as_xml(each)}</code>" if inner % 2 and marked else as_xml(each)
                    for inner, each in enumerate(part.split("`"))
                ]
        return "".join(parts)


def pieces(analysis: Analysis, words: Words, paper: Paper, *, capture: str, anonymous: bool) -> Iterator[str]:
    """The page on the first call of `analysis`, which is of the capture that goes with it under that name."""
    told = _Page(analysis, words, paper, capture, anonymous=anonymous)
    yield from paper.page(told.title, told.blocks(), words.catalogue.language)


class _Page:
    def __init__(self, analysis: Analysis, words: Words, paper: Paper, capture: str, *, anonymous: bool) -> None:
        self._analysis, self._words, self._paper = analysis, words, paper
        self._capture, self._anonymous = capture, anonymous
        self._labels: dict[str, str] = words.catalogue.words["carrier"]

        self._sheet: Sheet = sheets_of(analysis, words)[0]
        self._call: Call | None = next(iter(analysis.correlation.calls), None)
        self._ids = list(dict.fromkeys(each.sighting.message.call_id for each in analysis.correlation.arrivals))
        self.title = self._labels["title"].format(call_id=paper.code(self._ids[0]))

    def blocks(self) -> Iterator[str]:
        """Everything below the title."""
        paper, labels = self._paper, self._labels
        yield paper.question(self._question())
        yield paper.heading(labels["call"])
        yield paper.listing(list(self._facts()))
        if self._analysis.findings:
            yield paper.heading(self._words.label("findings"))
            for finding in self._analysis.findings:
                yield from self._finding(finding)
        yield paper.heading(labels["messages"])
        yield self._messages()
        yield paper.heading(labels["capture"])
        yield paper.plain(labels["enclosed"].format(name=f"`{self._capture}`", packets=self._packets))
        if self._anonymous:
            yield paper.plain(labels["anonymous"])

    @property
    def _packets(self) -> int:
        return sum(each.packets for each in self._analysis.captures)

    def _question(self) -> str:
        """One question, about the worst thing that was found."""
        labels, code = self._labels, self._paper.code
        worst = next((each for each in self._analysis.findings if each.severity is not Severity.NOTE), None)
        worst = worst or next((each for each in self._analysis.findings if each.rule in REFUSALS), None)
        if worst is None:
            return labels["ask_nothing"].format(call_id=code(self._ids[0]))
        frame = worst.frames[-1] if worst.frames else 0
        kind = "ask_refused" if worst.rule in REFUSALS and worst.variant in ("failed", "refused") else "ask_why"
        return labels[kind].format(message=self._words.message(worst, code), frame=frame, time=moment(worst.time))

    def _facts(self) -> Iterator[tuple[str, str]]:
        labels, code, call = self._labels, self._paper.code, self._call
        opening = self._analysis.correlation.arrivals[0].sighting if call is None else call.opening
        yield labels["begun"], moment(opening.time)
        yield labels["from"], code(party(opening, "from"))
        yield labels["to"], code(party(opening, "to"))
        if call is not None:
            state = self._words.label(call.state.value) + ("" if call.final is None else f" ({status(call.final)})")
            if (duration := call.duration) is not None:
                state += f", {self._words.numbers.span(duration)}"
            yield self._words.label("state"), state
        for call_id in self._ids:
            yield "Call-ID", code(call_id)
        yield labels["hosts"], ", ".join(code(lane) for lane in self._sheet.ladder.lanes)

    def _finding(self, finding: Finding) -> Iterator[str]:
        labels, words, code = self._labels, self._words, self._paper.code
        yield self._paper.plain(words.message(finding, code))
        frames = ", ".join(map(str, finding.frames[:MOST_FRAMES])) + (
            ", …" if len(finding.frames) > MOST_FRAMES else ""
        )
        confidence = words.label(finding.confidence.value)
        rows = [
            (labels["rule"], f"`{finding.rule}`, {words.label(finding.severity.value)}, {confidence}"),
            (words.label("frames"), f"{frames} ({moment(finding.time)})"),
        ]
        if clause := self._clause(finding):
            rows.append((labels["clause"], clause))
        yield self._paper.listing(rows)

    def _clause(self, finding: Finding) -> str:
        """The RFC and section that the rule is about."""
        entry = self._words.entry(f"rule/{finding.rule}")
        if entry is None or "rfc" not in entry.facts:
            return ""
        labels: dict[str, str] = self._words.catalogue.words["catalogue"]
        rfc, section = entry.facts["rfc"], entry.facts.get("section")
        return (
            labels["defined_in"].format(rfc=rfc, section=section)
            if section
            else labels["defined_in_rfc"].format(rfc=rfc)
        )

    def _messages(self) -> str:
        """Every message, each time it was sent."""
        code = self._paper.code
        sent = [] if self._call is None else [each for first, again in sent_in(self._call) for each in (first, *again)]
        seen = sent or [each.sighting for each in self._analysis.correlation.arrivals]
        seen = sorted(seen, key=lambda each: each.frame)[:MOST_MESSAGES]
        rows = [
            (str(each.frame), clock(each.time), code(each.source), code(each.destination), code(label_of(each)))
            for each in seen
        ]
        labels = self._labels
        names = (self._words.label("frame"), labels["time"], labels["source"], labels["destination"], labels["message"])
        return self._paper.table(names, rows)
