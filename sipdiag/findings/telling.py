"""How a rule makes a finding: frames and times are taken from the sightings that show it."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls import MILLISECOND, SECOND
from sipdiag.findings.finding import Confidence, Evidence, Finding, Severity
from sipdiag.trace import Sighting


def found(
    rule: str,
    variant: str,
    severity: Severity,
    confidence: Confidence,
    shown_by: Sequence[Sighting],
    evidence: Evidence,
    *,
    knowledge: str = "",
) -> Finding:
    """A finding that begins with the first of `shown_by` and names the frames of all of them in the same capture.

    An inconclusive finding is only a note, whatever `severity` says: it calls for a better capture, not a repair.
    """
    first = shown_by[0]
    return Finding(
        rule=rule,
        variant=variant,
        severity=Severity.NOTE if confidence is Confidence.INCONCLUSIVE else severity,
        confidence=confidence,
        knowledge=knowledge or f"rule/{rule}",
        capture=first.capture,
        time=first.time,
        frames=list(dict.fromkeys(each.frame for each in shown_by if each.capture == first.capture)),
        call_id=first.message.call_id,
        evidence=evidence,
    )


def found_below(  # noqa: PLR0913  (the parts of a finding, named)
    rule: str,
    variant: str,
    severity: Severity,
    confidence: Confidence,
    *,
    capture: int,
    time: int,
    frames: Sequence[int],
    evidence: Evidence,
    call_id: str | None = None,
) -> Finding:
    """A finding of no single call: on a capture, a connection, a host; its frames need not hold SIP."""
    return Finding(
        rule=rule,
        variant=variant,
        severity=Severity.NOTE if confidence is Confidence.INCONCLUSIVE else severity,
        confidence=confidence,
        knowledge=f"rule/{rule}",
        capture=capture,
        time=time,
        frames=list(dict.fromkeys(frames)),
        call_id=call_id,
        evidence=evidence,
    )


def frames_of(shown_by: Sequence[Sighting]) -> list[int]:
    """The frames of `shown_by`, as far as they lie in the capture of the first: a finding names one capture."""
    return list(dict.fromkeys(each.frame for each in shown_by if each.capture == shown_by[0].capture))


def milliseconds(nanoseconds: int) -> int:
    """Nanoseconds as whole milliseconds."""
    return round(nanoseconds / MILLISECOND)


def seconds(nanoseconds: int) -> float:
    """Nanoseconds as seconds, to the millisecond."""
    return round(nanoseconds / SECOND, 3)
