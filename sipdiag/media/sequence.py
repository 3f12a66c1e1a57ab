"""Sequence numbers that go on beyond 16 bits, and what they say of loss (RFC 3550, section 6.4.1 and appendix A.1).

A packet late by fewer than `WINDOW` numbers is told from one that came twice; one later than that is late. A leap that
no loss explains is the sender's beginning anew: counting goes on as if nothing had been between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sipdiag.media.batch import Batch, Groups, Mask
from sipdiag.media.rtp import Column

WINDOW = 64
"""Numbers below the highest for which it is known whether they came."""
MOST_LOST = 3_000
MOST_LATE = 100
"""Leaps up to these are loss and reordering (RFC 3550, appendix A.1)."""
FASTEST = 1_000_000
"""Nanoseconds that a packet takes at least: a longer leap is loss where there was time for it."""

Bits = npt.NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What the sequence numbers of a batch say."""

    extended: Column
    """Of each packet."""
    duplicate: Mask | None
    """Which packets came before; nothing when none did."""
    missing: Column
    """Of each packet: how many more numbers are missing since it came; -1 when it is one that was."""
    lowest: Column
    """Of each group, and so below."""
    highest: Column
    received: Bits
    """Bit `k`: the number `highest - k` came."""
    duplicates: Column
    reordered: Column
    restarts: Column


def order_of(
    batch: Batch, elapsed: Column, *, number: Column, last: Column, lowest: Column, highest: Column, received: Bits
) -> Order:
    """Give the order of a batch; `elapsed` is the time since the packet before, the others what was before each group.

    Of a stream that begins here `number`, `last` and `highest` are one less than its first number, and `received` is 0.
    """
    numbers = batch.packets.sequence.astype(np.int64)
    step = ((numbers - batch.before(numbers, number) + 0x8000) & 0xFFFF) - 0x8000
    leap = is_leap(step, elapsed)
    restarts = np.zeros(len(batch.starts), np.int64)
    if leap.any():
        step[leap] = 1
        restarts = np.add.reduceat(leap.astype(np.int64), batch.starts)
    total = np.cumsum(step)
    begun = last - (total[batch.starts] - step[batch.starts])
    extended = total + batch.spread(begun)
    top = extended[batch.ends]
    missing = step - 1
    missing[batch.starts] = extended[batch.starts] - highest - 1
    none = np.zeros(len(batch.starts), np.int64)
    order = Order(
        extended=extended,
        duplicate=None,
        missing=missing,
        lowest=np.minimum(lowest, extended[batch.starts]),
        highest=top,
        received=_received(batch, extended, top, highest, received),
        duplicates=none,
        reordered=none.copy(),
        restarts=restarts,
    )
    uneven = np.minimum.reduceat(step, batch.starts) < 1
    uneven |= extended[batch.starts] <= highest
    return _disordered(batch, np.flatnonzero(uneven), order, lowest, highest, received) if uneven.any() else order


def is_leap(step: Column, elapsed: Column) -> Mask:
    """Tell where a number is so far from the one before it that the sender began anew."""
    leap: Mask = (step > MOST_LOST) & (elapsed < step * FASTEST) | (step < -MOST_LATE)
    return leap


def _disordered(batch: Batch, which: Column, order: Order, lowest: Column, highest: Column, received: Bits) -> Order:
    """Correct `order` for the groups `which`, in which some packets are late or came twice."""
    chosen = np.zeros(len(batch.starts), np.bool_)
    chosen[which] = True
    rows = np.flatnonzero(np.repeat(chosen, batch.counts))
    counts = batch.counts[which]
    groups = Groups(starts=np.cumsum(counts) - counts, counts=counts)
    extended, highest, received = order.extended[rows], highest[which], received[which]
    offset = groups.spread(np.arange(len(which)) << 40)
    running = extended.copy()
    running[groups.starts] = np.maximum(running[groups.starts], highest)
    running = np.maximum.accumulate(running + offset) - offset
    before = groups.before(running, highest)
    behind = before - extended
    twice = _seen_twice(extended + offset, behind < WINDOW) | _seen_before(groups, extended, highest, received)
    late = (behind > 0) & ~twice
    top = running[groups.ends]
    duplicate = np.zeros(len(order.extended), np.bool_)
    duplicate[rows] = twice
    order.missing[rows] = np.where(twice, 0, np.where(late, -1, running - before - 1))
    order.lowest[which] = np.minimum(lowest[which], np.minimum.reduceat(extended, groups.starts))
    order.highest[which] = top
    order.received[which] = _received(groups, extended, top, highest, received)
    order.duplicates[which] = np.add.reduceat(twice.astype(np.int64), groups.starts)
    order.reordered[which] = np.add.reduceat(late.astype(np.int64), groups.starts)
    return replace(order, duplicate=duplicate if twice.any() else None)


def _seen_twice(numbers: Column, recent: Mask) -> Mask:
    """Tell which of the recent numbers stand earlier in the batch."""
    rows = np.flatnonzero(recent)
    order = rows[np.argsort(numbers[rows], kind="stable")]
    twice = np.zeros(len(numbers), np.bool_)
    twice[order[1:]] = numbers[order[1:]] == numbers[order[:-1]]
    return twice


def _seen_before(batch: Groups, extended: Column, highest: Column, received: Bits) -> Mask:
    """Tell which numbers came before this batch."""
    below = batch.spread(highest) - extended
    known = (below >= 0) & (below < WINDOW)
    bits = batch.spread(received.view(np.int64)).view(np.uint64) >> np.clip(below, 0, WINDOW - 1).astype(np.uint64)
    seen: Mask = known & ((bits & np.uint64(1)) == 1)
    return seen


def _received(batch: Groups, extended: Column, top: Column, highest: Column, received: Bits) -> Bits:
    """Give the bits of what came, counted from the new highest number."""
    below = batch.spread(top) - extended
    bits: Bits = np.where(below < WINDOW, np.uint64(1) << np.minimum(below, WINDOW - 1).astype(np.uint64), np.uint64(0))
    return np.asarray(np.bitwise_or.reduceat(bits, batch.starts) | moved_bits(received, top - highest), np.uint64)


def moved_bits(received: Bits, by: Column) -> Bits:
    """Give the bits of what came as they are when the highest number is higher by some."""
    moved: Bits = np.where(by < WINDOW, received << np.minimum(by, WINDOW - 1).astype(np.uint64), np.uint64(0))
    return moved
