"""One cause that broke much: an attack with its refusals, a connection with the calls on it, told as one finding.

What a scanner is refused is no outage; what a connection took down with it has one cause, however many calls it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from sipdiag.calls import Transaction, status
from sipdiag.findings.finding import Confidence, Finding

ATTACKS = ("password-guessing", "extension-scan", "scanner-seen")
"""Rules on what one host does on purpose; the one that says most of it first. What looks like a flood may be a server
that is down, whose refused calls must not be hidden."""
SECURITY = frozenset({*ATTACKS, "request-flood", "account-compromised", "toll-fraud-suspected"})
"""What is told by itself, whoever did it."""
CONNECTIONS = frozenset({"tcp-refused", "tcp-reset", "tls-failed"})
BROKEN = frozenset(
    {
        *("request-unanswered", "call-failed", "call-unfinished", "registration-failed", "registration-expired"),
        *("bye-unanswered", "ack-missing", "subscription-failed", "notify-unanswered", "options-unanswered"),
        *("setup-slow", "transfer-failed", "prack-missing"),
    }
)
"""What a connection that is gone leads to."""


Attacked = Callable[[Finding], Iterable[str]]
"""Gives for an attack the Call-IDs of its requests."""


def attributed(findings: Sequence[Finding], attacked: Attacked) -> list[Finding]:
    """`findings` in their order, those that one attack or one connection explains told with it."""
    owners = dict(_owners(findings, attacked))
    if not owners:
        return list(findings)
    led_to: dict[int, list[Finding]] = {}
    kept: list[tuple[int, Finding]] = []
    for index, finding in enumerate(findings):
        owner = None if finding.call_id is None or finding.rule in SECURITY else owners.get(finding.call_id)
        if owner is None or owner == index or not _explains(findings[owner], finding):
            kept.append((index, finding))
        else:
            led_to.setdefault(owner, []).append(finding)
    return [
        msgspec.structs.replace(finding, consequences=led_to[index]) if index in led_to else finding
        for index, finding in kept
    ]


def _explains(cause: Finding, finding: Finding) -> bool:
    return cause.rule in ATTACKS or (finding.rule in BROKEN and finding.rule != cause.rule)


def _owners(findings: Sequence[Finding], attacked: Attacked) -> Iterator[tuple[str, int]]:
    """(Call-ID, place of the finding that explains what befell it); the last word on a Call-ID holds."""
    for index, finding in enumerate(findings):
        if (
            finding.rule in CONNECTIONS
            and finding.call_id is None
            and finding.confidence is not Confidence.INCONCLUSIVE
        ):
            told = finding.evidence.get("call_ids")
            yield from ((str(each), index) for each in told if told) if isinstance(told, list) else ()
    attacks = [
        (index, each)
        for index, each in enumerate(findings)
        if each.rule in ATTACKS and each.confidence is not Confidence.INCONCLUSIVE
    ]
    for index, attack in sorted(attacks, key=lambda each: -ATTACKS.index(each[1].rule)):
        yield from ((call_id, index) for call_id in attacked(attack))


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
