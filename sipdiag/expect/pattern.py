r"""Patterns of expectations: `*` and `?` stand for any characters and for one; between slashes stands an expression.

sip:+1202555*@example.com      the whole text, `*` for any characters, `?` for one, `\*` for a star
/^sip:\+1202555[0-9]{4}@/       found anywhere unless `^` and `$` say where
"""

from __future__ import annotations

from sipdiag.expression import Expression

LONGEST_TEXT = 8_192
"""Characters of a text that is looked at: nobody writes an expectation of a longer one."""

_ANY, _ONE = object(), object()


class Pattern:
    """A pattern as it was written; raises `ValueError` when it is none."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._expression: Expression | None = None
        self._parts: list[object] = []
        if len(source) > 1 and source[0] == source[-1] == "/":
            self._expression = Expression(source[1:-1])
        else:
            self._parts = _parts(source)

    @property
    def text(self) -> str | None:
        """The one text that it matches; None where it may match others."""
        if self._expression is not None or any(part is _ANY or part is _ONE for part in self._parts):
            return None
        return "".join(map(str, self._parts))

    def matches(self, text: str) -> bool:
        """Whether `text` is what the pattern says."""
        if self._expression is not None:
            return len(text) <= LONGEST_TEXT and self._expression.found_in(text)
        if len(text) > LONGEST_TEXT and self._parts[-1:] != [_ANY]:
            return False  # what lies behind is not looked at
        return self._covers(text[:LONGEST_TEXT])

    def _covers(self, text: str) -> bool:
        """The last star takes over one more character whenever the rest does not fit: never more than n*m steps."""
        parts = self._parts
        place = part = 0
        star, held = -1, 0
        while place < len(text):
            if part < len(parts) and parts[part] is _ANY:
                star, held = part, place
                part += 1
            elif part < len(parts) and (parts[part] is _ONE or parts[part] == text[place]):
                place += 1
                part += 1
            elif star >= 0:
                held += 1
                place, part = held, star + 1
            else:
                return False
        return all(each is _ANY for each in parts[part:])


def literal(text: str) -> str:
    """The pattern that matches `text` and nothing else."""
    escaped = "".join(f"\\{each}" if each in "*?\\" else each for each in text)
    return f"\\{escaped}" if len(escaped) > 1 and escaped[0] == escaped[-1] == "/" else escaped


def _parts(source: str) -> list[object]:
    parts: list[object] = []
    characters = iter(source)
    for each in characters:
        if each == "\\":
            parts.append(next(characters, "\\"))
        elif each == "*":
            if not parts or parts[-1] is not _ANY:
                parts.append(_ANY)
        else:
            parts.append(_ONE if each == "?" else each)
    return parts
