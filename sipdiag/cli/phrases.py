"""What the command line says by itself, help and mistakes, in the language of its user.

Sentences stand in English where they are said; `phrases.toml` of another language has them with its own beside them,
so that no room below needs to know who will read them. What is not in it stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from sipdiag.cli.language import spoken
from sipdiag.knowledge import DEFAULT_LANGUAGE, data_folder

_PLACE = re.compile(r"\{([a-z]+)\}")


class Phrases:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        file = Path(data_folder()) / language / "phrases.toml"
        known = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self.help: dict[str, str] = known.get("help", {})
        told: dict[str, str] = known.get("told", {})
        self._whole = {text: own for text, own in told.items() if not _PLACE.search(text)}
        parted = [text for text in told if text not in self._whole]
        # The more a phrase says itself, the less another can be meant.
        parted.sort(key=lambda text: -len(_PLACE.sub("", text)))
        self._parted = [(_pattern(text), told[text]) for text in parted]

    def told(self, text: str) -> str:
        """A message in this language, with what stands in it."""
        if whole := self._whole.get(text) or self._whole.get(text[:1].lower() + text[1:]):
            return whole
        for pattern, own in self._parted:
            if found := pattern.fullmatch(text):
                parts = {name: self.told(part) if part != text else part for name, part in found.groupdict().items()}
                return _PLACE.sub(lambda place, parts=parts: parts[place[1]], own)  # type: ignore[misc]
        return text


def _pattern(text: str) -> re.Pattern[str]:
    literals = _PLACE.split(text)
    for at in range(0, len(literals), 2):
        literals[at] = re.escape(literals[at])
    for at in range(1, len(literals), 2):
        literals[at] = f"(?P<{literals[at]}>.+?)"
    return re.compile("".join(literals), re.DOTALL)


def phrases() -> Phrases | None:
    """Those of the language that was asked for; None where it is the one that the program is written in."""
    language = spoken()
    return None if language == DEFAULT_LANGUAGE else _of(language)


_of = cache(Phrases)


def told(text: str) -> str:
    """A message as the user reads it."""
    return text if (known := phrases()) is None else known.told(text)
