"""Tests of `sipdiag.expect.listening`: media both ways, and how they fare."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from reporting import analysis_of, sample
from sipdiag.calls import CALLEE, CALLER, Carriage
from sipdiag.expect import ExpectedCall, expectations_of
from sipdiag.expect.listening import directions_of, media_mismatches
from sipdiag.expect.mismatch import Mismatch

TALK = analysis_of(sample("call-with-media/call-with-media"))
(CALL,) = TALK.correlation.calls


def one_way(toward: str) -> Carriage:
    """The media that only one side is sent."""
    media = TALK.carriage.of(CALL)
    kept = [each for each in media.carried if each.toward == toward]
    return msgspec.structs.replace(TALK.carriage, calls={CALL.number: msgspec.structs.replace(media, carried=kept)})


def told(carriage: Carriage | None = TALK.carriage, **keys: Any) -> list[Mismatch]:  # noqa: ANN401
    return list(media_mismatches(msgspec.convert(keys, ExpectedCall), CALL, carriage))


@pytest.mark.parametrize(
    "keys",
    [{}, {"media": "both"}, {"mos": {"min": 4}}, {"loss_percent": {"max": 0.5}}, {"jitter_ms": {"max": 5}}],
)
def test_a_good_call_is_as_expected(keys: dict[str, Any]) -> None:
    """Each key alone."""
    assert told(**keys) == []


@pytest.mark.parametrize(("toward", "other"), [(CALLER, CALLEE), (CALLEE, CALLER)])
def test_media_one_way_is_told(toward: str, other: str) -> None:
    """Who is sent media, and which packet shows it."""
    assert told(one_way(toward), media=toward) == []
    for expected in ("both", other, "none"):
        (mismatch,) = told(one_way(toward), media=expected)
        assert (mismatch.key, mismatch.expected, mismatch.seen) == ("media", expected, toward)
        assert mismatch.frame in {each.first_frame for each in TALK.carriage.streams}


def test_no_media_is_nothing() -> None:
    """Told by the answer of the call: no packet shows what is not there."""
    (mismatch,) = told(None, media="both")
    assert (mismatch.seen, mismatch.frame) == ("none", CALL.answer.frame if CALL.answer else 0)
    (mismatch,) = told(None, mos={"min": 1})
    assert mismatch.seen is None
    assert told(None, media="none") == []


@pytest.mark.parametrize("keys", [{"mos": {"min": 4.5}}, {"loss_percent": {"min": 1}}, {"jitter_ms": {"max": 0.1}}])
def test_quality_that_is_worse_is_told_by_its_stream(keys: dict[str, Any]) -> None:
    """The worst of the streams counts."""
    (mismatch,) = told(**keys)
    assert mismatch.key in keys
    assert isinstance(mismatch.seen, float)
    assert mismatch.frame in {each.first_frame for each in TALK.carriage.streams}


def test_what_is_written_names_the_media() -> None:
    """And nothing of media where the recording holds signalling only."""
    (call,) = expectations_of(TALK.correlation, TALK.carriage).call
    assert call.media == directions_of(TALK.carriage.of(CALL).carried) == "both"
    assert call.mos is not None
    assert call.mos.min is not None
    assert 3.5 < call.mos.min < 4.4
    silent = analysis_of(sample("call-answered/call-answered"))
    assert expectations_of(silent.correlation, silent.carriage).call[0].media is None
