"""Regular expressions that never take longer than their text allows: the user's patterns on anybody's text.

Python's own matcher tries one way through an expression after the other, and `(a|aa)+$` has more ways than there are
seconds. Here all ways are followed at once (Thompson, 1968), so that n characters and m steps take n * m. Python reads
the expression, so that the syntax is its own; back references and look-around do not fit and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple

LARGEST: Final = 1000
"""Steps of an expression, with what is repeated counted as often as it is written out."""
REMEMBERED: Final = 4096
"""Texts of which the answer is kept: what packets say comes again and again."""

_PARSER: Final[Any] = import_module("re._parser")  # what `re` itself reads an expression with
_WITHOUT_END: Final = _PARSER.MAXREPEAT

Takes = Callable[[str], bool]
"""Whether a step takes a character."""
Holds = Callable[[str, int], bool]
"""Whether a place in a text is the beginning, the end, or the edge of a word."""


class Step(NamedTuple):
    """One step of the automaton: it takes a character, asks where it is, or only leads on."""

    ways: tuple[int, ...]
    """The steps that follow."""
    takes: Takes | None = None
    holds: Holds | None = None


class Expression:
    """A regular expression, made to be looked for in texts."""

    def __init__(self, pattern: str) -> None:
        """Raise `ValueError` where it is none, or one that cannot be followed this way."""
        self.pattern = pattern
        try:
            tree = _PARSER.parse(pattern)
            self._steps: list[Step] = [Step(())]
            """The first is the end: who comes there has found it."""
            self._start = self._sequence(tree, tree.state.flags, 0)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"is no regular expression: {error}") from error
        self.found_in = lru_cache(REMEMBERED)(self._found_in)
        """Whether it is found anywhere in a text."""

    def _found_in(self, text: str) -> bool:
        steps = self._steps
        pending: list[int] = []
        for place in range(len(text) + 1):
            taking: list[Step] = []
            seen: set[int] = set()
            pending.append(self._start)
            while pending:
                number = pending.pop()
                if not number:
                    return True
                if number in seen:
                    continue
                seen.add(number)
                step = steps[number]
                if step.takes is not None:
                    taking.append(step)
                elif step.holds is None or step.holds(text, place):
                    pending += step.ways
            if place < len(text):
                character = text[place]
                pending = [step.ways[0] for step in taking if step.takes is not None and step.takes(character)]
        return False

    def _add(self, step: Step) -> int:
        if len(self._steps) >= LARGEST:
            raise ValueError(f"is too large: more than {LARGEST} steps, with repetitions written out")
        self._steps.append(step)
        return len(self._steps) - 1

    def _sequence(self, items: Iterable[tuple[Any, Any]], flags: int, then: int) -> int:
        """Add the steps of `items` before the step `then`; the first of them."""
        for operation, what in reversed(list(items)):
            then = self._one(str(operation), what, flags, then)
        return then

    def _one(self, operation: str, what: Any, flags: int, then: int) -> int:  # noqa: ANN401  (a tree of `re`)
        if operation == "SUBPATTERN":
            _, more, less, items = what
            return self._sequence(items, (flags | more) & ~less, then)
        if operation == "BRANCH":
            return self._add(Step(tuple(self._sequence(items, flags, then) for items in what[1])))
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):  # to be found, the shortest is as good as the longest
            least, most, items = what
            return self._repeated(least, most, items, flags, then)
        if operation == "AT":
            return self._add(Step((then,), holds=_place(str(what), flags)))
        takes = _characters(operation, what, flags)
        if takes is None:
            raise ValueError("has a back reference, look-around or an atomic group, which are not supported")
        return self._add(Step((then,), takes=takes))

    def _repeated(self, least: int, most: int, items: Any, flags: int, then: int) -> int:  # noqa: ANN401
        if most is _WITHOUT_END:
            after = then
            then = self._add(Step(()))
            self._steps[then] = Step((self._sequence(items, flags, then), after))
        else:
            after = then
            for _ in range(most - least):
                then = self._add(Step((self._sequence(items, flags, then), after)))
        for _ in range(least):
            before, then = then, self._sequence(items, flags, then)
            if then == before:  # of nothing, no number of times is more
                break
        return then


def _characters(operation: str, what: Any, flags: int) -> Takes | None:  # noqa: ANN401
    """What a step takes; None when it is none that takes one character."""
    if operation == "ANY":
        return (lambda _: True) if flags & re.DOTALL else (lambda character: character != "\n")
    if operation in ("LITERAL", "NOT_LITERAL"):
        return _cased([_literal(chr(what), flags)], flags, negated=operation == "NOT_LITERAL")
    if operation != "IN":
        return None
    negated = str(what[0][0]) == "NEGATE"
    return _cased([_member(str(kind), value, flags) for kind, value in what[negated:]], flags, negated=negated)


def _cased(members: list[Takes], flags: int, *, negated: bool) -> Takes:
    """Whether a character, or its other case where case does not matter, is one of the members."""

    def takes(character: str) -> bool:
        return any(member(each) for member in members for each in _cases(character, flags)) is not negated

    return takes


def _cases(character: str, flags: int) -> set[str]:
    """The character, and in its other cases where case does not matter."""
    if not flags & re.IGNORECASE or (flags & re.ASCII and not character.isascii()):
        return {character}
    return {character, *(other for other in (character.lower(), character.upper()) if len(other) == 1)}


def _literal(character: str, flags: int) -> Takes:
    return _cases(character, flags).__contains__


def _member(kind: str, value: Any, flags: int) -> Takes:  # noqa: ANN401
    """One member of a set."""
    if kind == "LITERAL":
        return _literal(chr(value), flags)
    if kind == "RANGE":
        low, high = value
        return lambda each: low <= ord(each) <= high
    _, *negation, name = str(value).split("_")  # CATEGORY_NOT_DIGIT
    test = {"DIGIT": str.isdecimal, "SPACE": str.isspace, "WORD": _is_word}[name]
    ascii_only = flags & re.ASCII
    return lambda each: (test(each) and not (ascii_only and ord(each) > 127)) is not bool(negation)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _place(name: str, flags: int) -> Holds:
    """What an anchor asks of a place in a text."""
    lines = flags & re.MULTILINE
    if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        each_line = lines and name == "AT_BEGINNING"
        return lambda text, at: at == 0 or bool(each_line and text[at - 1] == "\n")
    if name == "AT_END_STRING":
        return lambda text, at: at == len(text)
    if name == "AT_END":
        return lambda text, at: text[at:] in ("", "\n") or bool(lines and text[at] == "\n")
    edge = name == "AT_BOUNDARY"
    word = _member("CATEGORY", "CATEGORY_WORD", flags)

    def at_edge(text: str, at: int) -> bool:
        before, after = at > 0 and word(text[at - 1]), at < len(text) and word(text[at])
        return (before is not after) is edge

    return at_edge
