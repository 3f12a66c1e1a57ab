"""Facts and labels: TOML, of which the plain lines that nearly all are made of need no TOML parser.

Importing tomllib and running it over the labels takes longer than all the rest of `sipdiag explain 403`. So lines such
as `code = 403` are read here, and a text with any other line is left to tomllib as a whole.
"""

from __future__ import annotations

from typing import Any


def facts_of(text: str) -> dict[str, Any]:
    """What a TOML text says; raises `ValueError` (of tomllib) where it is no TOML."""
    facts: dict[str, Any] = {}
    table = facts
    for line in text.split("\n"):
        if not line.isprintable():
            return _read_by_tomllib(text)
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            name = line[1:-1]
            if line[-1] != "]" or not _plain(name) or name in facts:
                return _read_by_tomllib(text)
            table = facts[name] = {}
            continue
        name, equals, written = line.partition(" = ")
        value = _value(written)
        if not equals or not _plain(name) or value is None or name in table:
            return _read_by_tomllib(text)
        table[name] = value
    return facts


def _value(written: str) -> str | int | float | bool | list[Any] | None:
    """A string without escapes, a number, a truth, or a list of them on one line; None for anything else."""
    if written[:1] == '"':
        plain = len(written) > 1 and written[-1] == '"' and written.count('"') == 2 and "\\" not in written
        return written[1:-1] if plain and written.isprintable() else None
    if written.isdigit() and written.isascii():
        return int(written) if written[0] != "0" or written == "0" else None
    if written in ("true", "false"):
        return written == "true"
    if written[:1] == "[" and written[-1] == "]":
        inner = written[1:-1].strip(" ")
        values = [None if each[:1] == "[" else _value(each) for each in _parts(inner)] if inner else []
        return None if None in values else values
    whole, _, fraction = written.partition(".")
    digits = whole.isdigit() and fraction.isdigit() and written.isascii() and (whole[0] != "0" or whole == "0")
    return float(written) if digits else None


def _parts(inner: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip(" ") for part in inner.split(",")]


def _plain(name: str) -> bool:
    """Whether `name` is a bare key of letters, digits, `_` and `-`."""
    return name.replace("_", "").replace("-", "").isalnum() and name.isascii()


def _read_by_tomllib(text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  (see above)

    return tomllib.loads(text)
