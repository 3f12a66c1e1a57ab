"""Q.850 causes and status codes: which of them mean the same, and which say something else to whoever reads them.

RFC 3398, section 7.2.4.1 (cause → code) and section 8.2.6.1 (code → cause); a Reason header field carries the cause
in a response (RFC 3326; RFC 6432).
"""

from __future__ import annotations

import re
from enum import Enum
from types import MappingProxyType
from typing import Final

from sipdiag.trace import Sighting

CODES: Final = MappingProxyType(
    {
        1: frozenset({404, 485, 604}),
        2: frozenset({404}),
        3: frozenset({404}),
        17: frozenset({486, 600}),
        18: frozenset({408, 480}),
        19: frozenset({480}),
        20: frozenset({480}),
        21: frozenset({401, 402, 403, 407, 603}),
        22: frozenset({301, 410}),
        23: frozenset({410}),
        25: frozenset({482, 483, 500}),
        26: frozenset({404}),
        27: frozenset({502}),
        28: frozenset({484}),
        29: frozenset({501}),
        31: frozenset({480, 488, 606}),
        34: frozenset({503}),
        38: frozenset({502, 503}),
        41: frozenset({400, 481, 500, 503}),
        42: frozenset({503}),
        47: frozenset({503}),
        55: frozenset({403}),
        57: frozenset({403}),
        58: frozenset({503}),
        63: frozenset({405, 500}),
        65: frozenset({488, 606}),
        70: frozenset({488}),
        79: frozenset({406, 415, 501}),
        87: frozenset({403}),
        88: frozenset({503}),
        102: frozenset({408, 504}),
        111: frozenset({500}),
        127: frozenset({413, 414, 416, 420, 421, 423, 500, 505, 513}),
    }
)
"""Cause → the status codes that RFC 3398 maps it to or from; of a cause that is not here nothing is expected."""


class Meaning(Enum):
    """What a failure tells the element that gets it to do next."""

    CALLEE = "callee"
    """The callee, or its device, does not take the call: another route would lead to the same place."""
    NUMBER = "number"
    """The number is wrong: no route leads to it."""
    NETWORK = "network"
    """Something on the way is broken or full: another route may work."""


_OF_CODES: Final = {
    Meaning.CALLEE: (486, 600, 603),
    Meaning.NUMBER: (404, 410, 484, 485, 604),
    Meaning.NETWORK: (500, 502, 503),
}
"""Status codes with one meaning only; 403, 408, 480, 487, 488, 504 and the like are used for several."""
_OF_CAUSES: Final = {
    Meaning.CALLEE: (17, 18, 19, 20, 21),
    Meaning.NUMBER: (1, 22, 28),
    Meaning.NETWORK: (34, 38, 41, 42, 47),
}
_MEANING_OF_CODE: Final = {code: meaning for meaning, codes in _OF_CODES.items() for code in codes}
_MEANING_OF_CAUSE: Final = {cause: meaning for meaning, causes in _OF_CAUSES.items() for cause in causes}

PLAIN: Final = frozenset({1, 17, 28, 34, 42})
"""Causes that mean one thing everywhere; 21 is often sent with 5xx, 18 to 20 with 404, and 38, 41 and 47 with anything.
"""

# reason-value = protocol *(SEMI reason-params); protocol-cause = "cause" EQUAL cause, RFC 3326, section 2
_Q850 = re.compile(r"\s*Q\.850\s*;(?:[^,]*?;)?\s*cause\s*=\s*(\d{1,3})(?!\d)", re.IGNORECASE)


def cause_of(response: Sighting) -> int | None:
    """The Q.850 cause that a message carries; None without one."""
    for value in response.message.values("reason"):
        found = _Q850.match(value)
        if found is not None:
            return int(found[1])
    return None


def codes_disagree(one: int, other: int) -> bool:
    """Whether two status codes plainly say different things."""
    return _differ(_MEANING_OF_CODE.get(one), _MEANING_OF_CODE.get(other))


def causes_disagree(one: int, other: int) -> bool:
    """Whether two causes plainly say different things."""
    return _differ(_MEANING_OF_CAUSE.get(one), _MEANING_OF_CAUSE.get(other))


def cause_contradicts(cause: int, code: int) -> bool:
    """Whether a response's cause plainly says something else than its status code."""
    return code not in CODES.get(cause, ()) and _differ(_MEANING_OF_CAUSE.get(cause), _MEANING_OF_CODE.get(code))


def _differ(one: Meaning | None, other: Meaning | None) -> bool:
    """Whether two meanings are known and not the same."""
    return one is not None and other is not None and one is not other
