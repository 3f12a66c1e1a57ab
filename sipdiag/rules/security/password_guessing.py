"""A host tries passwords: many credentials in a short time that the registrar refused.

A client that is refused must not try the same credentials again (RFC 3261, section 22.1); a user who mistyped a
password does so a few times, a guesser without end.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import status
from sipdiag.findings import (
    Confidence,
    Finding,
    Guessing,
    Scene,
    Severity,
    Source,
    found_below,
    frames_of,
    guessing_of,
    seconds,
)

NAME = "password-guessing"
SEVERITY = Severity.WARNING

MOST_FRAMES = 20
MOST_ACCOUNTS = 10


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """A host that guesses."""
    guessing = guessing_of(source, scene)
    if guessing is not None:
        yield _finding(guessing)


def _finding(guessing: Guessing) -> Finding:
    first, fastest = guessing.rejected[0], guessing.fastest
    shown_by = [each.request for each in guessing.rejected if each.request is not None]
    by_count = sorted(guessing.accounts, key=lambda account: (-guessing.accounts[account], account))
    return found_below(
        NAME,
        "many-accounts" if guessing.many_accounts else "one-account",
        SEVERITY,
        Confidence.LIKELY,
        capture=shown_by[0].capture,
        time=first.time,
        frames=frames_of(shown_by)[:MOST_FRAMES],
        evidence={
            "source": guessing.source,
            "server": first.destination,
            "rejected": len(guessing.rejected),
            "fastest": len(fastest),
            "fastest_s": seconds(fastest[-1].time - fastest[0].time),
            "accounts": by_count[:MOST_ACCOUNTS],
            "accounts_count": len(by_count),
            "account": by_count[0],
            "codes": sorted({status(each.final) for each in fastest if each.final is not None}),
            "user_agent": shown_by[0].message.field("user-agent") or "",
            "first_frame": shown_by[0].frame,
        },
    )
