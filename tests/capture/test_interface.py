"""Interfaces of a pcapng section."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture.interface import MICROSECONDS, interface, nanoseconds
from tests.capture.build import option


@pytest.mark.parametrize(
    ("resolution", "ticks", "expected"),
    [
        (6, 1_234_567, 1_234_567_000),
        (9, 1_234_567, 1_234_567),
        (0, 12, 12_000_000_000),
        (3, 12, 12_000_000),
        (12, 1_234_567, 1_234),
        (0x80, 3, 3_000_000_000),
        (0x81, 3, 1_500_000_000),
        (0x80 | 10, 1_536, 1_500_000_000),
        (0x80 | 32, 3 << 31, 1_500_000_000),
        (0x80 | 40, 3 << 39, 1_500_000_000),
    ],
)
def test_ticks_become_nanoseconds(resolution: int, ticks: int, expected: int) -> None:
    """A resolution is a negative power of ten, or of two when its highest bit is set."""
    assert nanoseconds(np.array([ticks], np.uint64), resolution).tolist() == [expected]


@given(st.integers(0, 255), st.integers(0, 2**64 - 1))
def test_any_clock_is_read(resolution: int, ticks: int) -> None:
    """No resolution and no number of ticks raises."""
    assert len(nanoseconds(np.array([ticks], np.uint64), resolution)) == 1


@given(st.binary(max_size=60), st.sampled_from("<>"))
def test_any_description_is_read(body: bytes, order: str) -> None:
    """Whatever stands in a description gives an interface whose offset fits 64 bits."""
    described = interface(order, body)
    assert 0 <= described.link < 65_536
    assert -(2**63) <= described.offset < 2**63


@pytest.mark.parametrize("order", "<>")
def test_options_are_read(order: str) -> None:
    """The clock's options are found behind others, and what follows the end of options is not read."""
    head = (101).to_bytes(2, "little" if order == "<" else "big") + bytes(6)
    second = (1).to_bytes(8, "little" if order == "<" else "big")
    options = option(2, b"eth0", order) + option(9, b"\x09", order) + option(14, second, order) + bytes(4)
    described = interface(order, head + options + option(9, b"\x03", order))
    assert (described.link, described.resolution, described.offset) == (101, 9, 10**9)


def test_defaults_are_the_drafts() -> None:
    """Without options the clock counts microseconds from 1970."""
    described = interface("<", bytes(8))
    assert (described.resolution, described.offset, described.snap_length) == (MICROSECONDS, 0, 0)
