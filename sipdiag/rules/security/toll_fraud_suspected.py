"""Somebody may be calling at the owner's cost: prefixes are tried out, or expensive destinations called in a row.

A fraudster who found a way in does not know how the exchange dials abroad and tries the same number behind one prefix
after the other (RFC 3261, section 26.1 leaves tolls to the operator). The setting `home_country`, a calling code (ITU-T
E.164), says which destinations are abroad; without it only the trying of prefixes is looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sipdiag.calls import (
    SECOND,
    Transaction,
    account_calling,
    densest,
    dialled,
    international,
    status,
    was_relayed,
)
from sipdiag.findings import Confidence, Finding, Scene, Severity, Source, found_below, frames_of, seconds

NAME = "toll-fraud-suspected"
SEVERITY = Severity.ERROR

SAME_NUMBER = 9
"""Numbers whose last digits, so many, are the same are taken for one number: fewer digits may agree by chance."""
MOST_FRAMES = 20
MOST_NUMBERS = 10


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """A host that calls like a fraudster."""
    calls = [each for each in source.asked if each.method == "INVITE" and each.request is not None]
    if len(calls) >= scene.settings.dialled_prefixes:
        yield from _prefixes_tried(source.host, calls, scene)
        if scene.settings.home_country:
            yield from _expensive(source.host, calls, scene)


def _number(call: Transaction) -> str:
    return "" if call.request is None else dialled(call.request)


def _prefixes_tried(source: str, calls: list[Transaction], scene: Scene) -> Iterator[Finding]:
    """One number dialled with many prefixes within `toll_fraud_window_s`."""
    by_number: dict[str, list[Transaction]] = defaultdict(list)
    for call in calls:
        digits = _number(call).lstrip("+")
        if len(digits) > SAME_NUMBER:
            by_number[digits[-SAME_NUMBER:]].append(call)
    for tries in by_number.values():
        fastest = densest(tries, round(scene.settings.toll_fraud_window_s * SECOND))
        numbers = list(dict.fromkeys(_number(call) for call in fastest))
        if len(numbers) >= scene.settings.dialled_prefixes and any(_failed(call) for call in fastest):
            yield _finding(source, "prefixes-tried", fastest, numbers)


def _expensive(source: str, calls: list[Transaction], scene: Scene) -> Iterator[Finding]:
    """Many calls of one account to destinations where fraudsters earn, none of them home."""
    limits = scene.settings
    by_account: dict[str, list[Transaction]] = defaultdict(list)
    for call in calls:
        abroad = international(_number(call), limits.international_prefixes)
        if abroad.startswith(limits.high_risk_codes) and not abroad.startswith(limits.home_country):
            by_account[account_calling(call.request) if call.request is not None else ""].append(call)
    for tries in by_account.values():
        fastest = densest(tries, round(limits.toll_fraud_window_s * SECOND))
        if len({call.call_id for call in fastest}) >= limits.toll_fraud_calls:
            yield _finding(source, "expensive-destinations", fastest, list(dict.fromkeys(map(_number, fastest))))


def _failed(call: Transaction) -> bool:
    return call.final is not None and status(call.final) >= 400


def _finding(source: str, variant: str, calls: list[Transaction], numbers: list[str]) -> Finding:
    """The finding: an error where a prefix was found, since that costs money; else a warning."""
    requests = [call.request for call in calls if call.request is not None]
    answered = [call for call in calls if call.answers]
    severe = variant == "prefixes-tried" and answered
    return found_below(
        NAME,
        variant,
        SEVERITY if severe else Severity.WARNING,
        Confidence.LIKELY,
        capture=requests[0].capture,
        time=requests[0].time,
        frames=frames_of(requests)[:MOST_FRAMES],
        evidence={
            "source": source,
            "passed_on": was_relayed(requests[0]),
            "server": calls[0].destination,
            "account": account_calling(requests[0]),
            "calls": len({call.call_id for call in calls}),
            "within_s": seconds(calls[-1].time - calls[0].time),
            "numbers": numbers[:MOST_NUMBERS],
            "numbers_count": len(numbers),
            "answered": len(answered),
            "answered_number": _number(answered[0]) if answered else "",
            "user_agent": requests[0].message.field("user-agent") or "",
            "first_frame": requests[0].frame,
        },
    )
