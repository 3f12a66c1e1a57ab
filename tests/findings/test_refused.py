"""Tests of `sipdiag.findings.refused`."""

from __future__ import annotations

import pytest

from registrar import Registrar, asked, given
from sipdiag.calls import Outage, Registration, correlate, outages_of
from sipdiag.findings import (
    Severity,
    recovery_evidence,
    refusal_evidence,
    refusal_severity,
    refusal_sightings,
)


def seen(registrar: Registrar) -> tuple[Registration, Outage]:
    (registration,) = correlate(registrar.talk.sightings).registrations
    return registration, outages_of(registration)[0]


def refused(fields: str = "") -> Registrar:
    registrar = Registrar()
    registrar.says(401, 0, fields, asked("n1"))
    registrar.says(401, 2, fields + given("n1"), asked("n2"))
    return registrar


def test_the_evidence_says_who_was_refused_and_how_old_the_nonce_was() -> None:
    """The frames of request and response, and seconds since the challenge."""
    registration, outage = seen(refused())
    evidence = refusal_evidence(registration, outage.refusals[0], 1)
    assert (evidence["code"], evidence["request_frame"], evidence["response_frame"]) == (401, 3, 4)
    assert evidence["nonce_age_s"] == 1.9
    assert recovery_evidence(outage, outage.refusals) == {}


def test_a_recovery_is_shown_last() -> None:
    """The request, its refusal, and the 2xx that ended it."""
    registrar = refused()
    accepted = registrar.says(200, 60, given("n2"))
    _, outage = seen(registrar)
    (told,) = outage.refusals
    assert [each.frame for each in refusal_sightings(outage, [told], told)] == [3, 4, accepted.frame]
    assert recovery_evidence(outage, [told]) == {"recovered_frame": accepted.frame, "recovered_after_s": 58.0}


@pytest.mark.parametrize(("fields", "severity"), [("", Severity.ERROR), ("Expires: 0\r\n", Severity.NOTE)])
def test_a_removal_that_is_refused_is_a_note(fields: str, severity: Severity) -> None:
    """The binding lapses by itself."""
    _, outage = seen(refused(fields))
    assert refusal_severity(outage, outage.refusals[0], Severity.ERROR) is severity
