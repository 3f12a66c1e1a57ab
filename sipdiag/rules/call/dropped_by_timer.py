"""A clock ended the call, or the attempt to call: the gap before the end fits a known clock.

Known are 64*T1 without an ACK (RFC 3261, section 13.3.1.4), timers B and C (sections 17.1.1.2 and 16.8), Expires of the
INVITE (section 13.3.1), and clocks that no RFC names: longest call, dial timeout, idle time of a NAT. A fit is a hint;
the Reason of a BYE (RFC 3326) is a statement. What has a rule of its own, such as a missing ACK, is left to that rule.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import (
    RELIABLE,
    SECOND,
    Call,
    Correlation,
    Ending,
    Fit,
    Outcome,
    Transaction,
    ending_of,
    longest_passed,
    moment,
    passages_of,
    session_lapse,
    tags_of,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, in_order
from sipdiag.trace import Sighting, host

NAME = "dropped-by-timer"
SEVERITY = Severity.WARNING

VARIANTS = {
    "64*T1": "ack-timer",
    "timer-B": "timer-b",
    "timer-C": "timer-c",
    "T1-ladder": "ladder",
    "Expires": "expires",
    "max-duration": "call-limit",
    "dial-timeout": "ring-limit",
}
NAMES_A_CLOCK = re.compile(r"cause\s*=\s*102\b|time-?\s?out|timed out|timer|expir", re.IGNORECASE)
"""A Reason header field that speaks of a timer; Q.850 cause 102 is "recovery on timer expiry"."""
ALONE = 300.0
"""Seconds: a single call that fits a round limit is reported from this length on; of shorter calls two have to fit."""
FEW = 20
"""Among more calls than this, a single one that fits a round limit may do so by chance."""
NEIGHBOURS = 10
"""How many ends would fit by chance is told by those within so many times the slack, on both sides."""

MOST_SHOWN = 10

Clocked = tuple[str, float, str]
"""A clock: its name, how many seconds it runs, what starts it."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one call that fits a clock, and that no other rule reports."""

    call_id: str
    begun: Sighting
    ended: Sighting
    actor: str
    gap: float
    fit: Fit


class Part(msgspec.Struct):
    """The calls that one host ended."""

    gaps: list[float] = []
    """Seconds from what each is measured from to its end."""
    fitting: list[tuple[Clocked, End]] = []
    """The ends that fit a clock."""
    said: list[Finding] = []
    """Findings that a single call is enough for."""


def gathered(part: Correlation, scene: Scene) -> dict[tuple[str, str], Part]:
    """The ends of calls by what they are measured from and who made them."""
    found: dict[tuple[str, str], Part] = {}
    for call in part.calls:
        silent = _idle(call, scene)
        if silent is not None:
            found.setdefault(("", ""), Part()).said.append(silent)
        ending = ending_of(call)
        if ending is None:
            continue
        share = found.setdefault((ending.since, host(ending.actor)), Part())
        share.gaps.append(ending.gap)
        stated, fit = _stated(ending, scene), ending.fit
        if stated is not None:
            share.said.append(stated)
        elif fit is not None and fit.clock.name in VARIANTS and not _told_elsewhere(ending, scene):
            share.fitting.append(((fit.clock.name, fit.clock.seconds, fit.clock.since), _end(ending, fit)))
    return found


def _end(ending: Ending, fit: Fit) -> End:
    call_id = ending.call.call_id
    return End(call_id=call_id, begun=ending.begun, ended=ending.ended, actor=ending.actor, gap=ending.gap, fit=fit)


def told(_: tuple[str, str], parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """One finding for each clock that made one host end calls; ends that say so themselves one by one."""
    del scene
    for part in parts:
        yield from part.said
    gaps = sorted(gap for part in parts for gap in part.gaps)
    groups: dict[Clocked, list[End]] = {}
    for clock, end in in_order((part.fitting for part in parts), lambda each: moment(each[1].begun)):
        groups.setdefault(clock, []).append(end)
    for ends in groups.values():
        if _stands_out(ends, gaps):
            yield _finding(ends)


def _stands_out(endings: list[End], lengths: list[float]) -> bool:
    """Whether more ends fit than chance explains: among many calls, some last a round time by themselves."""
    fit = endings[0].fit
    if fit.clock.common and len(endings) == 1 and (fit.clock.seconds < ALONE or len(lengths) > FEW):
        return False
    middle, slack = endings[0].gap - fit.off, fit.clock.slack
    wide = _between(lengths, middle - NEIGHBOURS * slack, middle + NEIGHBOURS * slack)
    near = _between(lengths, middle - slack, middle + slack)
    return len(endings) > 3 * max(0, wide - near) / (NEIGHBOURS - 1)


def _between(lengths: list[float], low: float, high: float) -> int:
    return bisect_right(lengths, high) - bisect_left(lengths, low)


def _told_elsewhere(ending: Ending, scene: Scene) -> bool:
    """Whether another rule reports this end: those on session timers and on missing ACKs do."""
    if ending.since != "answer":
        return False
    if session_lapse(ending.call, scene.window) is not None:
        return True
    undone = (Outcome.UNDONE, Outcome.WRONG, Outcome.UNKNOWN)
    dialog = tags_of(ending.begun)
    duties = (duty for duty in scene.duties(ending.call, "ack-2xx") if duty.outcome in undone)
    return any(tags_of(duty.trigger) == dialog for duty in duties)


def _finding(endings: list[End]) -> Finding:
    fit = min((each.fit for each in endings), key=lambda each: abs(each.off))
    variant = VARIANTS[fit.clock.name]
    # One call that fits may do so by chance; three to the same side hardly, and 32 s is nobody's wish.
    severity = SEVERITY if variant == "ack-timer" and len(endings) > 2 else Severity.NOTE
    shown = endings[:MOST_SHOWN]
    evidence: Evidence = {
        "calls": len(endings),
        "actor": endings[0].actor,
        "begun_frame": shown[0].begun.frame,
        "ended_frame": shown[0].ended.frame,
        "call_ids": [each.call_id for each in shown],
    }
    frames = [seen for each in shown for seen in (each.begun, each.ended)]
    return found(NAME, variant, severity, Confidence.LIKELY, frames, evidence | _of_fit(fit))


def _of_fit(fit: Fit) -> Evidence:
    runner = fit.runner_up
    return {
        "clock": fit.clock.name,
        "clock_s": fit.clock.seconds,
        "whose": fit.clock.whose,
        "since": fit.clock.since,
        "keep_alive_s": fit.clock.seconds / 2,
        "gap_s": round(fit.gap, 3),
        "off_s": round(fit.off, 3),
        "fit_percent": fit.percent,
        "runner_up": "-" if runner is None else runner.name,
        "runner_up_s": 0.0 if runner is None else runner.seconds,
        "runner_up_off_s": 0.0 if runner is None else round(fit.runner_up_gap - runner.seconds, 3),
    }


def _stated(ending: Ending, scene: Scene) -> Finding | None:
    """The finding on a BYE that itself says that a timer ran out."""
    if ending.since != "answer":
        return None
    reasons = [each for each in ending.ended.message.fields("reason") if NAMES_A_CLOCK.search(each)]
    if not reasons or _told_elsewhere(ending, scene):
        return None
    evidence: Evidence = {
        "actor": ending.actor,
        "begun_frame": ending.begun.frame,
        "ended_frame": ending.ended.frame,
        "gap_s": round(ending.gap, 3),
        "header_reason": reasons[0],
    }
    if ending.fit is not None:
        evidence |= _of_fit(ending.fit)
    return found(NAME, "stated", SEVERITY, Confidence.CERTAIN, [ending.begun, ending.ended], evidence)


def _idle(call: Call, scene: Scene) -> Finding | None:
    """The finding on a BYE that nobody answered, after a silence longer than NATs and firewalls keep a flow open."""
    if all(map(_responses, call.byes)):
        return None
    for bye in passages_of(call.byes):
        hop = bye.hops[-1]
        if any(each.final is not None for each in bye.hops) or len(hop.request_repeats) < 2:
            continue
        if not scene.window.sees(hop.destination, hop.source):
            continue
        before = _last_before(call, bye.request)
        if before is None:
            continue
        silence = (bye.request.time - before.time) / SECOND
        fit = longest_passed(silence, reliable=bye.request.transport in RELIABLE)
        if fit is not None:
            evidence: Evidence = {
                "actor": hop.destination,
                "begun_frame": before.frame,
                "ended_frame": bye.request.frame,
            }
            shown_by = [before, bye.request]
            return found(NAME, "idle", Severity.NOTE, Confidence.LIKELY, shown_by, evidence | _of_fit(fit))
    return None


def _responses(transaction: Transaction) -> list[Sighting]:
    return transaction.responses


def _last_before(call: Call, request: Sighting) -> Sighting | None:
    """The last message of the call before `request`."""
    said = [seen for each in call.transactions for seen in (each.request, *each.responses) if seen is not None]
    earlier = [seen for seen in (*said, *call.acks) if seen.time < request.time]
    return max(earlier, key=lambda seen: seen.time, default=None)
