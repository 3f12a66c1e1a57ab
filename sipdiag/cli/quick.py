"""The short way to `sipdiag explain NAME...`: with plain names and few options it needs no argument parser.

Importing click takes longer than finding and printing an entry. Whatever is not plain goes the long way, which gives
the same answer: help, files, folders of one's own, and every mistake.
"""

from __future__ import annotations

import sys

_OPTIONS = {
    "--lang": None,
    "--format": ("text", "markdown", "json"),
    "--color": ("auto", "always", "never"),
}
"""Option → the values that it may have; None for any."""


def quick(arguments: list[str]) -> int | None:
    """The exit code of an `explain` in plain words, or None when the long way must be taken."""
    if arguments[:1] != ["explain"]:
        return None
    plain = _plain(arguments[1:])
    if plain is None:
        return None
    from sipdiag.cli.explanation import explain, tell  # noqa: PLC0415  (other commands do without)
    from sipdiag.cli.language import catalogue_for  # noqa: PLC0415

    names, given = plain
    catalogue = catalogue_for(given.get("--lang"))
    missing = explain(names, catalogue, sys.stdout, given.get("--format", "text"), given.get("--color", "auto"))
    tell(missing)
    return 2 if missing else 0


def _plain(words: list[str]) -> tuple[list[str], dict[str, str]] | None:
    """The names and options among `words`; None where anything else is among them."""
    names: list[str] = []
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            names.append(word)
            continue
        option, equals, value = word.partition("=")
        if option not in _OPTIONS:
            return None
        value = value if equals else next(rest, "")
        allowed = _OPTIONS[option]
        if not value or value.startswith("-") or (allowed is not None and value not in allowed):
            return None
        given[option] = value
    return (names, given) if names else None
