"""The RTP packets of one chunk, those of a stream together, in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sipdiag.media.rtp import Column, RtpPackets

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Rows in groups that follow each other."""

    starts: Column
    """Where each group begins."""
    counts: Column
    """Of each group: how many rows."""

    @property
    def ends(self) -> Column:
        """Where each group has its last row."""
        return self.starts + self.counts - 1

    def before(self, values: Column, last: Column) -> Column:
        """Give for each row the value of the row before it; `last` is what came before each group."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.starts] = last
        return shifted

    def spread(self, values: Column) -> Column:
        """Give each row the value of its group."""
        return values[self._group]

    @cached_property
    def _group(self) -> Column:
        """Of each row: which group."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(frozen=True, kw_only=True)
class Batch(Groups):
    """Packets in groups; each group is what one stream has in this chunk."""

    packets: RtpPackets
    slot: Column
    """Of each packet: which stream."""
    which: Column
    """Of each group: which stream."""

    def only(self, mask: Mask) -> Batch | None:
        """Give the packets that `mask` names; nothing when there are none."""
        rows = np.flatnonzero(mask)
        return batch_of(self.packets.ordered(rows), self.slot[rows]) if len(rows) else None


def sorted_batch(packets: RtpPackets, slot: Column, slots: int) -> Batch:
    """Sort packets by the stream that each belongs to, of `slots` there are."""
    narrow = slot.astype(np.uint16) if slots <= 1 << 16 else slot  # NumPy sorts 16 bits by their digits
    order = np.argsort(narrow, kind="stable")
    return batch_of(packets.ordered(order), slot[order])


def batch_of(packets: RtpPackets, slot: Column) -> Batch:
    """Give the groups of packets that are sorted already."""
    new = np.empty(len(slot), np.bool_)
    new[0] = True
    np.not_equal(slot[1:], slot[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return Batch(
        packets=packets, slot=slot, starts=starts, which=slot[starts], counts=np.diff(starts, append=len(slot))
    )
