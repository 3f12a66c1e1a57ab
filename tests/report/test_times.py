"""Tests of `sipdiag.report.times`."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.report.times import clock, day, iso, milliseconds, span

NOON = 1_772_452_800_123_456_789
"""2026-03-02T12:00:00.123456789Z."""
ANY_TIME = st.integers(-(2**63), 2**64)


def test_nine_digits_are_kept() -> None:
    """ISO 8601 UTC, nanoseconds and all."""
    assert iso(NOON) == "2026-03-02T12:00:00.123456789Z"
    assert iso(0) == "1970-01-01T00:00:00.000000000Z"


def test_a_time_of_day_and_a_date() -> None:
    """In UTC, as everything."""
    assert (clock(NOON), clock(NOON, 0), clock(NOON, 6)) == ("12:00:00.123", "12:00:00", "12:00:00.123456")
    assert day(NOON) == "2026-03-02"


@given(st.integers(0, 253_402_300_799))
def test_iso_is_what_others_read(seconds: int) -> None:
    """Any second of the years 1970 to 9999."""
    assert datetime.fromisoformat(iso(seconds * 10**9)).timestamp() == seconds


@given(ANY_TIME)
def test_milliseconds_are_rounded_to_microseconds(time: int) -> None:
    """Whole microseconds as well as what must be rounded."""
    for each in (time, time - time % 1000):
        assert milliseconds(each) == round(each / 1_000_000, 3)


@given(ANY_TIME)
def test_no_time_is_too_strange(time: int) -> None:
    """A damaged record may claim any; the form stays."""
    assert len(iso(time)) == len("2026-03-02T12:00:00.123456789Z")
    assert (len(clock(time)), len(day(time))) == (12, 10)


@pytest.mark.parametrize(
    ("nanoseconds", "told"),
    [
        (0, "0 ms"),
        (850_000_000, "850 ms"),
        (1_000_000_000, "1.0 s"),
        (31_500_000_000, "31.5 s"),
        (1_566_000_000_000, "26 min 6 s"),
        (11_100_000_000_000, "3 h 5 min"),
    ],
)
def test_a_span_is_told_at_a_glance(nanoseconds: int, told: str) -> None:
    """Two units at most, the smaller one only while it matters."""
    assert span(nanoseconds) == told


@pytest.mark.parametrize(
    "nanoseconds", [999_499_999, 999_999_999, 99_949_999_999, 99_999_999_999, 119_600_000_000, 5_999_600_000_000]
)
def test_a_span_never_rounds_up_to_a_unit_that_it_does_not_use(nanoseconds: int) -> None:
    """No `1000 ms`, no `100.0 s`, no `1 min 60 s`, no `100 min`."""
    told = span(nanoseconds)
    assert not told.startswith(("1000 ms", "100.0 s", "100 min"))
    assert " 60 " not in told


def test_milliseconds_are_told_to_the_microsecond() -> None:
    """The recorder's clock is not finer."""
    assert (milliseconds(1_234_567), milliseconds(0)) == (1.235, 0.0)
