"""Beside a refusal, the closest request that was not refused: what differs is where to look first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from sipdiag.calls import Transaction, Twin, Twins
from sipdiag.findings.finding import Finding
from sipdiag.findings.scene import Scene

Place = tuple[int, int]
"""Capture and frame."""
MOST_TWINS = 200
"""So many refusals of one analysis get a twin; for more there is the command `compare`."""


def with_twins(findings: Sequence[Finding], scene: Scene) -> list[Finding]:
    """`findings`; those on a status code get the twin of the refused request into their evidence."""
    due = refusals_in(findings)
    if not due:
        return list(findings)
    places = set(due.values())
    failed = {place: each for each in scene.correlation.transactions if (place := place_of(each)) in places}
    twins = Twins(scene.correlation.transactions)
    found = {index: twins.closest(failed[place]) for index, place in due.items() if place in failed}
    return beside(findings, found)


def refusals_in(findings: Iterable[Finding], most: int = MOST_TWINS) -> dict[int, Place]:
    """Which of `findings` get a twin, and where the refused request of each stands."""
    due: dict[int, Place] = {}
    for index, finding in enumerate(findings):
        frame = finding.evidence.get("request_frame")
        if finding.knowledge.startswith("status/") and isinstance(frame, int) and len(due) < most:
            due[index] = (finding.capture, frame)
    return due


def place_of(transaction: Transaction) -> Place:
    """Where a request stands."""
    request = transaction.request
    return (-1, -1) if request is None else (request.capture, request.frame)


def beside(findings: Sequence[Finding], twins: Mapping[int, Twin | None]) -> list[Finding]:
    """`findings`, some with their twin."""
    told = ((finding, twins.get(index)) for index, finding in enumerate(findings))
    return [finding if twin is None else _told(finding, twin) for finding, twin in told]


def _told(finding: Finding, twin: Twin) -> Finding:
    request = twin.transaction.request
    return replace(
        finding,
        evidence=finding.evidence
        | {
            "twin_frame": 0 if request is None else request.frame,
            "twin_differences": [
                f"{each.kind} {each.aspect}: {each.failed or '-'} | {each.worked or '-'}" for each in twin.differences
            ],
        },
    )
