"""Root cause over symptoms: the findings of one call that have one cause are told as one, with what it led to.

A table says which rules' findings bring about which others, and under which condition. It goes by the names of rules,
so that one which is not in force is simply never met. Every finding stays whole inside the one that it is told with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, product

import msgspec

from sipdiag.calls import Correlation, Transaction, requests_by_source
from sipdiag.findings.attribution import Attacked, attributed, calls_of_attack
from sipdiag.findings.finding import Confidence, Finding

Condition = Callable[[Finding, Finding], bool]
"""Whether the first finding, by its rule a possible cause of the second, is one."""

MOST_OF_A_RULE = 40
"""How many findings of one rule in one call are compared with others: a call with more has other problems."""


def shares_frame(cause: Finding, consequence: Finding) -> bool:
    """Whether the two are shown by the same message."""
    return not _frames(cause).isdisjoint(_frames(consequence))


def comes_later(cause: Finding, consequence: Finding) -> bool:
    """Whether the consequence begins no earlier than the cause."""
    return cause.time <= consequence.time


def ended_with(*codes: int) -> Condition:
    """Whether the consequence is a refusal with one of `codes`, as the caller got it or as its origin sent it."""

    def holds(cause: Finding, consequence: Finding) -> bool:
        told = (consequence.evidence.get("code"), consequence.evidence.get("origin_code"))
        return cause.time <= consequence.time and any(code in told for code in codes)

    return holds


def of_a_bye(cause: Finding, consequence: Finding) -> bool:
    """Whether the consequence is about a later BYE."""
    return comes_later(cause, consequence) and consequence.evidence.get("method", "BYE") == "BYE"


def of_an_invite(cause: Finding, consequence: Finding) -> bool:
    """Whether the cause is an INVITE or PRACK without an answer, and the call failed soon for lack of it."""
    waited = cause.evidence.get("method", "PRACK") in ("INVITE", "PRACK")
    silent = consequence.evidence.get("code", 408) in (408, 480, 500, 503, 504)
    return waited and silent and consequence.time <= cause.time + _A_MINUTE


def broke_what_followed(cause: Finding, consequence: Finding) -> bool:
    """Whether the cause, a broken connection, was needed: a finding begins with its request, up to a minute before."""
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
"""(rules of a cause, rules of its consequences, the condition for two findings of these rules)."""

OUTCOMES = frozenset({"call-failed", "call-unfinished", "registration-failed", "subscription-failed"})
"""What a user notices: such a finding speaks for its causes, unless one of them is graver."""
GROUNDS = frozenset({"contact-private", "sdp-private", "route-bypassed", "message-oversized"})
"""What a fault comes from: such a finding does not speak for its consequences, unless it is graver."""

FROM_LEG_TO_LEG = ("setup-slow", "call-unfinished")
"""What one leg of a call passes on to the leg before it: the finding on the last leg is the cause of the others."""

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
"""Call-ID → since when it belongs to which call, for Call-IDs that were used again or whose call has several legs."""


def circles_of(correlation: Correlation) -> Circles:
    """The circles of the calls in `correlation`: by them a finding's Call-ID and time tell which call it is about."""
    circles: dict[str, list[tuple[int, str]]] = {}
    several = {call_id for call in correlation.calls if call.turn > 1 or call.legs for call_id in call.call_ids}
    for call in correlation.calls if several else ():
        for call_id in several.intersection(call.call_ids):
            circles.setdefault(call_id, []).append((call.opening.time, call.key))
    return circles


def grouped(findings: Sequence[Finding], circles: Circles, attacked: Attacked) -> list[Finding]:
    """The same as `caused`, where `circles` and the Call-IDs of attacks are known already."""
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
    """The findings of one call that causes tie together, each with its causes; those that stand alone are left out."""
    causes = _reasons(findings, group)
    family_of: dict[int, set[int]] = {}
    for effect, reasons in causes.items():
        for one, other in pairwise([effect, *reasons]):
            joined = family_of.get(one, {one}) | family_of.get(other, {other})
            family_of.update(dict.fromkeys(joined, joined))
    unique = {min(family): family for family in family_of.values()}
    return [(family, causes) for family in unique.values()]


def _reasons(findings: Sequence[Finding], group: list[int]) -> dict[int, set[int]]:
    """Index of a finding → the indexes of the findings of its call that brought it about."""
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
    """The finding that speaks for `family`, by its index: of the gravest an outcome, else that nearest the root."""
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
    """The indexes of everything that led to a finding, directly or not."""
    found: set[int] = set()
    open_ = list(causes.get(index, ()))
    while open_:
        cause = open_.pop()
        if cause not in found and cause != index:
            found.add(cause)
            open_ += causes.get(cause, ())
    return found
