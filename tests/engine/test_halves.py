"""Tests of `sipdiag.engine.halves`: two processes give, byte for byte, the document of one."""

from __future__ import annotations

import os
import struct
import time
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.analysis import conclude, read
from sipdiag.engine import halves
from sipdiag.engine.halves import Other, told_in_halves
from sipdiag.engine.part import Judging
from sipdiag.findings import Policy, Settings, caused, taken, unfolded
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words, json_document
from sipdiag.trace import share

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.pcap"))
WORDS = Words(Catalogue("en"))
JUDGING = Judging(Settings(), Policy(), date(2026, 3, 2), WORDS, json_document.texts)
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")


@pytest.fixture(autouse=True, scope="module")
def small_captures_are_worth_it() -> Iterator[None]:
    """As if each were large, mostly messages, and a processor idle."""
    with patch.object(halves, "is_worth_sharing", lambda _: True):
        yield


def in_halves(path: Path) -> str | None:
    told = told_in_halves(str(path), JUDGING, media=True)
    return None if told is None else "".join(json_document.assembled(told.parts))


def in_one(path: Path) -> str:
    return "".join(json_document.pieces(conclude([read(str(path))]), WORDS))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_sample_gives_its_document_or_is_left_to_one_process(path: Path) -> None:
    """What hangs together below SIP is not shared; what is shared comes out the same."""
    told = in_halves(path)
    if told is not None:
        assert told == in_one(path)
    elif not path.parent.name.startswith(("capture-", "fragment-", "tcp-", "tls-")):
        assert read(str(path)).connections or b"SIP/2.0/TCP" in path.read_bytes() or has_something_below(path)


def has_something_below(path: Path) -> bool:
    trace = read(str(path))
    frames = [seen.frame for seen in trace.sightings]
    streams = trace.streams
    below = trace.partial or trace.facts.defects or trace.undelivered or trace.clock_steps or trace.sealed
    odd = any(seen.transport != "udp" or seen.frames or not seen.complete for seen in trace.sightings)
    return bool(below or odd or len(set(frames)) < len(frames) or not all(each.is_convincing for each in streams))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=6, unique=True))
def test_any_mixture_of_samples_gives_the_document_of_one_process(
    tmp_path_factory: pytest.TempPathFactory, paths: list[Path]
) -> None:
    """Calls of several kinds at once, in the order of time: what crosses calls is exchanged."""
    mixture = tmp_path_factory.mktemp("mixed") / "mixed.pcap"
    mixture.write_bytes(mixed(paths))
    told = in_halves(mixture)
    assert told is None or told == in_one(mixture)


def mixed(paths: list[Path]) -> bytes:
    """The records of several captures of one kind, in the order of time."""
    header = paths[0].read_bytes()[:24]
    kinds = [path.read_bytes()[24:] for path in paths if path.read_bytes()[:24] == header]
    return header + b"".join(record for _, record in sorted(chain.from_iterable(map(records, kinds))))


def records(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    while at + 16 <= len(data):
        seconds, fraction, size = struct.unpack_from("<III", data, at)
        yield (seconds, fraction), data[at : at + 16 + size]
        at += 16 + size


def test_a_second_process_that_dies_leaves_the_work_to_the_first() -> None:
    """Whenever that is: nothing has been written by then."""
    path = next(each for each in SAMPLES if each.stem == "ack-missing")
    assert in_halves(path) is not None
    answer, heard = Other.answer, [0]
    for deadline in range(4):

        def until(other: Other, deadline: int = deadline) -> object:
            heard[0] += 1
            if heard[0] > deadline:
                os.kill(other._process, 9)
                time.sleep(0.01)
                raise EOFError
            return answer(other)

        heard[0] = 0
        with patch.object(Other, "answer", until):
            assert in_halves(path) is None


def test_large_captures_of_media_are_not_shared(tmp_path: Path) -> None:
    """Only where messages are most of it: there it is parsing that takes time."""
    sample = next(each for each in SAMPLES if each.stem == "ack-missing").read_bytes()
    path = tmp_path / "large.pcap"
    path.write_bytes(sample)
    with patch.object(share, "LARGE", 1), patch.object(share, "is_idle", lambda: True):
        with patch.object(share, "may_fork", lambda: True):
            assert share.is_worth_sharing(str(path))
            media = next(each for each in SAMPLES if each.parent.name == "media-loss")
            assert not share.is_worth_sharing(str(media))
        with patch.object(share, "may_fork", lambda: False):
            assert not share.is_worth_sharing(str(path))
    assert not share.is_worth_sharing(str(path))


def test_findings_are_those_of_the_command() -> None:
    """Weighed by the same policy."""
    path = next(each for each in SAMPLES if each.stem == "ack-missing")
    told = told_in_halves(str(path), JUDGING, media=True)
    analysis = conclude([read(str(path))])
    findings = caused(taken(unfolded(analysis.findings), JUDGING.policy, JUDGING.today), analysis.correlation)
    assert told is not None
    assert told.findings == findings
