"""How long a request waited for its response, and whether loss or a slow server made it wait.

Over UDP a client repeats an INVITE until any response comes, and other requests until the final one does (RFC 3261,
sections 17.1.1.2 and 17.1.2.2). A response that follows a copy of the request at once answers that copy: the copies
before were lost. A response in the middle of a pause answers an earlier copy, and took that long.
"""

from __future__ import annotations

from enum import Enum

from sipdiag.calls.transaction import MILLISECOND, Transaction
from sipdiag.trace import Sighting

AT_ONCE_AFTER_A_COPY = 250 * MILLISECOND
"""A response so soon after a copy of the request answers that copy: servers react within 200 ms (section 17.2.1)."""


class Wait(Enum):
    """Why a request that was answered had to be sent again."""

    REQUEST_LOST = "request-lost"
    RESPONSE_LOST = "response-lost"
    """The client asked again after the response had been seen."""
    SERVER_SLOW = "server-slow"


def first_word(transaction: Transaction) -> Sighting | None:
    """The response that stops the client from asking again."""
    return next(iter(transaction.responses), None) if transaction.method == "INVITE" else transaction.final


def last_copy_before(transaction: Transaction, response: Sighting) -> int:
    """When the client had last sent the request before `response`."""
    return max(
        (copy.time for copy in transaction.request_repeats if copy.time <= response.time), default=transaction.time
    )


def cause_of_repeats(transaction: Transaction) -> Wait | None:
    """Why the request was repeated; None when nothing came that the client was waiting for."""
    word = first_word(transaction)
    if word is None or not transaction.request_repeats:
        return None
    if transaction.request_repeats[-1].time > word.time:
        return Wait.RESPONSE_LOST
    soon = word.time - last_copy_before(transaction, word) < AT_ONCE_AFTER_A_COPY
    return Wait.REQUEST_LOST if soon else Wait.SERVER_SLOW
