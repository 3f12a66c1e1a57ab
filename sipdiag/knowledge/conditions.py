"""When an entry speaks for a response: the `match_` facts, which are regular expressions but for `match_method`.

What a packet says is read up to a length, and matched in a time that grows with that length only: the expression is
the user's, the text is anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sipdiag.expression import Expression

LONGEST = 512
"""Characters of a reason phrase or header field that an expression is tried on."""

PATTERNS = {
    "match_reason": "reason",
    "match_warning": "warning",
    "match_reason_header": "reason-header",
    "match_server": "server",
}
"""Fact → what it is tried on."""

Fields = Callable[[str], Sequence[str]]
"""Header field name → its values in the response."""


class Conditions(NamedTuple):
    """What must hold of a response for an entry to speak; all of it."""

    methods: frozenset[str] = frozenset()
    patterns: tuple[tuple[str, Expression], ...] = ()
    """What is looked at, and the expression that must be found in it."""

    @property
    def asks(self) -> frozenset[str]:
        """What they look at: `method`, `reason`, `warning`, `reason-header`, `server`."""
        return frozenset([*(["method"] if self.methods else []), *(about for about, _ in self.patterns)])

    def hold(self, method: str, reason: str, fields: Fields) -> bool:
        """Whether they all hold of a response to `method` with this reason phrase and these header fields."""
        if self.methods and method not in self.methods:
            return False
        return all(
            any(pattern.found_in(each[:LONGEST]) for each in values(about, reason, fields))
            for about, pattern in self.patterns
        )


def values(about: str, reason: str, fields: Fields) -> Sequence[str]:
    """What a response says where a condition looks."""
    if about == "reason":
        return (reason,)
    if about == "server":  # who sent it: a server says so in Server, a telephone often in User-Agent
        return (*fields("server"), *fields("user-agent"))
    return fields("reason" if about == "reason-header" else about)


def conditions_in(facts: dict[str, Any]) -> Conditions:
    """The conditions among the facts of an entry; raises `ValueError` with the reason where one is wrong."""
    # A condition that is mistyped must not turn into an entry that speaks for every response.
    if unknown := [name for name in facts if name.startswith("match") and name not in ("match_method", *PATTERNS)]:
        raise ValueError(f"{unknown[0]} is no condition; there are {', '.join(['match_method', *PATTERNS])}")
    if "match_method" not in facts and not PATTERNS.keys() & facts.keys():
        return Conditions()
    methods = facts.get("match_method", [])
    named: Iterable[object] = [methods] if isinstance(methods, str) else methods
    if not isinstance(named, list) or not all(isinstance(each, str) and each for each in named):
        raise ValueError("match_method is a method or a list of methods")
    patterns = tuple((about, _pattern(name, facts[name])) for name, about in PATTERNS.items() if name in facts)
    return Conditions(frozenset(str(each).upper() for each in named), patterns)


def _pattern(name: str, written: object) -> Expression:
    if not isinstance(written, str) or not written:
        raise ValueError(f"{name} is a regular expression in quotes")
    try:
        return Expression(written)
    except ValueError as error:
        raise ValueError(f"{name} {error}: {written}") from error
