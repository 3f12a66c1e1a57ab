"""Root cause over symptoms: the findings of one call that have one cause are told as one, with what it led to.

A table says which rule's finding brings about which other's, and under which condition; it goes by names, so a rule
that is not in force is simply never met. Every finding stays whole inside the one that it is told with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, product

import msgspec

from sipdiag.calls import Correlation, Transaction, requests_by_source
from sipdiag.findings.attribution import Attacked, attributed, calls_of_attack
from sipdiag.findings.finding import Confidence, Finding

Condition = Callable[[Finding, Finding], bool]

MOST_OF_A_RULE = 40
"""Findings of one rule in one call that are looked at: with more, something else is wrong with it."""


def shares_frame(cause: Finding, consequence: Finding) -> bool:
    """The two rest on the same message."""
    return not _frames(cause).isdisjoint(_frames(consequence))


def comes_later(cause: Finding, consequence: Finding) -> bool:
    """The consequence shows no earlier than the cause."""
    return cause.time <= consequence.time


def ended_with(*codes: int) -> Condition:
    """The consequence is a refusal with one of `codes`, by the caller's or by the first element's code."""

    def holds(cause: Finding, consequence: Finding) -> bool:
        told = (consequence.evidence.get("code"), consequence.evidence.get("origin_code"))
        return cause.time <= consequence.time and any(code in told for code in codes)

    return holds


def of_a_bye(cause: Finding, consequence: Finding) -> bool:
    """The consequence is about a BYE."""
    return comes_later(cause, consequence) and consequence.evidence.get("method", "BYE") == "BYE"


def of_an_invite(cause: Finding, consequence: Finding) -> bool:
    """The cause is an INVITE or PRACK without an answer, and the call waited for it."""
    waited = cause.evidence.get("method", "PRACK") in ("INVITE", "PRACK")
    silent = consequence.evidence.get("code", 408) in (408, 480, 500, 503, 504)
    return waited and silent and consequence.time <= cause.time + _A_MINUTE


def broke_what_followed(cause: Finding, consequence: Finding) -> bool:
    """The cause is a connection that was needed then: what shows by a request begins with it, a little before."""
    ended = consequence.evidence.get("code", 503)
    return consequence.time >= cause.time - _A_MINUTE and ended in (408, 480, 500, 502, 503, 504)


def _frames(finding: Finding) -> set[object]:
    """The frames that a finding names; its evidence names those of a rotated recording's other captures too."""
    told = {value for name, value in finding.evidence.items() if name.endswith("_frame") and isinstance(value, int)}
    return {*finding.frames, *told}


_A_MINUTE = 60_000_000_000
_MEDIA = ("media-missing", "media-one-way", "media-late")
_REFUSED = ("call-failed", "registration-failed", "subscription-failed")

TABLE: tuple[tuple[tuple[str, ...], tuple[str, ...], Condition], ...] = (
    (
        ("contact-private", "route-bypassed"),
        ("ack-missing", "ack-late", "bye-unanswered", "bye-rejected"),
        shares_frame,
    ),
    (("contact-private", "route-bypassed"), ("request-unanswered", "reinvite-rejected"), shares_frame),
    (("fork-answer-abandoned", "cancel-crossed-answer"), ("ack-missing", "bye-unanswered"), shares_frame),
    (("ack-mismatched",), ("ack-missing", "dropped-by-timer", "bye-rejected"), comes_later),
    (("ack-missing",), ("dropped-by-timer", "bye-rejected", "session-expired"), comes_later),
    (("ack-missing",), ("bye-unanswered", "request-unanswered"), of_a_bye),
    (("session-expired", "reinvite-rejected"), ("dropped-by-timer",), comes_later),
    (("call-failed",), ("cause-mistranslated",), shares_frame),
    (("hops-exhausted",), ("call-failed",), ended_with(482, 483)),
    (("codec-mismatch", "crypto-mismatch", "media-rejected"), ("call-failed",), ended_with(415, 488, 606)),
    (("codec-mismatch", "crypto-mismatch", "media-rejected"), ("reinvite-rejected",), shares_frame),
    (("sdp-private", "codec-mismatch", "crypto-mismatch", "media-rejected", "answer-missing"), _MEDIA, comes_later),
    (("codec-mismatch", "crypto-mismatch", "dtmf-mismatch"), ("media-codec-unexpected",), comes_later),
    (("media-codec-unexpected", "media-source-mismatch"), ("media-one-way",), comes_later),
    (("challenge-ignored", "credentials-rejected"), _REFUSED, ended_with(401, 403, 407)),
    (("interval-too-brief",), _REFUSED, ended_with(422, 423)),
    (("request-unanswered", "prack-missing"), ("call-failed", "call-unfinished", "setup-slow"), of_an_invite),
    (("message-malformed", "header-missing", "content-length-wrong"), _REFUSED, ended_with(400, 413, 416, 420, 513)),
    (
        ("message-malformed", "header-missing", "content-length-wrong", "message-oversized", "fragment-lost"),
        ("request-unanswered", "response-unmatched", "ack-missing"),
        shares_frame,
    ),
    (
        ("tcp-refused", "tcp-reset", "tls-failed"),
        ("request-unanswered", "registration-failed", "call-failed", "call-unfinished", "subscription-failed"),
        broke_what_followed,
    ),
    (
        ("tcp-refused", "tcp-reset", "tls-failed"),
        ("bye-unanswered", "ack-missing", "notify-unanswered", "setup-slow", "transfer-failed", "prack-missing"),
        broke_what_followed,
    ),
    (("identity-missing", "identity-stale", "identity-mismatched"), ("call-failed",), ended_with(403, 428, 438, 608)),
    (("identity-invalid", "identity-unverified"), ("call-failed",), ended_with(403, 436, 437, 438, 608)),
)
"""(rules of the cause, rules of what it leads to, when)."""

OUTCOMES = frozenset({"call-failed", "call-unfinished", "registration-failed", "subscription-failed"})
"""What a user notices: told first, with its causes, where it is as grave as they are."""
GROUNDS = frozenset({"contact-private", "sdp-private", "route-bypassed", "message-oversized"})
"""How it came about: never told first where what it led to is as grave."""

FROM_LEG_TO_LEG = ("setup-slow", "call-unfinished")
"""What the leg behind a B2BUA passes on to the one in front of it: told of the last, where it arose."""

_IN_TABLE = frozenset(name for causes, effects, _ in TABLE for name in (*causes, *effects))


def caused(findings: Sequence[Finding], correlation: Correlation) -> list[Finding]:
    """`findings` in their order, those of one cause in one call told as one."""
    by_source: dict[str, list[Transaction]] = {}

    def attacked(attack: Finding) -> list[str]:
        if not by_source:
            by_source.update(requests_by_source(correlation))
        return calls_of_attack(attack, by_source)

    return grouped(findings, circles_of(correlation), attacked)


Circles = Mapping[str, Sequence[tuple[int, str]]]
"""Call-ID → since when it is part of which call, where that is not the only one or has several legs."""


def circles_of(correlation: Correlation) -> Circles:
    """What the calls of `correlation` say of which finding is about which."""
    circles: dict[str, list[tuple[int, str]]] = {}
    several = {call_id for call in correlation.calls if call.turn > 1 or call.legs for call_id in call.call_ids}
    for call in correlation.calls if several else ():
        for call_id in several.intersection(call.call_ids):
            circles.setdefault(call_id, []).append((call.opening.time, call.key))
    return circles


def grouped(findings: Sequence[Finding], circles: Circles, attacked: Attacked) -> list[Finding]:
    """The same, where it is known already what was `attacked`."""
    findings = attributed(findings, attacked)
    groups: dict[object, list[int]] = {}
    for index, finding in enumerate(findings):
        if finding.call_id is not None and finding.rule in _IN_TABLE:
            groups.setdefault(_circle(finding.call_id, finding.time, circles), []).append(index)
    heads: dict[int, Finding] = {}
    inside: set[int] = set()
    for group in groups.values():
        if len(group) > 1:
            for family, causes in _families(findings, group):
                head, told = _told(findings, family, causes)
                heads[head] = told
                inside.update(family - {head})
    return [heads.get(index, finding) for index, finding in enumerate(findings) if index not in inside]


def _circle(call_id: str, time: int, circles: Circles) -> object:
    """The call that a finding of this Call-ID and time is about."""
    calls = circles.get(call_id)
    if not calls:
        return call_id
    return next((call for since, call in reversed(calls) if since <= time), calls[0][1])


def unfolded(findings: Iterable[Finding]) -> list[Finding]:
    """Every finding by itself, in the order that `diagnose` gives."""
    alone: list[Finding] = []
    for finding in findings:
        if finding.causes or finding.consequences:
            alone += [msgspec.structs.replace(finding, causes=[], consequences=[])]
            alone += [*finding.causes, *finding.consequences]
        else:
            alone.append(finding)
    alone.sort(key=lambda each: each.place)
    return alone


def _families(findings: Sequence[Finding], group: list[int]) -> list[tuple[set[int], dict[int, set[int]]]]:
    """The findings of one call that hang together, each with its causes; those that stand alone are left out."""
    causes = _reasons(findings, group)
    family_of: dict[int, set[int]] = {}
    for effect, reasons in causes.items():
        for one, other in pairwise([effect, *reasons]):
            joined = family_of.get(one, {one}) | family_of.get(other, {other})
            family_of.update(dict.fromkeys(joined, joined))
    unique = {min(family): family for family in family_of.values()}
    return [(family, causes) for family in unique.values()]


def _reasons(findings: Sequence[Finding], group: list[int]) -> dict[int, set[int]]:
    """Finding → the findings of its call that brought it about."""
    by_rule: dict[str, list[int]] = {}
    for index in group:
        by_rule.setdefault(findings[index].rule, []).append(index)

    def of(rules: Iterable[str]) -> list[int]:
        return [index for rule in rules for index in by_rule.get(rule, ())[:MOST_OF_A_RULE]]

    causes: dict[int, set[int]] = {}
    for rules, effects, condition in TABLE:
        known = [index for index in of(rules) if findings[index].confidence is not Confidence.INCONCLUSIVE]
        for cause, effect in product(known, of(effects) if known else ()):
            if condition(findings[cause], findings[effect]):
                causes.setdefault(effect, set()).add(cause)
    for rule in FROM_LEG_TO_LEG:
        *nearer, last = sorted(of([rule]), key=lambda index: findings[index].time) or [-1]
        for index in nearer:
            if findings[index].call_id != findings[last].call_id:
                causes.setdefault(index, set()).add(last)
    return causes


def _told(findings: Sequence[Finding], family: set[int], causes: dict[int, set[int]]) -> tuple[int, Finding]:
    """The finding that speaks for `family`: the gravest, an outcome before its reasons, else nearest to the root."""
    gravest = min(findings[index].severity.rank for index in family)

    def place(index: int) -> tuple[int, int, int, int]:
        rule = findings[index].rule
        kind = 0 if rule in OUTCOMES else 2 if rule in GROUNDS else 1
        return kind, len(_before(index, causes)), findings[index].confidence.rank, index

    head = min((index for index in family if findings[index].severity.rank == gravest), key=place)
    before = _before(head, causes)
    after = sorted(family - before - {head}, key=lambda index: (findings[index].time, index))
    return head, msgspec.structs.replace(
        findings[head],
        causes=[findings[index] for index in sorted(before, key=lambda each: (findings[each].time, each))],
        consequences=[findings[index] for index in after],
    )


def _before(index: int, causes: dict[int, set[int]]) -> set[int]:
    """Everything that led to a finding."""
    found: set[int] = set()
    open_ = list(causes.get(index, ()))
    while open_:
        cause = open_.pop()
        if cause not in found and cause != index:
            found.add(cause)
            open_ += causes.get(cause, ())
    return found
