"""Tests of `sipdiag.engine.whole`: concluded in parts, a capture gives the document that it gives in one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sipdiag.analysis import conclude, read
from sipdiag.engine.gist import told_of
from sipdiag.engine.part import Judging, Part
from sipdiag.engine.whole import concluded_in
from sipdiag.findings import Policy, Settings
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words, json_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sipdiag.trace import Trace

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
WORDS = Words(Catalogue("en"))
JUDGING = Judging(Settings(), Policy(), date(2026, 3, 2), WORDS, json_document.texts)


class InMemory:
    """Parts by a rule of division, all here."""

    def __init__(self, trace: Trace, divide: Callable[[str], int], count: int) -> None:
        self.part_of = divide
        messages: list[list[Any]] = [[] for _ in range(count)]
        for place, seen in enumerate(trace.sightings):
            messages[divide(seen.message.call_id)].append(((seen.time, seen.frame, place), seen))
        self._parts = [Part(number, some, JUDGING) for number, some in enumerate(messages)]

    def ask(self, step: str, *asked: object) -> Callable[[], list[Any]]:
        """All take a step, one after the other."""
        return self.ask_each(step, [asked] * len(self._parts))

    def ask_each(self, step: str, asked: Sequence[tuple[object, ...]]) -> Callable[[], list[Any]]:
        """Each with what is its own."""
        answers = [getattr(part, step)(*mine) for part, mine in zip(self._parts, asked, strict=True)]
        return lambda: answers


def in_parts(trace: Trace, seed: int, count: int) -> str:
    def divide(call_id: str) -> int:
        return crc32(call_id.encode("utf-8", "surrogateescape"), seed) % count

    told = concluded_in(InMemory(trace, divide, count), replace(told_of(trace)[1], trace=trace), JUDGING)
    return "".join(json_document.assembled(told.parts))


def in_one(trace: Trace) -> str:
    return "".join(json_document.pieces(conclude([trace]), WORDS))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_sample_in_two_parts_gives_its_document(path: Path) -> None:
    """Byte for byte: rows, numbers, findings, figures and entries."""
    trace = read(str(path))
    assert in_parts(trace, 0, 2) == in_one(trace)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32 - 1), st.integers(1, 7))
def test_any_division_gives_the_same_document(path: Path, seed: int, count: int) -> None:
    """Whichever Call-IDs lie together."""
    trace = read(str(path))
    assert in_parts(trace, seed, count) == in_one(trace)
