"""Tests of `sipdiag.media.table`: rows of streams."""

from __future__ import annotations

import numpy as np

from sipdiag.media.stream import MOST_GAPS, Gap
from sipdiag.media.table import Table

FLOWS = [1 << 48, 2 << 48, (2 << 48) + 1]


def test_flows_have_their_rows() -> None:
    """Also those of which the upper bits are alike: a quick look does not find the first of them, and never errs."""
    table = Table()
    for number, flow in enumerate(FLOWS):
        assert table.add(flow, ("192.0.2.1:4000", "198.51.100.2:5000", number)) == number
    assert table.rows(np.array([*FLOWS, 9 << 48], np.uint64)).tolist() == [0, -1, 2, -1]
    assert table.known == dict(zip(FLOWS, range(3), strict=True))


def test_what_gives_way_is_forgotten() -> None:
    """The others close up."""
    table = Table()
    for flow in FLOWS:
        table.add(flow, ("192.0.2.1:4000", "198.51.100.2:5000", 0))
    table.keep(np.array([False, True, True]))
    assert (len(table), table.known) == (2, {FLOWS[1]: 0, FLOWS[2]: 1})


def test_pauses_beyond_the_limit_are_told() -> None:
    """How many there were, and where first."""
    table = Table()
    for number in range(MOST_GAPS + 2):
        table.note_gap(0, Gap(begin=0, end=1, frame=number))
    assert len(table.gaps[0]) == MOST_GAPS
    assert [(each.kind, each.frame) for each in table.left_out] == [("media-detail-limit", MOST_GAPS)]
