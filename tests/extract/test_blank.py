"""Tests of `sipdiag.extract.blank`: a fax of the same shape, with nothing on its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facsimile import idle, page, udptl
from sipdiag.extract.blank import blanked
from sipdiag.media import UdptlStreams
from tests.media.spoken import MILLISECOND, Said, columns

if TYPE_CHECKING:
    from collections.abc import Callable


def long(number: int) -> bytes:
    return page(number) * 12


@pytest.mark.parametrize("data", [page, idle, long])
@pytest.mark.parametrize("parity", [False, True])
@pytest.mark.parametrize("repeated", [0, 1, 3])
def test_numbers_and_lengths_stay_and_the_page_goes(
    data: Callable[[int], bytes], repeated: int, *, parity: bool
) -> None:
    """Of each part the first octet, which says how it is sent."""
    packet = udptl(300, data=data, repeated=repeated, parity=parity)
    told = blanked(packet, cut=False)
    assert told == udptl(300, data=lambda n: data(n)[:1] + bytes(len(data(n)) - 1), repeated=repeated, parity=parity)
    assert blanked(packet + b"\1\2", cut=False) == told + bytes(2)


@given(cut=st.integers(2, 60))
def test_what_was_cut_off_keeps_its_shape(cut: int) -> None:
    """As long as it was, and of the page nothing."""
    packet = udptl(7, repeated=3)[:cut]
    told = blanked(packet, cut=True)
    assert told is not None
    assert len(told) == len(packet)
    assert told[4:17] == bytes(len(told[4:17]))


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\1\1", udptl(5)[:-4], udptl(5) + bytes(4), b"\0\5\1\6\x40\0"])
def test_what_is_built_otherwise_is_none(payload: bytes) -> None:
    """Too little, too much, another kind; and too many parts."""
    assert blanked(payload, cut=False) is None
    assert blanked(b"\0\5\1\6\0\x11" + b"\1\6" * 17, cut=False) is None


@given(payload=st.binary(max_size=80), cut=st.booleans())
def test_nothing_raises(payload: bytes, *, cut: bool) -> None:
    """Whatever it is; and what is taken for a fax that is whole would be read as one."""
    told = blanked(payload, cut=cut)
    assert told is None or len(told) == len(payload)
    if told is not None and not cut:
        reader = UdptlStreams()
        reader.feed(columns([Said(time=at * MILLISECOND, payload=told) for at in range(2)]))
        assert bool(reader) == (told[:1] not in {b"\x80", b"\x90"})
