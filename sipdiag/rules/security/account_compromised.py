"""A host that guessed passwords was let in: after many refusals its credentials were accepted.

The guesses themselves are reported by `password-guessing`; a user who at last types the right password made a few
mistakes, not that many. The guesser may register in the owner's place from then on (RFC 3261, section 26.1.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Transaction, account_of, status
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

NAME = "account-compromised"
SEVERITY = Severity.ERROR

MOST_FRAMES = 10


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """Every account that a guessing host got into."""
    guessing = guessing_of(source, scene)
    if guessing is None:
        return
    last = guessing.fastest[-1].time
    let_in: set[str] = set()
    for transaction in source.asked:
        account = account_of(transaction) if transaction.time > guessing.fastest[0].time else ""
        accepted = transaction.final is not None and status(transaction.final) < 300
        if not accepted or account not in guessing.accounts or account in let_in:
            continue
        if _came_before(account, guessing, source):
            continue  # the owner's own phone, whose password was changed
        let_in.add(account)
        yield _finding(account, transaction, guessing, _owner(account, guessing.source, scene), last)


def _came_before(account: str, guessing: Guessing, source: Source) -> bool:
    """Whether the account was accepted from that very host before the guessing began."""
    began = guessing.rejected[0].time
    return any(
        each.time < began and each.final is not None and status(each.final) < 300 and account_of(each) == account
        for each in source.asked
    )


def _owner(account: str, intruder: str, scene: Scene) -> str:
    """Another host that is registered with the account; empty when the capture shows none."""
    hosts = scene.surroundings["owners"].get(account, {})
    return next((each for each in hosts if each != intruder), "")


def _finding(account: str, success: Transaction, guessing: Guessing, owner: str, last: int) -> Finding:
    request, final = success.request, success.final
    before = [each for each in guessing.rejected if each.time < success.time]
    refused = [each.final for each in before if each.final is not None][-MOST_FRAMES:]
    shown_by = [seen for seen in (request, final, *refused) if seen is not None]
    return found_below(
        NAME,
        "taken-over" if owner else "guessed",
        SEVERITY if owner else Severity.WARNING,
        Confidence.LIKELY,
        capture=shown_by[0].capture,
        time=success.time,
        frames=frames_of(shown_by),
        evidence={
            "account": account,
            "source": guessing.source,
            "server": success.destination,
            "owner": owner,
            "rejected": len(before),
            "rejected_account": sum(account_of(each) == account for each in before),
            "after_s": max(0.0, seconds(success.time - last)),
            "request_frame": shown_by[0].frame,
            "response_frame": 0 if final is None else final.frame,
            "contact": "" if request is None else request.message.field("contact") or "",
        },
    )
