"""A registration was refused, so that calls to the user do not arrive.

A challenge that is answered in the next request is part of a successful registration (RFC 3261, sections 10.2 and
22.2); credentials that are challenged again, or any other failure, are not.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sipdiag.calls import (
    SECOND,
    Registration,
    Transaction,
    asks_for_removal,
    carries_credentials,
    granted_expires,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, severity_of
from sipdiag.sip import Response
from sipdiag.trace import Sighting

NAME = "registration-failed"
SEVERITY = Severity.ERROR


class Outage(msgspec.Struct, kw_only=True):
    """A run of refused REGISTERs, until one succeeded or the capture ended."""

    refused: list[tuple[Transaction, Sighting]]
    recovered: Sighting | None = None
    expired_before: bool = True
    """Whether no binding was left while it lasted."""


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """Each outage of the registration; `scene` is not asked, since a refusal stands in the capture itself."""
    del scene
    for outage in _outages(registration):
        yield _finding(registration, outage)


def _outages(registration: Registration) -> Iterator[Outage]:
    open_outage: Outage | None = None
    bound_until = 0
    for transaction in registration.transactions:
        final = transaction.final
        if final is None or transaction.origin is not None:
            continue
        if status(final) < 300:
            if open_outage is not None:
                open_outage.recovered = final
                open_outage.expired_before = final.time > bound_until
                yield open_outage
                open_outage = None
            bound_until = final.time + (granted_expires(transaction) or 0) * SECOND
        elif _is_refusal(transaction, final):
            open_outage = open_outage or Outage(refused=[])
            open_outage.refused.append((transaction, final))
    if open_outage is not None:
        yield open_outage


def _is_refusal(transaction: Transaction, final: Sighting) -> bool:
    """A challenge refuses only what came with credentials; 423 only asks for a longer interval (section 10.2.8)."""
    if status(final) in (401, 407):
        return carries_credentials(transaction)
    return status(final) != 423


def _finding(registration: Registration, outage: Outage) -> Finding:
    # What says most of a run is its gravest answer: a 403 between two challenges.
    worst = min(outage.refused, key=lambda each: (status(each[1]) in (401, 407), severity_of(status(each[1])).rank))
    transaction, final = worst
    response = final.message
    evidence: Evidence = {
        "aor": registration.aor,
        "contact": registration.contact,
        "code": status(final),
        "reason": response.reason if isinstance(response, Response) else "",
        "response_frame": final.frame,
        "refusals": len(outage.refused),
        "server": final.source,
        "client": final.destination,
    }
    shown_by = [each for each in (transaction.request, final) if each is not None]
    shown_by += [other for _, other in outage.refused if other is not final]
    if transaction.request is not None:
        evidence["request_frame"] = transaction.request.frame
    severity = severity_of(status(final))
    variant = "refused"
    if asks_for_removal(transaction):  # the user wanted no calls; the binding lapses by itself
        variant, severity = "removal-refused", Severity.NOTE
    if outage.recovered is not None:
        variant = "recovered"
        evidence["recovered_frame"] = outage.recovered.frame
        evidence["recovered_after_s"] = seconds(outage.recovered.time - outage.refused[0][1].time)
        # While an older binding lasts, a refresh that succeeds in the end has cost the user nothing.
        severity = Severity.WARNING if outage.expired_before and severity is not Severity.NOTE else Severity.NOTE
        shown_by.append(outage.recovered)
    return found(NAME, variant, severity, Confidence.CERTAIN, shown_by, evidence, knowledge=f"status/{status(final)}")
