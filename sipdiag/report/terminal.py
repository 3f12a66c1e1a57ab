"""The report for a terminal, 80 columns wide or more, and for a file or pipe, without colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from sipdiag.analysis import Analysis
from sipdiag.calls import Call, Certainty, Registration, Subscription, peers_of, status
from sipdiag.findings import Finding, Severity
from sipdiag.knowledge import Entry
from sipdiag.report.drawing import drawn
from sipdiag.report.escape import shown
from sipdiag.report.ladder import ladder_of, marks_of, troubled
from sipdiag.report.media_lines import media_label, media_lines, media_note
from sipdiag.report.peer_table import peer_table
from sipdiag.report.response_lines import plain, response_lines
from sipdiag.report.rows import party
from sipdiag.report.times import clock, day
from sipdiag.report.words import Words
from sipdiag.sip import Response

Listed = TypeVar("Listed", Registration, Subscription)

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
STATE_STYLES = {"answered": "green", "failed": "red", "cancelled": "cyan", "unfinished": "yellow"}
MANY = 100
"""Of more calls than this only those with findings are listed, unless every one is asked for."""
MOST_LADDERS = 5
"""Ladders of so many calls with findings are drawn; `sipdiag ladder` draws the others."""
MOST_FRAMES = 12
MOST_RELATED = 2
"""Causes or consequences of one rule that are told in full; the others are counted."""


def print_report(analysis: Analysis, words: Words, console: Console, *, detail: str = "normal") -> None:
    """Write the report: `brief` stops after the findings, `full` draws the ladder of every call."""
    _TerminalReport(analysis, words, console).print(detail)


class _TerminalReport:
    def __init__(self, analysis: Analysis, words: Words, console: Console) -> None:
        self._analysis = analysis
        self._words = words
        self._console = console
        self._seen = analysis.correlation
        self._numbers = words.numbers

    def print(self, detail: str) -> None:
        self._captures()
        self._verdict()
        self._findings()
        if detail == "brief":
            return
        self._calls(every=detail == "full")
        self._media(every=detail == "full")
        self._destinations(even_one=detail == "full")
        self._registrations(every=detail == "full")
        self._subscriptions(every=detail == "full")
        self._responses(every=detail == "full")
        self._meanings()

    # What was read, and the verdict

    def _captures(self) -> None:
        for facts in self._analysis.captures:
            line = Text(shown(facts.path), style="bold")
            line.append(
                f": {self._counted(facts.packets, 'packet')}, {self._counted(facts.sip_messages, 'sip_message')}",
                style="not bold",
            )
            if facts.first_time is not None and facts.last_time is not None:
                line.append(
                    f", {day(facts.first_time)} {clock(facts.first_time, 0)} UTC, "
                    f"{self._numbers.span(facts.last_time - facts.first_time)}",
                    style="not bold",
                )
            self._line(line, 2)
            for defect in facts.defects[:MOST_FRAMES]:
                where = "" if defect.frame is None else f" ({self._label('frame')} {defect.frame})"
                self._line(Text(f"  {shown(self._words.defect(defect))}{where}", style="yellow"))

        if note := media_note(self._analysis, self._words):
            self._line(Text(f"  {note}", style="dim"), 2)

    def _verdict(self) -> None:
        counts = Counter(finding.severity for finding in self._analysis.findings)
        told = [self._counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
        if not self._seen.arrivals:
            self._line(Text(self._words.nothing(self._analysis) + ".", style="bold yellow"))
        elif counts[Severity.ERROR] or counts[Severity.WARNING]:
            worst = self._analysis.findings[0]
            line = Text(", ".join(told) + ": ", style=STYLES[worst.severity.value])
            line.append(shown(self._words.message(worst)), style="bold")
            self._line(line)
        else:
            verdict = self._label("verdict_notes_only" if told else "verdict_healthy")
            extra = f" ({', '.join(told)})" if told else ""
            self._line(Text(f"{verdict}{extra}: {self._outcomes()}.", style="bold green"))

    def _outcomes(self) -> str:
        states = Counter(call.state.value for call in self._seen.calls)
        parts = [f"{self._numbers.count(count)} {self._label(state)}" for state, count in states.items()]
        told = [f"{self._counted(len(self._seen.calls), 'call').lower()} ({', '.join(parts)})"] if parts else []
        for name, group in (("registration", self._seen.registrations), ("subscription", self._seen.subscriptions)):
            if group:
                told.append(self._counted(len(group), name).lower())
        responses = sum(isinstance(each.sighting.message, Response) for each in self._seen.arrivals)
        told.append(self._counted(responses, "response").lower())
        return ", ".join(told)

    def _counted(self, count: int, name: str) -> str:
        return self._words.counted(count, name)

    # The findings

    def _findings(self) -> None:
        if not self._analysis.findings:
            return
        self._heading("findings")
        numbered = list(enumerate(self._analysis.findings, 1))
        for _, alike in groupby(numbered, key=lambda each: each[1].kind):
            (number, first), *others = alike
            self._finding(number, first)
            if others:
                frames = ", ".join(str(finding.frames[0]) for _, finding in others[:MOST_FRAMES])
                more = "" if len(others) <= MOST_FRAMES else ", …"
                line = self._label("and_like_it").format(count=len(others))
                name = self._label("frame" if len(others) == 1 else "frames")
                self._indented(Text(f"{line} {name} {frames}{more}", style="dim"))

    def _finding(self, number: int, finding: Finding) -> None:
        head = Text(f"{number:>3}  ")
        head.append(self._label(finding.severity.value).upper(), style=STYLES[finding.severity.value])
        head.append(f"  {finding.rule}", style="bold")
        head.append(f"  {self._label(finding.confidence.value)}", style="dim")
        entry = self._words.entry(self._words.finding_key(finding))
        if entry is not None and finding.knowledge.startswith("status/"):
            head.append(f"  {_titled(entry)}", style="dim")
        self._line(head)
        self._indented(Text(shown(self._words.message(finding))))
        frames = [str(frame) for frame in finding.frames]
        listed = ", ".join(frames[:MOST_FRAMES])
        if len(frames) > MOST_FRAMES:
            listed += " " + self._label("more_frames").format(count=len(frames) - MOST_FRAMES)
        name = self._label("frame" if len(frames) == 1 else "frames")
        place = [f"{name} {listed}"]
        if finding.time:  # a capture of which nothing was read has none
            place.append(clock(finding.time))
        if finding.call_id:
            place.append(f"Call-ID {shown(finding.call_id)}")
        self._indented(Text(" · ".join(place), style="dim"))
        if differences := self._words.twin(finding):
            frame = finding.evidence["twin_frame"]
            self._indented(Text(self._label("twin").format(frame=frame), style="dim"))
            for difference in differences:
                self._line(Text(f"- {shown(difference)}"), indent=7, hang=9)
        self._related("because", finding.causes)
        self._related("led_to", finding.consequences)
        remedy = Text(self._label("fix") + ": ", style="bold")
        remedy.append(plain(shown(self._words.remedy(finding))), style="not bold")
        self._indented(remedy)

    def _related(self, name: str, others: list[Finding]) -> None:
        """Causes or consequences: the first of each rule in full, the others counted."""
        counts: Counter[str] = Counter()
        for each in others:
            counts[each.rule] += 1
            if counts[each.rule] <= MOST_RELATED:
                line = Text(f"{self._label(name)} {each.rule}: ", style="dim")
                line.append(shown(self._words.message(each)), style="not dim")
                self._indented(line)
        for rule, count in counts.items():
            if count > MOST_RELATED:
                told = self._label("related").format(rule=rule, count=count - MOST_RELATED)
                self._indented(Text(f"{self._label(name)} {told}", style="dim"))

    # Calls, registrations, subscriptions

    def _calls(self, *, every: bool) -> None:
        calls = self._seen.calls
        if not calls:
            return
        self._heading("calls")
        with_findings = troubled(calls, self._analysis.findings)
        listed = calls if every or len(calls) <= MANY else with_findings[:MANY]
        for call in listed:
            self._line(self._call_line(call), 8)
        self._left_out(len(calls) - len(listed))
        numbers = marks_of(self._analysis.findings)
        for call in calls if every else with_findings[:MOST_LADDERS]:
            self._line(Text())
            self._line(Text(f"{self._label('call')} {call.number}", style="bold"))
            media = [(each, media_label(each, self._words)) for each in self._analysis.carriage.of(call).carried]
            for line in drawn(
                ladder_of(call, numbers, media), self._console.width, ascii_only=self._ascii_only, numbers=self._numbers
            ):
                self._line(Text(line))

    def _media(self, *, every: bool) -> None:
        lines = list(
            media_lines(self._analysis, self._words, self._console.width, ascii_only=self._ascii_only, every=every)
        )
        if lines:
            self._heading("streams")
        for line in lines:
            self._line(Text(line))

    def _call_line(self, call: Call) -> Text:
        line = Text(f"{call.number:>4}  {clock(call.opening.time, 0)}  ")
        line.append(f"{self._label(call.state.value):<12}", style=STATE_STYLES[call.state.value])
        line.append(f"{status(call.final) if call.final else '':>3}  ")
        line.append(f"{shown(party(call.opening, 'from'))} → {shown(party(call.opening, 'to'))}")
        if call.legs:
            guessed = any(link.certainty is Certainty.LIKELY for link in call.links)
            told = self._label("likely" if guessed else "certain")
            line.append("  " + self._label("legs").format(count=len(call.legs), certainty=told), style="dim")
        if (duration := call.duration) is not None:
            line.append(f"  {self._numbers.span(duration)}", style="dim")
            if call.ended_by is not None:
                line.append(f", {self._label('ended_by_' + call.ended_by)}", style="dim")
        return line

    def _destinations(self, *, even_one: bool) -> None:
        peers = [each for each in peers_of(self._seen.calls, ()) if each.sums.calls]
        if len(peers) < (1 if even_one else 2):
            return
        self._heading("peers")
        header, *rows = peer_table(peers, self._words, self._console.width)
        self._line(Text(header, style="dim"))
        for row in rows:
            self._line(Text(row))
        self._line(Text(self._label("peer_legend"), style="dim"))

    def _registrations(self, *, every: bool) -> None:
        if not self._seen.registrations:
            return
        self._heading("registrations")
        for each in self._listed(self._seen.registrations, every=every):
            line = Text(f"{each.number:>4}  {self._label(each.state.value):<12}")
            line.append(f"{status(each.final) if each.final else '':>3}  {shown(each.aor)}")
            if each.expires is not None:
                line.append(f"  {self._label('expires')} {each.expires} s", style="dim")
            self._line(line)

    def _subscriptions(self, *, every: bool) -> None:
        if not self._seen.subscriptions:
            return
        self._heading("subscriptions")
        for each in self._listed(self._seen.subscriptions, every=every):
            line = Text(f"{each.number:>4}  {self._label(each.state.value):<12}")
            line.append(f"{status(each.final) if each.final else '':>3}  {shown(each.event)}  {shown(each.contact)}")
            self._line(line)

    def _listed(self, group: Sequence[Listed], *, every: bool) -> Iterator[Listed]:
        """All of a small group, else those with findings, and then how many are left out."""
        if every or len(group) <= MANY:
            yield from group
            return
        named = {finding.call_id for finding in self._analysis.findings}
        listed = [each for each in group if each.call_id in named][:MANY]
        yield from listed
        self._left_out(len(group) - len(listed))

    def _left_out(self, count: int) -> None:
        if count:
            self._line(Text(self._label("left_out").format(count=self._numbers.count(count)), style="dim"))

    # Responses and what they mean

    def _responses(self, *, every: bool) -> None:
        arrivals = [each for each in self._seen.arrivals if isinstance(each.sighting.message, Response)]
        if not arrivals:
            return
        self._heading("responses")
        for line, indent, hang in response_lines(arrivals, self._words, self._console.width, every=every):
            self._line(line, hang, indent)

    def _meanings(self) -> None:
        """Each code that was seen, once for each method that it answered differently."""
        named: dict[tuple[str, str], Entry] = {}
        for arrival in self._seen.arrivals:
            message = arrival.sighting.message
            if isinstance(message, Response):
                key = self._words.status_key(arrival.sighting)
                entry = self._words.entry(key)
                if entry is not None:
                    asked = self._words.answered(key, arrival.sighting, arrival.transaction)
                    method = asked if asked in entry.methods else ""
                    named.setdefault((key, method), entry)
        if not named:
            return
        self._heading("meanings")
        for (_, method), entry in sorted(named.items()):
            self._meaning(entry.about(method), method)
        codes = dict.fromkeys(key.removeprefix("status/") for key, _ in sorted(named))
        self._line(Text(self._label("explain_hint").format(names=" ".join(codes)), style="dim"))

    def _meaning(self, entry: Entry, method: str) -> None:
        title = Text(_titled(entry), style="bold")
        if method:
            title.append(f"  {method}", style="dim")
        self._line(title)
        self._indented(Text(plain(entry.description)), 2)
        self._indented(Text(f"{self._label('seen_when')}:", style="dim"), 2)
        for case in entry.seen_when:
            self._line(Text(f"- {plain(case)}"), indent=4, hang=6)
        self._indented(Text(f"{self._label('how_to_fix')}:", style="dim"), 2)
        for number, step in enumerate(entry.fix, 1):
            self._line(Text(f"{number}. {plain(step)}"), indent=4, hang=7)

    # Small things

    def _label(self, name: str) -> str:
        return self._words.label(name)

    @property
    def _ascii_only(self) -> bool:
        return not self._console.encoding.lower().startswith("utf")

    def _heading(self, name: str) -> None:
        self._line(Text())
        self._line(Text(self._label(name).upper(), style="bold underline" if self._console.is_terminal else "bold"))

    def _line(self, text: Text, hang: int = 0, indent: int = 0) -> None:
        """Print `text` wrapped to the width, `indent` before its first line, `hang` before the others."""
        if not text:
            self._console.print()
            return
        width = self._console.width - max(hang, indent)
        for number, line in enumerate(text.wrap(self._console, width, overflow="fold")):
            line.rstrip()
            margin = " " * (hang if number else indent)
            self._console.print(Text.assemble(margin, line), no_wrap=True, overflow="ignore", crop=False)

    def _indented(self, text: Text, columns: int = 5) -> None:
        self._line(text, columns, columns)


def _titled(entry: Entry) -> str:
    """The title, and whose entry it is where it is not the catalogue's own."""
    return f"{entry.title} @{entry.folder}" if entry.folder else entry.title
