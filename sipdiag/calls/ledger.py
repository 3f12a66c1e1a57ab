"""The ledger of a call: every duty that its messages lay on somebody, and what became of it.

What a response asks of a client beyond one call (to stay away, to leave something out) stands in `condition`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls.acknowledgement import acknowledgements
from sipdiag.calls.call import Call
from sipdiag.calls.cancellation import cancellations
from sipdiag.calls.confirmation import confirmations
from sipdiag.calls.duty import Duty
from sipdiag.calls.window import Window


def duties_of(call: Call, window: Window) -> Iterator[Duty]:
    """The duties of `call`: 2xx and failures → ACK, reliable 1xx → PRACK, a 2xx that crossed a CANCEL → BYE."""
    yield from acknowledgements(call, window)
    yield from confirmations(call, window)
    yield from cancellations(call, window)
