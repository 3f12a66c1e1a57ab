"""Rows that are text already: where a document is made in parts, each part encodes its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Texts(Iterator[str]):
    """The encoded rows of one list of a document, in its order."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = iter(texts)

    def __next__(self) -> str:
        return next(self._texts)
