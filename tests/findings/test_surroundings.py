"""Tests of `sipdiag.findings.surroundings`: what crosses calls adds up, however the traffic is divided."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.analysis import read
from sipdiag.calls import Correlation, correlate
from sipdiag.findings import PIECES, Facts, Settings, merged
from sipdiag.trace import Sighting

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ("registration-expired", "subscription-expired", "account-compromised", "response-slow", "options-unanswered")
SETTINGS = Settings()


@cache
def sightings() -> tuple[Sighting, ...]:
    """The messages of captures in which every piece has something to say."""
    paths = [path for name in SAMPLES for path in sorted((ROOT / "samples" / name).glob("*.pcap"))]
    seen = [each for number, path in enumerate(paths) for each in read(str(path), capture=number).sightings]
    return tuple(sorted(seen, key=lambda each: (each.time, each.capture, each.frame)))


@cache
def whole() -> Correlation:
    return correlate(sightings())


def facts(name: str, seen: Correlation) -> Facts:
    return PIECES[name].parts(seen, SETTINGS)


@pytest.mark.parametrize("name", PIECES)
@given(seed=st.integers(0, 2**32), count=st.integers(2, 5))
def test_a_piece_of_the_whole_is_that_of_its_parts(name: str, seed: int, count: int) -> None:
    """Each Call-ID in one part; the number of parts, and their order, make no difference."""
    parts: list[list[Sighting]] = [[] for _ in range(count)]
    for each in sightings():
        parts[crc32(each.message.call_id.encode(), seed) % count].append(each)
    apart = [facts(name, correlate(part)) for part in parts]
    assert merged(name, apart) == merged(name, [facts(name, whole())])
    assert merged(name, apart[::-1]) == merged(name, apart)


def test_most_pieces_have_something_to_say_here() -> None:
    """Else the law above would hold of nothing."""
    silent = {name for name in PIECES if not facts(name, whole())}
    assert silent <= {"signed", "large", "stated"}
