"""Media come in a form that the hearer did not agree to: another payload type, or encrypted where clear was agreed.

A side sends only formats that the other listed, under the other's numbers (RFC 3264, sections 5.1 and 6.1); over
RTP/SAVP all of it is SRTP, which puts a tag behind each payload (RFC 3711, section 3.1). Of PCMU and PCMA the payload's
length tells which of the two came.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import OTHER, Call, Carried, Hearing, Trait
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_heard, hearing_evidence
from sipdiag.media import STATIC, Format

NAME = "media-codec-unexpected"
SEVERITY = Severity.ERROR
NEEDS = Trait.HEARD

NOISE = frozenset({13, 19})
"""Comfort noise, which senders use unasked."""
WHOLE = 40
"""Bytes of PCMU and PCMA in 5 ms: packets hold a multiple of it."""
TAGS = frozenset({4, 10, 16})
"""Bytes that SRTP puts behind the payload (RFC 3711, section 5.2; RFC 7714; RFC 4568, section 6.2)."""
G711 = frozenset({0, 8})


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each stream of voice that its hearer cannot make anything of, or parts of it."""
    told: set[int] = set()
    for hearing in scene.hearings(call):
        for each in hearing.arriving:
            if each.number in told or not each.stream.heard(hearing.begin, hearing.end):
                continue
            finding = _undecryptable(call, hearing, each, scene) or _unlisted(call, hearing, each, scene)
            if finding is not None:
                told.add(each.number)
                yield finding


def _unlisted(call: Call, hearing: Hearing, carried: Carried, scene: Scene) -> Finding | None:
    """The payload type with most packets among those that no description of the hearer lists."""
    listed = {
        listed
        for agreed in hearing.line.terms
        if (end := agreed.end(carried.toward)) is not None
        for listed in end.media.formats
    }
    least = scene.settings.media_unexpected_count
    foreign = [
        each
        for each in carried.stream.formats
        if str(each.payload_type) not in listed and each.payload_type not in NOISE and each.packets >= least
        if each.first_time < hearing.end  # later something else may have been agreed on, unseen
        if each.length  # without a payload they keep a way open (RFC 6263, section 4.6)
    ]
    if not foreign or not listed:
        return None
    shown = foreign[0]
    most = 2 * shown.packets > carried.stream.packets
    keys = bool(carried.stream.keys) and shown is not carried.stream.formats[0]
    variant = "foreign" if most else "keys" if keys else "partly"
    severity = SEVERITY if most else Severity.WARNING
    evidence = _evidence(call, hearing, carried, shown) | {"listed": sorted(listed, key=_number)}
    return _found(variant, severity, call, hearing, carried, shown, evidence)


def _undecryptable(call: Call, hearing: Hearing, carried: Carried, scene: Scene) -> Finding | None:
    """Clear packets where SRTP was agreed on, or the other way round."""
    shown = _voice_of(carried)
    if shown is None:
        return None
    ends = (hearing.agreed.caller, hearing.agreed.callee)
    secure = {end.media.secure for end in ends if end is not None}
    optional = any(end is not None and (end.media.crypto or end.media.fingerprint) for end in ends)
    if secure == {True} and shown.length % WHOLE == 0:
        variant = "clear"
    elif secure == {False} and _is_tagged(carried) and not optional and not _is_tagged_back(call, hearing, scene):
        variant = "encrypted"
    else:
        return None
    evidence = _evidence(call, hearing, carried, shown) | {"payload_bytes": shown.length}
    return _found(variant, SEVERITY, call, hearing, carried, shown, evidence)


def _voice_of(carried: Carried) -> Format | None:
    """What a stream mostly holds, if that is PCMU or PCMA."""
    most = carried.stream.formats[0]
    return most if most.payload_type in G711 and most.length > 0 else None


def _is_tagged(carried: Carried) -> bool:
    """Whether its packets are longer than PCMU and PCMA are, by what SRTP puts behind."""
    shown = _voice_of(carried)
    return shown is not None and shown.length % WHOLE in TAGS


def _is_tagged_back(call: Call, hearing: Hearing, scene: Scene) -> bool:
    """Whether the hearer sends SRTP too: both have agreed on keys, as ZRTP does on the way of the media (RFC 6189)."""
    return any(
        _is_tagged(each) and each.stream.heard(hearing.begin, hearing.end)
        for other in scene.hearings(call)
        if other.line is hearing.line and other.sender == OTHER[hearing.sender]
        for each in other.arriving
    )


def _evidence(call: Call, hearing: Hearing, carried: Carried, shown: Format) -> Evidence:
    return hearing_evidence(call, hearing) | {
        "source": carried.stream.source,
        "destination": carried.stream.destination,
        "payload_type": shown.payload_type,
        "codec": STATIC.get(str(shown.payload_type), ("?", 0))[0],
        "packets": shown.packets,
        "all_packets": carried.stream.packets,
        "protocol": hearing.wanted.media.protocol,
    }


def _found(  # noqa: PLR0917  (the parts of a finding)
    variant: str, severity: Severity, call: Call, hearing: Hearing, carried: Carried, shown: Format, evidence: Evidence
) -> Finding:
    return found_heard(
        NAME,
        variant,
        severity,
        Confidence.LIKELY,
        call=call,
        told=[hearing.wanted.told],
        streams=[(carried.stream, shown.first_frame)],
        evidence=evidence,
        time=shown.first_time,
    )


def _number(listed: str) -> int:
    return int(listed) if listed.isdigit() else 999
