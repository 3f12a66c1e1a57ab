"""Tests of `sipdiag.findings.outcome`."""

from __future__ import annotations

import pytest

from sipdiag.findings import Severity, severity_of


@pytest.mark.parametrize("code", [300, 301, 302, 305, 380, 480, 486, 487, 600, 603])
def test_an_outcome_that_people_cause_is_a_note(code: int) -> None:
    """Busy, declined, not there, hung up, and a redirect (CONTRACT, names of the rules)."""
    assert severity_of(code) is Severity.NOTE


def test_a_timeout_is_a_warning() -> None:
    """408: nobody refused, somebody did not answer."""
    assert severity_of(408) is Severity.WARNING


@pytest.mark.parametrize(
    "code", [400, 401, 403, 404, 407, 420, 481, 484, 488, 489, 499, 500, 503, 504, 555, 604, 606, 699]
)
def test_any_other_refusal_is_an_error(code: int) -> None:
    """Something is broken for a user; codes that nobody registered are refusals too."""
    assert severity_of(code) is Severity.ERROR
