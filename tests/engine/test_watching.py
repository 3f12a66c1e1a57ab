"""Tests of `sipdiag.engine.watching`."""

from __future__ import annotations

from sipdiag.engine.places import Place
from sipdiag.engine.watching import Watch


def place(name: str, size: int) -> Place:
    return Place(path=name, size=size, stamp=str(size))


def test_a_capture_is_complete_when_it_no_longer_grows() -> None:
    """Between two looks; one that still grows waits."""
    watch = Watch()
    assert watch.complete([place("a", 1), place("b", 1)]) == []
    assert watch.complete([place("a", 1), place("b", 2)]) == [place("a", 1)]
    assert watch.complete([place("a", 1), place("b", 2), place("c", 1)]) == [place("a", 1), place("b", 2)]


def test_what_was_audited_stays_though_it_grows_again() -> None:
    """A quiet hour looks like the end of a capture: the audit does not lose what it had of it."""
    watch = Watch()
    watch.complete([place("a", 1)])
    complete = watch.complete([place("a", 1)])
    assert watch.is_news(complete)
    watch.audited(complete)
    assert not watch.is_news(complete)
    grown = watch.complete([place("a", 2)])
    assert grown == [place("a", 2)]
    assert watch.is_news(grown)
