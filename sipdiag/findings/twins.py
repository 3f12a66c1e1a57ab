"""Beside a refusal, the closest request that was not refused: what differs is where to look first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from sipdiag.calls import Transaction, Twin, Twins
from sipdiag.findings.finding import Finding
from sipdiag.findings.scene import Scene

MOST = 200
"""Refusals of one analysis that get a twin: whoever reads more wants the compare command."""


def with_twins(findings: Iterable[Finding], scene: Scene) -> Iterator[Finding]:
    """`findings`, those that a status code explains with the twin of their request in the evidence."""
    twins: Twins | None = None
    by_frame: dict[tuple[int, int], Transaction] = {}
    left = MOST
    for finding in findings:
        frame = finding.evidence.get("request_frame")
        if not finding.knowledge.startswith("status/") or not isinstance(frame, int) or not left:
            yield finding
            continue
        if twins is None:
            twins = Twins(scene.correlation.transactions)
            by_frame = {
                (each.request.capture, each.request.frame): each
                for each in scene.correlation.transactions
                if each.request is not None
            }
        failed = by_frame.get((finding.capture, frame))
        twin = None if failed is None else twins.closest(failed)
        left -= 1
        yield finding if twin is None else _told(finding, twin)


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
