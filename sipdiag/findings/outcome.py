"""How much a status code matters where it ends a call or a registration, and whether it is the end at all.

After some refusals a client changes its request and tries again (RFC 3261, sections 8.1.3.4, 8.1.3.5 and 21.5.4, and
the RFCs that define further codes).
"""

from __future__ import annotations

from sipdiag.calls import SECOND, Call, Window, status
from sipdiag.findings.finding import Severity
from sipdiag.trace import Sighting

_BY_PEOPLE = frozenset({480, 486, 487, 491, 600, 603, 607})
"""Outcomes that people cause: busy, declined, not there, hung up; and a glare, which clients settle themselves."""
_TRIED_AGAIN = frozenset({401, 407, 413, 415, 416, 420, 421, 422, 423, 428, 429, 484, 488, 491, 494})
"""Refusals after which a client tries again by itself, with what was asked for, or without what was refused."""
_LATER = frozenset({404, 413, 480, 486, 500, 503, 600, 603})
"""Refusals that may say after how long to try again (RFC 3261, section 20.33)."""
TIME_TO_TRY_AGAIN = 2 * SECOND
"""A client that tries again by itself does so within this time."""
LONGEST_STAY_AWAY = 32
"""The longest Retry-After, in seconds, that a call waits for: nobody holds a telephone to the ear for longer."""


def severity_of(status: int) -> Severity:
    """The severity of a request that ended with `status`."""
    if status < 400 or status in _BY_PEOPLE:
        return Severity.NOTE
    return Severity.WARNING if status == 408 else Severity.ERROR


def may_go_on(refusal: Sighting, window: Window) -> bool:
    """Whether the capture ends before a client that does what the refusal asks for could have tried again."""
    code = status(refusal)
    stated = (refusal.message.field("retry-after") or "").partition(";")[0].partition("(")[0].strip()
    away = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 5 else 0
    if not (300 <= code < 400 or code in _TRIED_AGAIN or (away and code in _LATER)):
        return False
    patience = TIME_TO_TRY_AGAIN + (away * SECOND if away <= LONGEST_STAY_AWAY else 0)
    return window.left(refusal.time) < patience


def was_mended(refusal: Sighting, call: Call) -> bool:
    """Whether the caller that got `refusal` tried again, and was not refused then."""
    later = [each.final for each in call.attempts if each.first.cseq > refusal.message.cseq]
    return bool(later) and (later[-1] is None or status(later[-1]) < 300)
