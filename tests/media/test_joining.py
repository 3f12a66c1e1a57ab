"""Tests of `sipdiag.media.joining`: two parts of a stream are the stream."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sipdiag.media import Steps, Stream, merged
from tests.media.spoken import MILLISECOND, Said, rtp, streams_of


@st.composite
def talks(draw: st.DrawFn) -> list[Said]:
    """One stream with loss and jitter, talkspurts and keys."""
    said = []
    begin = draw(st.sampled_from([0, 65_500]))
    for number in range(draw(st.integers(2, 50))):
        if draw(st.integers(0, 9)) or not said:
            kind = draw(st.sampled_from([0, 0, 0, 8, 13]))
            late = draw(st.integers(0, 15)) * MILLISECOND
            payload = rtp(begin + number, 160 * number, marker=draw(st.booleans()), payload_type=kind)
            said.append(Said(time=number * 100 * MILLISECOND + late, payload=payload))
    return said


FIGURES = ("mean", "highest", "last", "inherits")


def told(stream: Stream) -> Stream:
    """What must be equal; milliseconds to the microsecond."""
    return replace(
        stream,
        jitters=tuple(
            replace(
                each,
                rising=b"",
                **{name: round(getattr(each, name), 3) for name in FIGURES},
            )
            for each in stream.jitters
        ),
    )


@settings(deadline=None)
@given(said=talks(), cut=st.integers(1, 49))
def test_the_parts_make_the_whole(said: list[Said], cut: int) -> None:
    """Every figure of the whole follows from those of its parts, but for the jitter's timeline where they meet."""
    cut = min(cut, len(said) - 1)
    if not cut:
        return
    (whole,) = streams_of(said)
    (earlier,), (later,) = streams_of(said[:cut]), streams_of(said[cut:])
    frames = {"first_frame": later.first_frame + cut, "last_frame": later.last_frame + cut}
    later = replace(
        later,
        **frames,
        formats=tuple(replace(each, first_frame=each.first_frame + cut) for each in later.formats),
        gaps=tuple(replace(each, frame=each.frame + cut) for each in later.gaps),
    )
    joined = merged(earlier, later)
    assert replace(told(joined), steps=Steps(), jitters=()) == replace(told(whole), steps=Steps(), jitters=())
    for one, other in zip(joined.jitters, whole.jitters, strict=True):
        for name in FIGURES:
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-3)
        zeros = dict.fromkeys(FIGURES, 0.0)
        assert replace(one, rising=b"", **zeros) == replace(other, rising=b"", **zeros)
    assert [each.packets for each in joined.timeline] == [each.packets for each in whole.timeline]
    assert [each.missing for each in joined.timeline] == [each.missing for each in whole.timeline]


def test_the_maximum_is_kept() -> None:
    """Of the earlier part, of the later one, and of the packet where they meet."""
    said = [Said(time=20 * MILLISECOND * number, payload=rtp(number, 160 * number)) for number in range(40)]
    late = [Said(time=each.time + 80 * MILLISECOND, payload=each.payload) for each in said[20:]]
    (earlier,), (later,) = streams_of(said[:20]), streams_of(late)
    assert merged(earlier, later).jitters[0].highest == pytest.approx(80 / 16)
