"""`knowledge/pt`: no English sentence is left in it, by a heuristic that is itself held to what it must catch."""

from __future__ import annotations

import re

from tests.entries import NAMES, labels, page

ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the of and is are was were be been to that this these those it its with for from by not which who when "
        "where what how then than an has have had if on at or but will would can could should must may one there "
        "their they you your only into out up all any no other than because after before while does did done here",
    )
)
PORTUGUESE = frozenset(
    re.findall(
        r"\w+",
        "o os a as um uma de do da dos das em no na nos nas e é ou que se com para por pelo pela não ao à aos às "
        "seu sua este esta esse essa isso ele ela como mais já só quando onde qual foi são ser está há até sem sob "
        "entre nem mas também depois antes então cada todo toda",
    )
)
LEAST_WORDS = 5
CAUGHT = 0.98
"""The share of the English catalogue's sentences that the heuristic must call English."""


def sentences(language: str) -> list[str]:
    """All prose of the catalogue in a language: no code, no quotations, no examples, no references."""
    told = []
    for name in NAMES:
        read = page(name, language)
        bodies = [section.body for section in read.sections if section.name not in ("example", "references")]
        told += [read.lead, *bodies]
    told += [text for table in labels(language).values() if isinstance(table, dict) for text in table.values()]
    prose = re.sub(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|\{\w+\}|RFC \d+|\([^)]*\)", " ", "\n\n".join(told))
    return [each for each in re.split(r"(?<=[.!?])\s+|\n\n|\n(?=- |\d+\. )", prose) if len(_words(each)) >= LEAST_WORDS]


def is_english(sentence: str) -> bool:
    """Whether small words of English outnumber those of Portuguese."""
    words = _words(sentence)
    return sum(word in ENGLISH - PORTUGUESE for word in words) > sum(word in PORTUGUESE - ENGLISH for word in words)


def _words(sentence: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", sentence.lower())


def test_no_english_sentence_is_left_in_portuguese() -> None:
    """Whatever the program says to a Brazilian it says in Portuguese."""
    assert [each for each in sentences("pt") if is_english(each)] == []


def test_the_heuristic_knows_english() -> None:
    """The heuristic calls nearly every sentence of the English catalogue English, or it would hold nothing."""
    told = sentences("en")
    assert len(told) > 3000
    assert sum(is_english(each) for each in told) / len(told) >= CAUGHT
