"""One cause of many findings: an attack with its refusals, a broken connection with the calls on it, told as one.

The refusals that a scanner gets are no outage, and what a broken connection took down has one cause, however many calls
there were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from sipdiag.calls import Transaction, status
from sipdiag.findings.finding import Confidence, Finding

ATTACKS = ("password-guessing", "extension-scan", "scanner-seen")
"""Rules on attacks by one host, the most telling first. `request-flood` is none of them: what looks like a flood may be
a server that is down, whose refused calls must not be hidden."""
SECURITY = frozenset({*ATTACKS, "request-flood", "account-compromised", "toll-fraud-suspected"})
"""Rules whose findings are never told as part of another."""
CONNECTIONS = frozenset({"tcp-refused", "tcp-reset", "tls-failed"})
"""Rules on broken connections."""
BROKEN = frozenset(
    {
        *("request-unanswered", "call-failed", "call-unfinished", "registration-failed", "registration-expired"),
        *("bye-unanswered", "ack-missing", "subscription-failed", "notify-unanswered", "options-unanswered"),
        *("setup-slow", "transfer-failed", "prack-missing"),
    }
)
"""Rules on what a broken connection leads to."""


Attacked = Callable[[Finding], Iterable[str]]
"""Gives for an attack the Call-IDs of its requests."""


def attributed(findings: Sequence[Finding], attacked: Attacked) -> list[Finding]:
    """`findings` in their order; those that an attack or a broken connection explains are its `consequences`."""
    owners = {call_id: index for index in owners_in(findings) for call_id in owned_by(findings[index], attacked)}
    if not owners:
        return list(findings)
    led_to: dict[int, list[Finding]] = {}
    kept: list[tuple[int, Finding]] = []
    for index, finding in enumerate(findings):
        owner = None if finding.call_id is None else owners.get(finding.call_id)
        if owner is None or owner == index or not explains(findings[owner], finding):
            kept.append((index, finding))
        else:
            led_to.setdefault(owner, []).append(finding)
    return [
        msgspec.structs.replace(finding, consequences=led_to[index]) if index in led_to else finding
        for index, finding in kept
    ]


def explains(cause: Finding, finding: Finding) -> bool:
    """Whether an attack or a broken connection explains `finding`, which is about one of its Call-IDs."""
    if finding.rule in SECURITY:
        return False
    return cause.rule in ATTACKS or (finding.rule in BROKEN and finding.rule != cause.rule)


def owners_in(findings: Sequence[Finding]) -> list[int]:
    """The indexes of the findings that may explain others; where several could explain one, the last of them does."""
    sure = [(index, each) for index, each in enumerate(findings) if each.confidence is not Confidence.INCONCLUSIVE]
    connections = [index for index, each in sure if each.rule in CONNECTIONS and each.call_id is None]
    attacks = [(ATTACKS.index(each.rule), index) for index, each in sure if each.rule in ATTACKS]
    return [*connections, *(index for _, index in sorted(attacks, key=lambda each: -each[0]))]


def owned_by(owner: Finding, attacked: Attacked) -> Iterable[str]:
    """The Call-IDs of the requests of an attack, or on a broken connection."""
    if owner.rule not in CONNECTIONS:
        return attacked(owner)
    told = owner.evidence.get("call_ids")
    return map(str, told) if isinstance(told, list) else ()


def attacker_of(attack: Finding) -> str:
    """The host that an attack came from, as far as it was seen."""
    return str(attack.evidence.get("passed_on_by") or attack.evidence.get("source"))


def calls_of_attack(attack: Finding, by_source: Mapping[str, Iterable[Transaction]]) -> list[str]:
    """The Call-IDs of the requests of one attack."""
    asked = by_source.get(attacker_of(attack), ())
    return [transaction.call_id for transaction in asked if _belongs(transaction, attack)]


def _belongs(transaction: Transaction, attack: Finding) -> bool:
    """Whether a request of the attacker's host is one of the attack, and not of a user behind the same address."""
    request, final = transaction.request, transaction.final
    if attack.rule == "scanner-seen":
        return request is not None and request.message.field("user-agent") == attack.evidence["user_agent"]
    if attack.rule == "password-guessing" and transaction.method != "REGISTER":
        return False
    return final is None or status(final) >= 300
