"""Tests of `sipdiag.media.continuing`: two that follow a part each find what one finds."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.media import RtpStreams
from tests.media.spoken import MILLISECOND, Said, columns, rtp, streams_of, voice

if TYPE_CHECKING:
    from sipdiag.media import Stream

KINDS = (0, 0, 0, 8, 13, 18, 101, 111)
EVENT = bytes([5, 10, 0, 160])


@st.composite
def talks(draw: st.DrawFn, *, copies: bool = False) -> list[Said]:
    """Some streams with loss, jitter, late packets, talkspurts, keys, pauses and senders that begin anew."""
    said = []
    for ssrc in range(draw(st.integers(1, 3))):
        begin, time, number = draw(st.sampled_from([0, 65_500])), draw(st.integers(0, 3_000)) * MILLISECOND, 0
        kinds = draw(st.sampled_from([KINDS, (0,), (111,)]))
        for _ in range(draw(st.integers(1, 50))):
            fate = draw(st.sampled_from(["there"] * 12 + ["lost", "pause", "anew"] + ["copy"] * copies))
            time += (5_000 if fate == "pause" else 20) * MILLISECOND
            number += 20_000 if fate == "anew" else 1
            kind = draw(st.sampled_from(kinds))
            late = draw(st.integers(0, 60)) * MILLISECOND
            payload = rtp(
                begin + number,
                160 * number,
                marker=draw(st.booleans()),
                payload_type=kind,
                ssrc=ssrc,
                payload=EVENT if kind == 101 else bytes(20),
            )
            if fate != "lost":
                said += [Said(time=time + late, payload=payload)] * (1 + (fate == "copy"))
    return sorted(said, key=lambda each: each.time)


def in_two(said: list[Said], cut: int, within: int) -> list[Stream] | None:
    """The streams that two find, the second of them in two chunks; nothing if they cannot be joined."""
    first, second = RtpStreams(), RtpStreams(later=True)
    first.feed(columns(said[:cut]))
    for part, frame in ((said[cut:within], 1), (said[within:], 1 + within - cut)):
        if part:
            second.feed(columns(part, frame))
    before = first.streams()
    if first.join(pickle.loads(pickle.dumps(second)), cut):  # noqa: S301 - as another process gives it
        return first.streams()
    assert first.streams() == before
    return None


@settings(deadline=None, max_examples=300)
@given(said=talks(), cut=st.integers(1, 149), within=st.integers(0, 149))
def test_two_find_what_one_finds(said: list[Said], cut: int, within: int) -> None:
    """Every figure of every stream, wherever the parts meet; what cannot be joined is left as it was."""
    cut = min(cut, len(said) - 1)
    if cut > 0:
        assert in_two(said, cut, max(cut, min(within, len(said)))) in (streams_of(said), None)


@settings(deadline=None, max_examples=100)
@given(said=talks(copies=True), cut=st.integers(1, 149))
def test_copies_across_the_place_are_not_guessed_at(said: list[Said], cut: int) -> None:
    """Whoever follows all of it knows what came before."""
    cut = min(cut, len(said) - 1)
    if cut > 0:
        assert in_two(said, cut, cut) in (streams_of(said), None)


@pytest.mark.parametrize("cut", [1, 30, 31, 59])
def test_a_steady_stream_is_always_joined(cut: int) -> None:
    """Otherwise nothing would have been held; a late packet at the place is no hindrance."""
    said = voice(60)
    said[30], said[31] = replace(said[31], time=said[30].time), replace(said[30], time=said[31].time)
    found = in_two(said, cut, cut)
    assert found == streams_of(said)


def test_streams_that_only_the_second_sees_are_taken_as_they_are() -> None:
    """With their frames counted from the beginning of the capture."""
    said = [*voice(30), *voice(30, begin=600 * MILLISECOND, ssrc=9)]
    found = in_two(said, 30, 30)
    assert found == streams_of(said)
    assert [each.first_frame for each in found or ()] == [1, 31]
