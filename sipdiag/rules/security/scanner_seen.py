"""A scanner is at work: requests whose User-Agent is that of a tool that looks for open SIP servers.

The User-Agent names the program that sent a request (RFC 3261, section 20.41); those who scan seldom bother to hide it.
Scanners that do are found by what they do: `extension-scan`, `password-guessing`, `request-flood`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sipdiag.calls import Transaction, status, was_relayed
from sipdiag.findings import Confidence, Finding, Scene, Severity, Source, found_below, frames_of
from sipdiag.sip import parse_uri, split_parameters
from sipdiag.trace import host

NAME = "scanner-seen"
SEVERITY = Severity.WARNING

LOOKED_AT = 50
"""So many requests of each host are looked at: a scanner gives itself away in its first ones."""
MOST_FRAMES = 20
MOST_TARGETS = 10


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """A host that scans."""
    names = "|".join(re.escape(name) for name in scene.settings.scanner_user_agents if name)
    if not names:
        return
    known = re.compile(names, re.IGNORECASE)
    if any(known.search(_user_agent(transaction)) for transaction in source.asked[:LOOKED_AT]):
        yield _finding(source.host, [each for each in source.asked if known.search(_user_agent(each))], scene)


def _user_agent(transaction: Transaction) -> str:
    return "" if transaction.request is None else transaction.request.message.field("user-agent") or ""


def _finding(source: str, scans: list[Transaction], scene: Scene) -> Finding:
    requests = [each.request for each in scans if each.request is not None]
    first = requests[0]
    finals = Counter(status(each.final) for each in scans if each.final is not None)
    answered = [each for each in scans if each.responses]
    servers = sorted({host(each.destination) for each in answered or scans})
    silence_is_heard = any(scene.window.hears(each.destination) for each in scans)
    sure = Confidence.CERTAIN if answered else Confidence.LIKELY if silence_is_heard else Confidence.INCONCLUSIVE
    return found_below(
        NAME,
        "answered" if answered else "unanswered",
        SEVERITY if answered else Severity.NOTE,
        sure,
        capture=first.capture,
        time=first.time,
        frames=frames_of(requests)[:MOST_FRAMES],
        evidence={
            "source": _sender(scans[0], source),
            "passed_on_by": source if was_relayed(first) else "",
            "user_agent": _user_agent(scans[0]),
            "requests": len(scans),
            "methods": sorted({each.method for each in scans}),
            "servers": servers[:MOST_TARGETS],
            "answered": len(answered),
            "codes": [f"{code} ({count})" for code, count in sorted(finals.items())],
            "first_frame": first.frame,
        },
    )


def _sender(transaction: Transaction, source: str) -> str:
    """The host that made the request; behind a proxy the one that the bottom Via names (RFC 3261, section 18.2.1)."""
    request = transaction.request
    if request is None or not was_relayed(request):
        return source
    sent_by, parameters = split_parameters(request.message.vias[-1])
    return parameters.get("received") or parse_uri(f"sip:{sent_by.rpartition(' ')[2]}").host
