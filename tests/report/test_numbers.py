"""Tests of `sipdiag.report.numbers`: numbers as a language writes them."""

from __future__ import annotations

import pytest

from sipdiag.knowledge import Catalogue
from sipdiag.report import Words
from sipdiag.report.numbers import ENGLISH, Numbers

PORTUGUESE = Numbers(",")


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        (ENGLISH.count(1234567), PORTUGUESE.count(1234567)),
        (ENGLISH.fixed(31.5, 2), PORTUGUESE.fixed(31.5, 2)),
        (ENGLISH.short(31.5), PORTUGUESE.short(31.5)),
        (ENGLISH.short(40.0, 1), PORTUGUESE.short(40.0, 1)),
        (ENGLISH.span(31_500_000_000), PORTUGUESE.span(31_500_000_000)),
        (ENGLISH.span(850_000_000), PORTUGUESE.span(850_000_000)),
    ],
)
def test_marks_are_exchanged_and_nothing_else(english: str, portuguese: str) -> None:
    """A comma here is a point there."""
    assert portuguese == english.translate(str.maketrans(",.", ".,"))


def test_zeros_at_the_end_of_a_fraction_are_left_out_and_no_others() -> None:
    """40 stays 40, also where no digit of a fraction is wanted."""
    assert (ENGLISH.short(40.0), ENGLISH.short(40.5), ENGLISH.short(40.0, 0)) == ("40", "40.5", "40")


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("en", "1 packet", "1,500 packets"), ("pt", "1 pacote", "1.500 pacotes")],
)
def test_what_is_counted_agrees_with_its_number(language: str, one: str, many: str) -> None:
    """One packet is no packets, in either language."""
    words = Words(Catalogue(language))
    assert (words.counted(1, "packet"), words.counted(1500, "packet")) == (one, many)
