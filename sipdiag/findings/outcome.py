"""How much a status code matters where it ends a call or a registration: the severity that `call-failed` follows."""

from __future__ import annotations

from sipdiag.findings.finding import Severity

_BY_PEOPLE = frozenset({480, 486, 487, 491, 600, 603, 607})
"""Outcomes that people cause: busy, declined, not there, hung up; and a glare, which clients settle themselves."""


def severity_of(status: int) -> Severity:
    """The severity of a request that ended with `status`."""
    if status < 400 or status in _BY_PEOPLE:
        return Severity.NOTE
    return Severity.WARNING if status == 408 else Severity.ERROR
