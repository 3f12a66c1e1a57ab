"""The findings that a project accepts: each by its fingerprint, how often, why, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

import msgspec

from sipdiag.findings import Finding, Policy, Silence, fingerprint_of, silence_for

Positive = Annotated[int, msgspec.Meta(ge=1)]
Fingerprint = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
Told = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Accepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a baseline file: findings of one fingerprint."""

    fingerprint: Fingerprint
    rule: str
    message: str = ""
    """What the finding said when the entry was written; for people only."""
    count: Positive = 1
    """How many such findings are accepted; one more is new."""
    reason: Told
    until: date | None = None
    """The last day on which the entry holds."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A baseline file."""

    finding: list[Accepted] = []


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with what the project decided about it."""

    finding: Finding
    fingerprint: str
    acceptance: Accepted | Silence | None = None
    """The entry of the baseline, or the silence of the settings, that accepts it; None for one that counts."""


class Sifted(msgspec.Struct, frozen=True, kw_only=True):
    """The findings told apart, and what of the baseline is out of date."""

    judged: list[Judged]
    expired: list[Accepted | Silence]
    """Entries whose day is over: they accept nothing any more."""
    gone: list[Accepted]
    """Entries that hold, but accept more than was found: what they accepted is gone, in part or as a whole."""


def sifted(findings: Iterable[Finding], baseline: Baseline, policy: Policy, today: date) -> Sifted:
    """Which of `findings` count, and which are accepted; a silence goes before an entry of the baseline."""
    current = [each for each in baseline.finding if _holds(each, today)]
    left = [each.count for each in current]
    places: dict[str, list[int]] = {}
    for place, each in enumerate(current):
        places.setdefault(each.fingerprint, []).append(place)
    judged = []
    for finding in findings:
        fingerprint = fingerprint_of(finding)
        acceptance: Accepted | Silence | None = silence_for(finding, policy, today)
        if acceptance is None:
            free = next((place for place in places.get(fingerprint, ()) if left[place]), None)
            if free is not None:
                left[free] -= 1
                acceptance = current[free]
        judged.append(Judged(finding=finding, fingerprint=fingerprint, acceptance=acceptance))
    entries: list[Accepted | Silence] = [*baseline.finding, *policy.silences]
    over = [each for each in entries if not _holds(each, today)]
    gone = [each for each, rest in zip(current, left, strict=True) if rest]
    return Sifted(judged=judged, expired=over, gone=gone)


def accepting(
    judged: Sequence[Judged],
    messages: Sequence[str],
    before: Baseline,
    *,
    reason: str,
    until: date | None,
    today: date,
) -> Baseline:
    """A baseline that accepts all of `judged` that no silence does; entries of `before` that hold keep their reason."""
    known = {each.fingerprint: each for each in reversed(before.finding) if _holds(each, today)}
    entries: dict[str, Accepted] = {}
    for each, message in zip(judged, messages, strict=True):
        if isinstance(each.acceptance, Silence):
            continue
        entry = entries.get(each.fingerprint)
        if entry is not None:
            entries[each.fingerprint] = msgspec.structs.replace(entry, count=entry.count + 1)
            continue
        kept = known.get(each.fingerprint)
        entries[each.fingerprint] = Accepted(
            fingerprint=each.fingerprint,
            rule=each.finding.rule,
            message=message,
            reason=reason if kept is None else kept.reason,
            until=until if kept is None else kept.until,
        )
    return Baseline(finding=sorted(entries.values(), key=lambda each: (each.rule, each.fingerprint)))


def _holds(entry: Accepted | Silence, today: date) -> bool:
    return entry.until is None or entry.until >= today
