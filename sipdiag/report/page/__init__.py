"""The report as one page of HTML: self-contained, readable without script, and deaf to what packets say.

Everything stands in the page itself: style, script, entries of the catalogue, and the messages, deflated. Its policy
(CSP) lets nothing be fetched and no script run but ours. The template, the style and the scripts lie in `web/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from markupsafe import Markup, escape

from sipdiag import __version__
from sipdiag.analysis import Analysis
from sipdiag.findings import unfolded
from sipdiag.report import ladder_svg
from sipdiag.report.ladder import label_of, ladder_of, marks_of, sent_in
from sipdiag.report.ladder_sheet import Mark, Sheet
from sipdiag.report.media_lines import media_label, media_note
from sipdiag.report.page import overview
from sipdiag.report.page.conversations import Conversation, conversations_of, spot
from sipdiag.report.page.embedding import Embedding
from sipdiag.report.page.findings import Places, Teller
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.opened import Opener
from sipdiag.report.page.parts import environment
from sipdiag.report.page.prose import entry_told
from sipdiag.report.page.streams import StreamTeller
from sipdiag.report.times import clock
from sipdiag.report.words import Words

MOST_DRAWN: Final = 8
"""Conversations with findings that are drawn in the page itself, for readers without script and for paper."""
MOST_MESSAGES: Final = 40
"""Messages of each drawn conversation that are shown whole."""
MOST_NAMED: Final = 4
"""Captures whose names stand in the title."""
MOST_LISTED: Final = 500
"""Conversations in the table for readers without script."""
COLUMNS: Final = ("number", "start", "state", "code", "from", "to", "setup", "duration", "mos", "findings")
STATES: Final[tuple[str, ...]] = (
    "answered",
    "failed",
    "cancelled",
    "unfinished",
    "registered",
    "removed",
    "fetched",
    "active",
    "pending",
    "terminated",
    "accepted",
    "completed",
)
SCRIPT_LABELS: Final[tuple[str, ...]] = (
    "error",
    "warning",
    "note",
    "frame",
    "frames",
    "findings",
    "call",
    "registration",
    "subscription",
    "state",
    "start",
    "setup",
    "duration",
    "ended_by_caller",
    "ended_by_callee",
    "retransmission",
)
"""Labels of the report that the script needs, beside those of the page."""
KINDS: Final = ("call", "registration", "subscription", "other")


def pieces(analysis: Analysis, words: Words, *, show_secrets: bool = False) -> Iterator[str]:
    """The page, piece by piece."""
    return _Page(analysis, words, Shower(words, show_secrets=show_secrets)).pieces()


class _Page:
    def __init__(self, analysis: Analysis, words: Words, shower: Shower) -> None:
        self._analysis = analysis
        self._words = words
        self._shower = shower
        self._labels: dict[str, str] = words.catalogue.words["labels"]
        self._page: dict[str, str] = words.catalogue.words["page"]
        self._conversations = conversations_of(analysis)
        self._marks = marks_of(analysis.findings)
        self._streams = StreamTeller(analysis, words, shower)
        self._opener = Opener(words, shower, self._marks, self._streams)
        self._embedding = Embedding(self._conversations, self._opener, shower, self._streams)
        self._drawn = self._worth_drawing()

    def pieces(self) -> Iterator[str]:
        analysis, words, shower = self._analysis, self._words, self._shower
        teller = Teller(
            words,
            shower,
            Places(analysis, self._conversations, self._marks),
            captures=len(analysis.captures),
        )
        severities = [each.severity.value for each in analysis.findings]
        template = environment().get_template("page.html.j2")
        yield from template.generate(
            language=words.catalogue.language,
            version=__version__,
            page=self._page,
            labels=self._labels,
            for_method=words.catalogue.words["headings"]["for_method"],
            title=self._title(),
            captures=overview.captures_of(analysis, words, shower),
            verdict=overview.verdict_of(analysis, words, shower),
            figures=overview.figures_of(analysis, words),
            findings=teller.groups(analysis.findings),
            severities=severities,
            conversations=len(self._conversations),
            columns=[(name, self._page[f"column_{name}"]) for name in self._columns()],
            streams=self._streams.listed(self._conversations),
            all_streams=len(analysis.carriage.streams),
            filters=self._filters(),
            listed=[self._listed(each) for each in self._worth_listing()],
            drawn=[self._drawing(each) for each in self._drawn],
            responses=overview.responses_of(analysis, words),
            limits=self._limits(),
            chunks=self._embedding.chunks,
            rows=self._embedding.rows,
            has_entries=bool(self._conversations or analysis.findings),
            entries=self._entries,
            script_words=self._script_words(severities),
        )

    def _title(self) -> str:
        """The names of the captures, of many those of the first."""
        names = [
            each.path.rpartition("/")[2].replace("-", "stdin", each.path == "-") for each in self._analysis.captures
        ]
        return self._shower.text(", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else ""))

    def _columns(self) -> list[str]:
        """The columns of the table; that of MOS where there is media to judge."""
        return [name for name in COLUMNS if name != "mos" or self._analysis.carriage.streams]

    def _worth_drawing(self) -> list[Conversation]:
        found = sorted((each for each in self._conversations if each.findings), key=lambda each: each.findings[0])
        return found[:MOST_DRAWN]

    def _worth_listing(self) -> list[Conversation]:
        """The conversations, in the order they began; of too many those with findings first."""
        found = sorted(self._conversations, key=lambda each: not each.findings)[:MOST_LISTED]
        return sorted(found, key=lambda each: each.start)

    def _name(self, each: Conversation) -> str:
        return f"{self._page[f'kind_{each.kind}']} {each.number}"

    def _listed(self, each: Conversation) -> dict[str, Any]:
        text, numbers = self._shower.text, self._words.numbers
        return {
            "key": each.key,
            "drawn": each in self._drawn,
            "name": self._name(each),
            "start": clock(each.start),
            "state": each.state,
            "state_name": self._state(each.state),
            "code": "" if each.code is None else each.code,
            "from": text(each.from_),
            "to": text(each.to),
            "setup": "" if each.setup is None else numbers.span(each.setup),
            "duration": "" if each.duration is None else numbers.span(each.duration),
            "mos": "" if (mos := self._streams.mos(each)) is None else numbers.fixed(mos, 1),
            "findings": each.findings[:8],
        }

    def _drawing(self, each: Conversation) -> dict[str, Any]:
        listed = self._listed(each)
        facts = [f"{listed['state_name']} {listed['code']}".rstrip(), f"{listed['start']} UTC"]
        facts += [self._shower.text(call_id) for call_id in each.call_ids]
        marks = [self._mark(number) for number in range(1, len(self._analysis.findings) + 1)]
        media = [(carried, media_label(carried, self._words)) for carried in self._streams.of(each)]
        sheet = Sheet(title=listed["name"], lines=[], ladder=ladder_of(each.call, self._marks, media), marks=marks)
        messages = self._messages(each)
        links = {told["frame"]: told["anchor"] for told in reversed(messages)}
        drawing = Markup("".join(ladder_svg.inline(sheet, self._words, links)))  # noqa: S704  (it escapes what it draws)
        return {**listed, "facts": facts, "drawing": drawing, "messages": messages}

    def _messages(self, each: Conversation) -> list[dict[str, Any]]:
        """The first messages of a conversation, whole, for readers without script."""
        told: list[dict[str, Any]] = []
        anchors: set[str] = set()
        for first, _ in sent_in(each.call)[:MOST_MESSAGES]:
            anchor = f"{each.key}.{spot(first.capture, first.frame)}"
            while anchor in anchors:  # several messages in one segment
                anchor += "+"
            anchors.add(anchor)
            message = self._shower.message(first)
            parts = [message["head"], message["body"]] if "body" in message else [message["head"]]
            text = escape("\n\n".join(parts))  # made harmless line by line, so that lines stay
            told.append({"frame": first.frame, "anchor": anchor, "label": label_of(first), "text": text})
        return told

    def _mark(self, number: int) -> Mark:
        finding = self._analysis.findings[number - 1]
        return Mark(
            number=number,
            severity=finding.severity.value,
            rule=finding.rule,
            confidence=self._labels[finding.confidence.value],
            message=self._shower.text(self._words.message(finding)),
        )

    def _filters(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What the table can be filtered by, each choice only where it is there to be chosen."""
        kinds = {each.kind for each in self._conversations}
        states = {each.state for each in self._conversations}
        codes = sorted({each.code for each in self._conversations if each.code is not None})
        rules = sorted({each.rule for each in self._analysis.findings})
        classes = sorted({code // 100 for code in codes})
        return [
            ("kind", [(kind, self._page[f"kinds_{kind}"]) for kind in KINDS if kind in kinds]),
            ("state", [(state, self._state(state)) for state in STATES if state in states]),
            ("code", [(f"{each}xx", f"{each}xx") for each in classes] + [(str(code), str(code)) for code in codes]),
            ("finding", [("any", self._page["some_finding"])] * bool(rules) + [(rule, rule) for rule in rules]),
        ]

    def _state(self, state: str) -> str:
        return self._page["state_completed"] if state == "completed" else self._labels[state]

    def _limits(self) -> list[str]:
        left_out = self._embedding.left_out
        limits = [self._page["limit_messages"].format(count=left_out)] if left_out else []
        return limits + [f"{note}." for note in (media_note(self._analysis, self._words).rstrip("."),) if note]

    def _entries(self) -> Iterator[dict[str, Any]]:
        """Every entry that the page names; asked for last, when all of it has been told."""
        words = self._words
        named = set(self._opener.named)
        for each in unfolded(self._analysis.findings):
            named |= {words.finding_key(each), f"rule/{each.rule}"}
        methods = overview.methods_of(self._analysis)
        seen: set[str] = set()
        for key in sorted(named | overview.keys_of(self._analysis, words)):
            entry = words.entry(key)
            if entry is not None and entry.key not in seen:
                seen.add(entry.key)
                yield entry_told(entry, methods)

    def _script_words(self, severities: list[str]) -> str:
        """What the script says, as JSON that HTML cannot take for anything else."""
        labels = {name: self._labels[name] for name in (*SCRIPT_LABELS, *STATES) if name in self._labels}
        labels |= {name: text for name, text in self._page.items() if not name.startswith(("kpi_", "any_"))}
        labels["decimal_mark"] = self._labels["decimal_mark"]
        labels["completed"] = self._page["state_completed"]
        labels["other"] = self._page["kind_other"]
        rules = [each.rule for each in self._analysis.findings]
        return json.dumps({**labels, "severities": severities, "rules": rules}, ensure_ascii=False).replace(
            "<", "\\u003c"
        )
