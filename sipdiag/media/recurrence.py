"""Running averages of many groups at once: the recurrence of RFC 3550's jitter without a step for each packet.

`y[i] = ratio * y[i-1] + x[i]` is serial only in form: all blocks of a few values take each step together, and what
comes before each block follows the same recurrence, its ratio raised to the block's length.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

BLOCK = 16


def recurred(values: Floats, starts: Indices, initial: Floats, ratio: float) -> Floats:
    """Give `y` for `x = values`; groups begin at `starts`, each with its own `initial` value before the first.

    `starts` begins with 0 and ascends strictly.
    """
    values = values.copy()
    values[starts] += ratio * initial
    return _from_nothing(values, starts, ratio)


def _from_nothing(values: Floats, starts: Indices, ratio: float) -> Floats:
    counts = np.diff(starts, append=len(values))
    blocks = -(-counts // BLOCK)
    first = np.cumsum(blocks) - blocks
    place = np.arange(len(values)) + np.repeat(first * BLOCK - starts, counts)
    padded = np.zeros(int(blocks.sum()) * BLOCK)
    padded[place] = values
    rows = padded.reshape(-1, BLOCK)
    # Column by column, and not as a product of matrices: so each group's values do not depend on the others'.
    columns = np.ascontiguousarray(rows.T)
    for at in range(1, BLOCK):
        columns[at] += ratio * columns[at - 1]
    rows = np.ascontiguousarray(columns.T)
    if len(rows) > len(starts):
        # All blocks but the last of a group are full, so what comes before each follows from the last values.
        before = np.zeros(len(rows))
        before[1:] = rows[:-1, -1]
        before[first] = 0.0
        rows += _from_nothing(before, first, ratio**BLOCK)[:, None] * _powers(ratio)
    result: Floats = rows.reshape(-1)[place]
    return result


@lru_cache
def _powers(ratio: float) -> Floats:
    return ratio ** np.arange(1, BLOCK + 1, dtype=np.float64)
