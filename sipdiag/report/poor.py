"""What is written where a terminal or locale knows too few characters: the nearest that it knows."""

from __future__ import annotations

import unicodedata

_INSTEAD = {
    "→": "->",
    "←": "<-",
    "…": "...",
    "·": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "↻": "",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "─": "-",
    "━": "=",
    "│": "|",
    "▶": ">",
    "◀": "<",
}


def spelt(text: str, encoding: str) -> str:
    """`text` in what `encoding` has: an arrow as `->`, a letter without its accent, at worst a question mark."""
    return "".join(_nearest(each, encoding) for each in text)


def _nearest(sign: str, encoding: str) -> str:
    plain = _INSTEAD.get(sign)
    if plain is None:
        plain = "".join(each for each in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(each))
    try:
        plain.encode(encoding)
    except UnicodeEncodeError:
        return "?"
    return plain
