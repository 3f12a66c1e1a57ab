"""Defects of a capture in the reader's language: what kind they are, and what shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sipdiag.defect import Defect
    from sipdiag.knowledge import Catalogue

LONGEST = 400
"""Characters of a detail that is looked up; what is longer is no sentence of ours."""
KINDS = {"n": r"\d++", "m": r"\d++", "k": r"\d++", "word": r"\S+", "text": r".+"}
"""Placeholder of the catalogue → what may stand there."""
SEPARATOR = "; "
"""Between several details in one."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class DefectWords:
    """Says in one language what was wrong with captures."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._kinds: dict[str, str] = catalogue.words["defects"]
        self._told: list[tuple[re.Pattern[str], str]] = []
        original, own = catalogue.original["details"], catalogue.words["details"]
        if original != own:
            self._told = [(_pattern(text), own[name]) for name, text in original.items()]

    def line(self, defect: Defect) -> str:
        """One defect: its kind and what shows it."""
        kind = self._kinds.get(defect.kind.replace("-", "_"), defect.kind)
        return f"{kind}: {self.detail(defect.detail)}" if defect.detail else kind

    def detail(self, text: str) -> str:
        """What shows a defect; words of others stay as they are."""
        whole = self._translated(text)
        if whole is None and SEPARATOR in text:
            return SEPARATOR.join(self._translated(each) or each for each in text.split(SEPARATOR))
        return whole or text

    def _translated(self, text: str) -> str | None:
        if len(text) > LONGEST:
            return None
        for pattern, own in self._told:
            found = pattern.fullmatch(text)
            if found is not None:
                given = found.groupdict()
                if own.startswith("{text}"):  # a sentence with something behind it
                    given["text"] = self._translated(given["text"]) or given["text"]
                return _PLACEHOLDER.sub(lambda name: given.get(name[1], name[0]), own)  # noqa: B023 - used at once
        return None


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(text)  # what stands between, and the names, in turn
    return re.compile(
        "".join(f"(?P<{part}>{KINDS[part]})" if turn % 2 else re.escape(part) for turn, part in enumerate(parts))
    )
