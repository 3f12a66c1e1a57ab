"""A host looks for extensions: it asks for one user after the other and uses none of the answers.

A registrar answers a challenge where the user exists and 404 where it does not (RFC 3261, section 10.3), and so tells a
stranger who is there. A client answers a challenge (section 22.2); a scanner goes on to the next extension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sipdiag.calls import SECOND, Transaction, carries_credentials, densest, status, was_relayed
from sipdiag.findings import Confidence, Finding, Scene, Severity, Source, found_below, frames_of, seconds
from sipdiag.sip import Request, parse_name_addr, parse_uri

NAME = "extension-scan"
SEVERITY = Severity.WARNING

MOSTLY = 0.9
"""At least this part of the requests must have failed."""
CONSECUTIVE = 0.5
"""At least this part of the numbers must follow on another: a dialler with bad numbers does not count upwards."""
MOST_FRAMES = 20
MOST_USERS = 10


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """A host that scans."""
    limits = scene.settings
    if len(source.asked) < limits.scanned_extensions:
        return
    registers = [each for each in source.asked if each.method == "REGISTER"]
    others = [each for each in source.asked if each.method in ("INVITE", "OPTIONS")]
    for variant, requests in (("registrations", registers), ("calls", others)):
        fastest = densest(requests, round(limits.scan_window_s * SECOND))
        if len(fastest) >= limits.scanned_extensions and _scans(fastest, variant, scene):
            yield _finding(source.host, variant, fastest)


def _scans(requests: list[Transaction], variant: str, scene: Scene) -> bool:
    """Whether these are many users that nobody means to reach."""
    failed = [each for each in requests if each.final is not None and status(each.final) >= 400]
    if len(failed) < MOSTLY * len(requests) or requests[0].request is None or was_relayed(requests[0].request):
        return False
    users = {_user(each) for each in failed}
    if len(users) < scene.settings.scanned_extensions or len({each.source for each in failed}) > 1:
        return False
    if any(carries_credentials(each) for each in requests):
        return False  # a gateway in trouble, unlike a scanner, answers challenges
    return variant == "registrations" or _counts_upwards(users)


def _user(transaction: Transaction) -> str:
    """Who is asked for: the user of To in a REGISTER, else of the Request-URI."""
    request = transaction.request
    if request is None or not isinstance(request.message, Request):
        return ""
    if transaction.method == "REGISTER":
        return parse_name_addr(request.message.field("to") or "").uri.user
    return parse_uri(request.message.uri).user


def _counts_upwards(users: set[str]) -> bool:
    numbers = sorted(int(user) for user in users if user.isascii() and user.isdigit() and len(user) < 19)
    steps = sum(second - first == 1 for first, second in pairwise(numbers))
    return steps >= CONSECUTIVE * len(users)


def _finding(source: str, variant: str, requests: list[Transaction]) -> Finding:
    shown_by = [each.request for each in requests if each.request is not None]
    codes = Counter(status(each.final) for each in requests if each.final is not None)
    users = list(dict.fromkeys(_user(each) for each in requests))
    return found_below(
        NAME,
        variant,
        SEVERITY,
        Confidence.LIKELY,
        capture=shown_by[0].capture,
        time=shown_by[0].time,
        frames=frames_of(shown_by)[:MOST_FRAMES],
        evidence={
            "source": source,
            "server": requests[0].destination,
            "users_count": len(users),
            "users": users[:MOST_USERS],
            "requests": len(requests),
            "within_s": seconds(requests[-1].time - requests[0].time),
            "methods": sorted({each.method for each in requests}),
            "codes": [f"{code} ({count})" for code, count in sorted(codes.items())],
            "tells_apart": len(codes) > 1,
            "user_agent": shown_by[0].message.field("user-agent") or "",
            "first_frame": shown_by[0].frame,
        },
    )
