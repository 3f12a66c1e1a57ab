"""The NAT before a registered device closed its mapping, because the device was silent for too long.

"A keep-alive mechanism needs to keep NAT bindings refreshed" (RFC 5626, section 3.5); without it requests to the device
are dropped until it registers again. Many NATs wait no longer than 30 s (section 4.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sipdiag.calls import Registration, bindings_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds

NAME = "flow-expired"
SEVERITY = Severity.ERROR

MOST_FRAMES = 40
"""So many packets are shown; the rest are counted."""
MOST_INTERVALS = 20
"""So many intervals between refreshes are named."""


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """The flow of the registration, if a NAT closed it: once, with the requests that were lost in it."""
    if len(registration.transactions) < 2:
        return
    flow = scene.flow(registration)
    if flow is None:
        return
    worst = next((each for each in flow.deaths if each.lost), flow.deaths[0])
    lost = [each for death in flow.deaths for each in death.lost]
    evidence: Evidence = {
        "aor": registration.aor,
        "contact": registration.contact,
        "client": worst.last.source,
        "server": worst.revived.destination,
        "last_frame": worst.last.frame,
        "killed_s": seconds(min(each.idle for each in flow.deaths)),
        "survived_s": seconds(flow.survived),
        "deaths": len(flow.deaths),
        "lost": len(lost),
        "moved_ports": sum(each.moved for each in flow.deaths),
    }
    shown_by = [worst.last, *(each.request for each in lost if each.request is not None)][:MOST_FRAMES]
    bindings = bindings_of(registration)
    if bindings:
        intervals = [each for binding in bindings for each in binding.intervals]
        evidence["granted_s"] = bindings[-1].granted
        evidence["refreshed_s"] = [round(seconds(each)) for each in intervals][:MOST_INTERVALS]
        evidence["contacts"] = [each.contact for each in bindings]
    if worst.revived.request is not None:
        evidence["revived_frame"] = worst.revived.request.frame
        shown_by.append(worst.revived.request)
    if not lost:
        yield _of(registration, found(NAME, "moved", Severity.WARNING, Confidence.LIKELY, shown_by, evidence))
        return
    evidence["lost_method"] = lost[0].method
    evidence["lost_frame"] = shown_by[1].frame
    yield _of(registration, found(NAME, "unreached", SEVERITY, Confidence.LIKELY, shown_by, evidence))


def _of(registration: Registration, finding: Finding) -> Finding:
    """`finding` as one on the registration: the last packet of the device may belong to anything."""
    return replace(finding, call_id=registration.call_id)
