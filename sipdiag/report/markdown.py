"""The report as GitHub-flavoured Markdown, for a ticket: verdict and findings first, then tables and ladders.

What packets said stands in code spans and code blocks only: there nothing is a link, an image, a mention or HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sipdiag.analysis import Analysis
from sipdiag.calls import Call, Repeat, status
from sipdiag.findings import Finding, Severity
from sipdiag.report.drawing import drawn
from sipdiag.report.escape import as_code
from sipdiag.report.ladder import ladder_of, marks_of, troubled
from sipdiag.report.media_lines import media_label, media_note
from sipdiag.report.rows import party
from sipdiag.report.times import clock, day
from sipdiag.report.words import Words
from sipdiag.sip import Response

WIDTH = 100
"""Columns of a ladder."""
MOST_ROWS = 100
"""Rows of a table; a ticket is read by people, and its length is limited."""
MOST_LADDERS = 5
"""Calls whose ladder is drawn."""
MOST_FRAMES = 12
"""Frame numbers that one list names, and defects of one capture."""
MOST_RELATED = 2
"""Causes or consequences of one rule that are told in full; the others are counted."""


def pieces(analysis: Analysis, words: Words) -> Iterator[str]:
    """The ticket, block by block."""
    ticket = Ticket(words)
    yield f"# {ticket.word('title')}\n"
    for block in (
        _captures(analysis, ticket),
        [_verdict(analysis, ticket)],
        _findings(analysis, ticket),
        _calls(analysis, ticket),
        _registrations(analysis, ticket),
        _subscriptions(analysis, ticket),
        _codes(analysis, ticket),
        _ladders(analysis, ticket),
    ):
        for paragraph in block:
            yield f"\n{paragraph}\n"


class Ticket:
    """The words of a ticket, and how its parts are written."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._own: dict[str, str] = words.catalogue.words["ticket"]

    def word(self, name: str) -> str:
        """A label of tickets, else one of all reports."""
        return self._own[name] if name in self._own else self.words.label(name)

    def counted(self, count: int, name: str) -> str:
        """`2 errors`."""
        return self.words.counted(count, name).lower()

    def frames(self, frames: list[int]) -> str:
        """`frames 4, 5, 6 and 7 more`."""
        told = ", ".join(str(frame) for frame in frames[:MOST_FRAMES])
        if len(frames) > MOST_FRAMES:
            told += " " + self.word("more_frames").format(count=len(frames) - MOST_FRAMES)
        return f"{self.word('frame' if len(frames) == 1 else 'frames')} {told}"

    def table(self, headings: Iterable[str], rows: Sequence[Sequence[str]], count: int) -> Iterator[str]:
        """`rows` of `count` in all; a cell is a number, a word of ours, or a code span."""
        names = [self.word(name) for name in headings]
        lines = [names, ["---"] * len(names), *rows]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        if count > len(rows):
            yield self.word("more_rows").format(count=count - len(rows))

    def related(self, name: str, others: list[Finding]) -> Iterator[str]:
        """Causes or consequences: the first of each rule in full, the others counted."""
        counts: Counter[str] = Counter()
        for each in others:
            counts[each.rule] += 1
            if counts[each.rule] <= MOST_RELATED:
                frames = self.frames(each.frames)
                yield f"- {self.word(name)} `{each.rule}`: {self.words.message(each, as_code)} ({frames})"
        for rule, count in counts.items():
            if count > MOST_RELATED:
                told = self.words.label("related").format(rule=f"`{rule}`", count=count - MOST_RELATED)
                yield f"- {self.word(name)} {told}"

    def finding(self, finding: Finding) -> Iterator[str]:
        """What was found, where and when, what it is tied to, and what to do."""
        yield f"**{self.words.message(finding, as_code)}**"
        place = f"{self.frames(finding.frames)} · {moment(finding.time)} · Call-ID {as_code(finding.call_id or '')}"
        lines = [f"- {place}"]
        if differences := self.words.twin(finding):
            lines.append(f"- {self.word('twin').format(frame=finding.evidence['twin_frame'])}")
            lines += [f"  - {as_code(each)}" for each in differences]
        lines += self.related("because", finding.causes)
        lines += self.related("led_to", finding.consequences)
        yield "\n".join([*lines, f"- {self.word('fix')}: {self.words.remedy(finding, as_code)}"])


def moment(time: int) -> str:
    """`2026-03-02 09:00:05.236 UTC`."""
    return f"{day(time)} {clock(time)} UTC"


def _captures(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    numbers = ticket.words.numbers
    rows = [
        (
            as_code(facts.path),
            "-" if facts.first_time is None else moment(facts.first_time).removesuffix(" UTC"),
            "-" if facts.first_time is None else numbers.span((facts.last_time or facts.first_time) - facts.first_time),
            numbers.count(facts.packets),
            numbers.count(facts.sip_messages),
        )
        for facts in analysis.captures[:MOST_ROWS]
    ]
    headings = ("capture", "recorded", "duration", "packets", "sip_messages")
    yield from ticket.table(headings, rows, len(analysis.captures))
    if note := media_note(analysis, ticket.words):
        yield note
    lines = [
        f"- {as_code(ticket.words.defect(each))}" + ("" if each.frame is None else f" ({ticket.frames([each.frame])})")
        for facts in analysis.captures
        for each in facts.defects[:MOST_FRAMES]
    ]
    if lines:
        yield f"{ticket.word('defects')}:\n\n" + "\n".join(lines)


def _verdict(analysis: Analysis, ticket: Ticket) -> str:
    counts = Counter(finding.severity for finding in analysis.findings)
    told = [ticket.counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    if not analysis.correlation.arrivals:
        return f"**{ticket.words.nothing(analysis)}.**"
    if counts[Severity.ERROR] or counts[Severity.WARNING]:
        return f"**{', '.join(told)}: {ticket.words.message(analysis.findings[0], as_code)}**"
    verdict = ticket.word("verdict_notes_only" if told else "verdict_healthy")
    extra = f" ({', '.join(told)})" if told else ""
    return f"**{verdict}{extra}.**"


def _findings(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    if analysis.findings:
        yield f"## {ticket.word('findings')}"
    numbered = list(enumerate(analysis.findings, 1))[:MOST_ROWS]
    for _, alike in groupby(numbered, key=lambda each: each[1].kind):
        (number, first), *others = alike
        severity, confidence = ticket.word(first.severity.value), ticket.word(first.confidence.value)
        yield f"### {number}. {severity.upper()} `{first.rule}` ({confidence})"
        yield from ticket.finding(first)
        if others:
            yield f"{ticket.word('and_like_it').format(count=len(others))} " + ticket.frames(
                [each.frames[0] for _, each in others]
            )
    if len(analysis.findings) > len(numbered):
        yield ticket.word("more_rows").format(count=len(analysis.findings) - len(numbered))


def _calls(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    calls = analysis.correlation.calls
    if not calls:
        return
    yield f"## {ticket.word('calls')}"
    first = troubled(calls, analysis.findings)[:MOST_ROWS]
    numbers = {call.number for call in first}
    others = [call for call in calls if call.number not in numbers][: MOST_ROWS - len(first)]
    rows = [_call_row(call, ticket) for call in sorted([*first, *others], key=lambda call: call.number)]
    headings = ("number", "when", "state", "code", "from_to", "setup", "duration", "call_id")
    yield from ticket.table(headings, rows, len(calls))


def _call_row(call: Call, ticket: Ticket) -> tuple[str, ...]:
    span, setup, duration = ticket.words.numbers.span, call.setup, call.duration
    return (
        str(call.number),
        moment(call.opening.time).removesuffix(" UTC"),
        ticket.word(call.state.value),
        "" if call.final is None else str(status(call.final)),
        f"{as_code(party(call.opening, 'from'))} → {as_code(party(call.opening, 'to'))}",
        "" if setup is None else span(setup),
        "" if duration is None else span(duration),
        " ".join(as_code(each) for each in call.call_ids),
    )


def _registrations(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    registrations = analysis.correlation.registrations
    if registrations:
        yield f"## {ticket.word('registrations')}"
        rows = [
            (
                str(each.number),
                ticket.word(each.state.value),
                "" if each.final is None else str(status(each.final)),
                as_code(each.aor),
                "" if each.expires is None else f"{each.expires} s",
                as_code(each.call_id),
            )
            for each in registrations[:MOST_ROWS]
        ]
        yield from ticket.table(("number", "state", "code", "aor", "expires", "call_id"), rows, len(registrations))


def _subscriptions(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    subscriptions = analysis.correlation.subscriptions
    if subscriptions:
        yield f"## {ticket.word('subscriptions')}"
        rows = [
            (
                str(each.number),
                ticket.word(each.state.value),
                "" if each.final is None else str(status(each.final)),
                as_code(each.event),
                as_code(each.call_id),
            )
            for each in subscriptions[:MOST_ROWS]
        ]
        yield from ticket.table(("number", "state", "code", "event", "call_id"), rows, len(subscriptions))


def _codes(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    """Each code that was seen, with how often, and what it means in answer to that method."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for arrival in analysis.correlation.arrivals:
        message = arrival.sighting.message
        if isinstance(message, Response) and arrival.repeat is Repeat.FIRST:
            key = ticket.words.status_key(arrival.sighting)
            counts[message.status, ticket.words.answered(key, arrival.sighting, arrival.transaction), key] += 1
    if not counts:
        return
    yield f"## {ticket.word('responses')}"
    rows = [
        (str(code), as_code(method), ticket.words.numbers.count(count), ticket.words.meaning(key, method))
        for (code, method, key), count in sorted(counts.items())[:MOST_ROWS]
    ]
    yield from ticket.table(("code", "request", "count", "meaning"), rows, len(counts))


def _ladders(analysis: Analysis, ticket: Ticket) -> Iterator[str]:
    marks = marks_of(analysis.findings)
    for call in troubled(analysis.correlation.calls, analysis.findings)[:MOST_LADDERS]:
        yield f"## {ticket.word('ladder').format(number=call.number)}"
        # No line of a ladder begins with anything but blanks, a frame number or a lane: none can end the block.
        media = [(each, media_label(each, ticket.words)) for each in analysis.carriage.of(call).carried]
        lines = drawn(ladder_of(call, marks, media), WIDTH, numbers=ticket.words.numbers)
        yield "```text\n" + "\n".join(lines) + "\n```"
