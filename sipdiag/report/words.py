"""Where results and words join: the catalogue's sentences filled with what the capture shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sipdiag.findings import Evidence, Finding
from sipdiag.knowledge import RE_INVITE, Catalogue, Entry
from sipdiag.knowledge.conditions import values
from sipdiag.report.defects import DefectWords
from sipdiag.report.difference import difference_told
from sipdiag.report.escape import kept
from sipdiag.report.numbers import ENGLISH, Numbers
from sipdiag.sip import Response
from sipdiag.trace import Sighting

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis
    from sipdiag.calls import Transaction
    from sipdiag.defect import Defect

_ENDED_BY_A_CODE = {
    ("call-failed", "failed"): "INVITE",
    ("registration-failed", "refused"): "REGISTER",
    ("subscription-failed", "refused"): "SUBSCRIBE",
}
"""Rule and variant of findings that a status code explains → the method that it answered."""
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+(?=\S)")
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")

_METHOD_OF = {"call-failed": "INVITE", "registration-failed": "REGISTER", "subscription-failed": "SUBSCRIBE"}
"""The method whose response a finding of the rule is about."""

REFUSALS = frozenset({"call-failed", "registration-failed", "subscription-failed", "bye-rejected", "reinvite-rejected"})
"""Rules that tell of a response in which a server may say why it refused."""
EXPLAINING = ("Warning", "Reason", "Retry-After", "Server")
"""Header fields in which a server says why it refused, and what it is."""
LONGEST_FIELD = 200
"""Characters of one of them that are quoted."""

_REMEMBERED = 4096
"""Kinds of responses whose entry is remembered; header fields that differ in each must not fill the memory."""


Form = Callable[[str], str]
"""How a format shows what a packet said, within a sentence of the catalogue."""


class Words:
    """Speaks one language about an analysis; entries are read as they are first named."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._asked: dict[int, tuple[str, ...]] = {}
        self._keys: dict[tuple[object, ...], str] = {}

    @cached_property
    def numbers(self) -> Numbers:
        """How this language writes numbers."""
        return Numbers(self.catalogue.words["labels"]["decimal_mark"])

    def counted(self, count: int, name: str) -> str:
        """`1 packet`, `1,500 packets`; there is a label for either."""
        return f"{self.numbers.count(count)} {self.label(name if count == 1 else name + 's')}"

    def nothing(self, analysis: Analysis) -> str:
        """The verdict where no message is left: none is in the captures, or none is what was asked for."""
        there = any(facts.sip_messages for facts in analysis.captures)
        return self.label("verdict_no_match" if there else "verdict_no_sip")

    def defect(self, defect: Defect) -> str:
        """A defect of a capture in one line."""
        return self._defects.line(defect)

    def label(self, name: str) -> str:
        """A label of the report."""
        labels: dict[str, str] = self.catalogue.words["labels"]
        return labels[name]

    def status_key(self, response: Sighting) -> str:
        """Which entry speaks for a response: `status/403`; `status/403@carrier` from a folder of one's own.

        Only what some entry on the code asks for is looked at: for nearly every response that is the code alone.
        """
        message = response.message
        if not isinstance(message, Response):
            return ""
        asked = self._asked.get(message.status)
        if asked is None:
            asked = self._asked[message.status] = tuple(sorted(self.catalogue.asks(message.status)))
        known = (message.status, *(_answer(message, about) for about in asked)) if asked else (message.status,)
        key = self._keys.get(known)
        if key is None:
            if len(self._keys) >= _REMEMBERED:
                self._keys.clear()
            key = self._keys[known] = self.catalogue.status_key(
                message.status, message.reason, method=message.cseq_method, fields=message.fields
            )
        return key

    def finding_key(self, finding: Finding) -> str:
        """Which entry speaks for a finding: the one that its rule names, or one's own over it."""
        shelf, _, name = finding.knowledge.partition("/")
        if shelf == "status" and name.isdigit():
            evidence = finding.evidence
            return self.catalogue.status_key(
                int(name),
                str(evidence.get("reason", "")),
                method=_METHOD_OF.get(finding.rule, ""),
                fields=lambda field: [str(evidence[key])] if (key := f"header_{field}") in evidence else [],
            )
        entry = self.catalogue.find(finding.knowledge)
        return finding.knowledge if entry is None else entry.key

    def entry(self, key: str) -> Entry | None:
        """The entry called `key`; for a status code outside the catalogue that of its class."""
        entry = self.catalogue.find(key)
        if entry is None and key.startswith("status/"):
            code = key.removeprefix("status/")
            return self.catalogue.status(int(code)) if code.isdigit() else None
        return entry

    def meaning(self, key: str, method: str) -> str:
        """One line on a response to `method`: the entry's lead, or how its part on the method begins."""
        entry = self.entry(key)
        if entry is None:
            return ""
        part = entry.part(method)
        return entry.meaning if part is None else _first_sentence(part.description) or entry.meaning

    def answered(self, key: str, response: Sighting, transaction: Transaction | None) -> str:
        """What a response answers: its method, or `re-INVITE` where the entry called `key` tells that apart."""
        method = response.message.cseq_method
        request = None if transaction is None else transaction.request
        entry = self.entry(key) if method == "INVITE" and request is not None and request.message.to_tag else None
        return RE_INVITE if entry is not None and RE_INVITE in entry.methods else method

    def message(self, finding: Finding, form: Form = kept) -> str:
        """What the finding says, in one sentence; what packets said stands in it as `form` shows it."""
        entry = self.entry(f"rule/{finding.rule}")
        template = "" if entry is None else entry.messages.get(finding.variant, "")
        said = filled(template, self._evidence(finding), form, self.numbers) or f"{finding.rule}: {finding.variant}"
        if finding.rule in REFUSALS and (explained := self._explained(finding.evidence, template, form)):
            said = f"{said} {explained}"
        damaged = finding.evidence.get("damaged_frame")
        return said if damaged is None else f"{said} {self.label('damage_behind').format(frame=damaged)}"

    def _explained(self, evidence: Evidence, template: str, form: Form) -> str:
        """What a refusal says of itself in header fields that `template` does not tell; empty where it has none."""
        told = [
            f"{name}: {form(_short(str(evidence[key])))}"
            for name in EXPLAINING
            if (key := f"header_{name.lower().replace('-', '_')}") in evidence and f"{{{key}}}" not in template
        ]
        return self.label("response_says").format(fields="; ".join(told)) if told else ""

    def _evidence(self, finding: Finding) -> Evidence:
        """What the finding rests on; of a capture what was wrong with it in our own words."""
        evidence = finding.evidence
        if not finding.rule.startswith("capture-"):
            return evidence
        if evidence.get("path") == "-":
            evidence = {**evidence, "path": self.label("standard_input")}
        detail = evidence.get("detail")
        return {**evidence, "detail": self._defects.detail(detail)} if isinstance(detail, str) else evidence

    @cached_property
    def _defects(self) -> DefectWords:
        return DefectWords(self.catalogue)

    def twin(self, finding: Finding) -> list[str]:
        """The differences from the closest request that worked, those only that its entry calls decisive."""
        told = finding.evidence.get("twin_differences")
        entry = self.entry(self.finding_key(finding))
        decisive = () if entry is None else entry.facts.get("decisive", ())
        if not isinstance(told, list):
            return []
        labels: dict[str, str] = self.catalogue.words["differences"]
        return [difference_told(str(each), labels) for each in told if str(each).split(" ")[0] in decisive]

    def remedy(self, finding: Finding, form: Form = kept) -> str:
        """What to do about it: the first steps of the code that ended it, else the words of its variant."""
        ended = _ENDED_BY_A_CODE.get((finding.rule, finding.variant))
        refusal = self.entry(self.finding_key(finding)) if ended is not None else None
        if refusal is not None and ended is not None:
            return " ".join(refusal.about(ended).fix[:2])
        rule = self.entry(f"rule/{finding.rule}")
        template = "" if rule is None else rule.remedies.get(finding.variant, "")
        if template:
            return filled(template, self._evidence(finding), form, self.numbers)
        entry = self.entry(self.finding_key(finding)) or rule
        return entry.fix[0] if entry is not None and entry.fix else ""


def _answer(message: Response, about: str) -> object:
    """What a response says where an entry asks; `values` in `sipdiag.knowledge.conditions` is its counterpart."""
    if about == "method":
        return message.cseq_method
    return tuple(values(about, message.reason, message.fields))


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_FIELD else f"{value[:LONGEST_FIELD]}…"


def _first_sentence(prose: str) -> str:
    """The first sentence by itself: what only leads on to the next, as a colon does, ends it too."""
    first = _SENTENCE_END.split(prose, maxsplit=1)[0]
    return f"{first[:-1]}." if first.endswith((":", ";")) else first


def filled(template: str, evidence: Evidence, form: Form = kept, numbers: Numbers = ENGLISH) -> str:
    """`template` with each `{name}` replaced by that evidence; what a packet said is never read as a template."""
    said = list(_pieces(template))
    for at in range(1, len(said), 2):
        name = said[at]
        said[at] = _told(evidence.get(name, f"{{{name}}}"), form, numbers)
    return "".join(said)


@lru_cache(maxsize=1024)
def _pieces(template: str) -> list[str]:
    """What stands in a template as it is and the names of placeholders, in turn."""
    return _PLACEHOLDER.split(template)


def _told(value: object, form: Form, numbers: Numbers) -> str:
    if isinstance(value, float):
        return numbers.short(value)
    if isinstance(value, list):
        return ", ".join(_told(each, form, numbers) for each in value)
    return form(value) if isinstance(value, str) else str(value)
