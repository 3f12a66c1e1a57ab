"""Where results and words join: the catalogue's sentences filled with what the capture shows."""

from __future__ import annotations

import re

from sipdiag.findings import Evidence, Finding
from sipdiag.knowledge import Catalogue, Entry
from sipdiag.report.escape import kept
from sipdiag.sip import Response
from sipdiag.trace import Sighting

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+(?=\S)")
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


class Words:
    """Speaks one language about an analysis; entries are read as they are first named."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._keys: dict[tuple[int, str], str] = {}

    def label(self, name: str) -> str:
        """A label of the report."""
        labels: dict[str, str] = self.catalogue.words["labels"]
        return labels[name]

    def status_key(self, response: Sighting) -> str:
        """Which entry speaks for a response: `status/403`."""
        message = response.message
        if not isinstance(message, Response):
            return ""
        known = (message.status, message.reason)
        key = self._keys.get(known)
        if key is None:
            key = self._keys[known] = self.catalogue.status_key(message.status, message.reason)
        return key

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
        part = entry.methods.get(method)
        return entry.meaning if part is None else _first_sentence(part.description) or entry.meaning

    def message(self, finding: Finding) -> str:
        """What the finding says, in one sentence."""
        entry = self.entry(f"rule/{finding.rule}")
        template = "" if entry is None else entry.messages.get(finding.variant, "")
        return filled(template, finding.evidence) or f"{finding.rule}: {finding.variant}"

    def remedy(self, finding: Finding) -> str:
        """What to do about it: the words of its variant, else the first step of its entry."""
        rule = self.entry(f"rule/{finding.rule}")
        template = "" if rule is None else rule.remedies.get(finding.variant, "")
        if template:
            return filled(template, finding.evidence)
        entry = self.entry(finding.knowledge) or rule
        return entry.fix[0] if entry is not None and entry.fix else ""


def _first_sentence(prose: str) -> str:
    return _SENTENCE_END.split(prose, maxsplit=1)[0]


def filled(template: str, evidence: Evidence) -> str:
    """`template` with each `{name}` replaced by that evidence; what a packet said is never read as a template."""
    return _PLACEHOLDER.sub(lambda found: _told(evidence.get(found[1], found[0])), template)


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(_told(each) for each in value)
    return kept(str(value))
