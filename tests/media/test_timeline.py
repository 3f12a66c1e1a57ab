"""Tests of `sipdiag.media.timeline`: second by second, in bounded memory."""

from __future__ import annotations

from dataclasses import replace

from sipdiag.media.timeline import SECOND, STEPS
from tests.media.spoken import MILLISECOND, Said, rtp, streams_of, voice


def test_each_second_has_its_packets_and_its_loss() -> None:
    """Loss stands where the next packet came."""
    said = [each for number, each in enumerate(voice(150)) if number not in {60, 61, 70}]
    (stream,) = streams_of(said)
    assert [each.packets for each in stream.timeline] == [50, 47, 50]
    assert [each.missing for each in stream.timeline] == [0, 3, 0]
    assert stream.step == SECOND


def test_a_late_packet_takes_back_the_loss() -> None:
    """In the second in which it came."""
    said = voice(60)
    late = said.pop(30)
    (stream,) = streams_of([*said, replace(late, time=said[-1].time + MILLISECOND)])
    assert sum(each.missing for each in stream.timeline) == stream.lost == 0


def test_a_long_stream_has_longer_steps() -> None:
    """Joined two by two as often as it takes, so that the whole stays in its steps."""
    said = [Said(time=number * SECOND, payload=rtp(number, 8_000 * number)) for number in range(5 * STEPS)]
    (stream,) = streams_of(said, 100, 300)
    assert stream.step == 8 * SECOND
    assert len(stream.timeline) == 5 * STEPS // 8
    assert {each.packets for each in stream.timeline} == {8}
