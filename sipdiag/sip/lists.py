"""Comma lists and parameters; quotes and angle brackets hide what they enclose (RFC 3261, sections 7.3.1 and 25.1)."""

from __future__ import annotations

import re
from typing import Final

# An unclosed quoted string runs to the end, and so does an unclosed angle bracket.
_QUOTED: Final = r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)(?:"|\\?\Z)'
_ELEMENT: Final = re.compile(rf'(?>(?:{_QUOTED}|<[^>]*+(?:>|\Z)|[^",<]++)+)', re.DOTALL)
_PARAMETER: Final = re.compile(rf'(?>(?:{_QUOTED}|<[^>]*+(?:>|\Z)|[^";<]++)+)', re.DOTALL)


def split_list(value: str) -> list[str]:
    """The elements of a comma list, without the blanks around them; empty elements are dropped."""
    if "," not in value:
        value = value.strip()
        return [value] if value else []
    return [element for part in _ELEMENT.findall(value) if (element := part.strip())]


def has_empty_element(value: str) -> bool:
    """Whether an element of a comma list is empty: `a,,b`, `,a` or `a,` (RFC 4475, section 3.1.2.1)."""
    if "," not in value:
        return False
    parts = _ELEMENT.findall(value)
    commas = len(value) - sum(map(len, parts))
    return commas != len(parts) - 1 or not all(map(str.strip, parts))


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """What stands before the first `;`, and the parameters after it, names in lower case, values unquoted.

    A parameter without a value maps to the empty string; where a name occurs twice, the first counts.
    """
    if ";" not in value:
        return value.strip(), {}
    first, *rest = [part.strip() for part in _PARAMETER.findall(value)] or [""]
    if value.lstrip()[:1] == ";":
        first, rest = "", [first, *rest]
    return first, parameters_in(rest)


def parameters_in(parts: list[str]) -> dict[str, str]:
    """`name=value` texts as a mapping, names in lower case, values unquoted; of a repeated name the first counts."""
    parameters: dict[str, str] = {}
    for part in parts:
        name, _, text = part.partition("=")
        if name := name.strip().lower():
            parameters.setdefault(name, unquoted(text.strip()))
    return parameters


def unquoted(text: str) -> str:
    """A quoted string without its quotes and backslashes; anything else as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return re.sub(r"\\(.)", r"\1", inner) if "\\" in inner else inner
