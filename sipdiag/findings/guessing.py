"""Guessing of passwords: many credentials from one host that a server refused, too fast and too varied for a mistake.

A client that has the wrong password sends the same one again under the same Call-ID (RFC 3261, section 22.1 forbids
even that); one that tries passwords begins anew each time.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from sipdiag.calls import (
    SECOND,
    Transaction,
    account_of,
    challenges_in,
    credentials_in,
    densest,
    status,
    was_relayed,
)
from sipdiag.findings.scene import Scene, Source

REFUSALS = frozenset({401, 403, 407})
"""Status codes by which a server turns credentials down (RFC 3261, section 22.1)."""


class Guessing(msgspec.Struct, frozen=True, kw_only=True):
    """What one host tried."""

    source: str
    many_accounts: bool
    """Whether it tried one account after the other; if not, one password after the other."""
    rejected: list[Transaction]
    """Every REGISTER whose credentials were refused, in the order of time."""
    fastest: list[Transaction]
    """The most of them within `guess_window_s`."""
    accounts: dict[str, int]
    """User name → how often it was refused in `fastest`."""


def guessing_of(source: Source, scene: Scene) -> Guessing | None:
    """The guessing of a host; None when it does not guess."""
    limits, asked = scene.settings, source.asked
    if len(asked) < limits.guesses:
        return None
    rejected = [transaction for transaction in asked if _is_rejected(transaction)]
    fastest = densest(rejected, round(limits.guess_window_s * SECOND))
    first = fastest[0].request if fastest else None
    if len(fastest) < limits.guesses or first is None or was_relayed(first):
        return None
    accounts = Counter(account_of(transaction) for transaction in fastest)
    widely = (
        len(accounts) >= limits.guessed_accounts and _is_one_client(fastest) and not _serves_others(asked, accounts)
    )
    if not widely:
        account, count = accounts.most_common(1)[0]
        attempts = {each.call_id for each in fastest if account_of(each) == account}
        if count < limits.guesses or 2 * len(attempts) < count:
            return None
    return Guessing(
        source=source.host, many_accounts=widely, rejected=rejected, fastest=fastest, accounts=dict(accounts)
    )


def _is_rejected(transaction: Transaction) -> bool:
    """Whether the server refused the password itself; a nonce that is only too old is asked for again as stale."""
    final = transaction.final
    if transaction.method != "REGISTER" or final is None or status(final) not in REFUSALS:
        return False
    return bool(credentials_in(transaction.request)) and not any(each.stale for each in challenges_in(final))


def _is_one_client(transactions: list[Transaction]) -> bool:
    """Whether one program sent them all, and not the phones behind a NAT."""
    agents = {each.request.message.field("user-agent") for each in transactions if each.request is not None}
    return len(agents) == 1 and len({each.source for each in transactions}) == 1


def _serves_others(asked: list[Transaction], accounts: dict[str, int]) -> bool:
    """Whether the host also registers accounts that were never refused: then it is a gateway in trouble."""
    accepted = (each for each in asked if each.final is not None and status(each.final) < 300)
    return any(account not in accounts for each in accepted if (account := account_of(each)))
