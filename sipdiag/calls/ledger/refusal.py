"""The duty of a client that was refused on a condition, such as a media type: one entry for each refusal.

RFC 3261, sections 8.1.3.5 (retry without what was refused) and 21.5.4 (503 with Retry-After: stay away that long). A
client that does not try again breaks nothing, but has not done what was asked for either; where it was asked to stay
away, it has.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls.ledger.condition import UNAVAILABLE, Condition, conditions
from sipdiag.calls.ledger.duty import DEMANDS, Duty, Outcome
from sipdiag.calls.ledger.terms import retry_after
from sipdiag.calls.transaction import SECOND, Transaction
from sipdiag.calls.window import Window
from sipdiag.trace import Sighting

MOST = 100
"""How many of the requests that broke a condition are named with each of its refusals."""


def refusals(stated: Iterable[Condition], window: Window) -> Iterator[Duty]:
    """The entries of all refusals of the conditions `stated`, but for those that concern one dialog only."""
    for condition in stated:
        for request, final in condition.refusals:
            if condition.status == UNAVAILABLE or not request.message.to_tag:
                yield _entry(condition, final, window)


def refusals_within(transactions: Sequence[Transaction], window: Window) -> Iterator[Duty]:
    """The entries of refusals in a dialog, for which nothing under another Call-ID matters."""
    unseen = [each for each in transactions if each.request is None]
    within = [each for each in transactions if each.request is not None and each.to_tag]
    for condition in conditions(within):
        if condition.status != UNAVAILABLE:
            for _, final in condition.refusals:
                entry = _entry(condition, final, window)
                yield entry if entry.fulfilled_by is not None else with_unseen(entry, unseen)


def _entry(condition: Condition, final: Sighting, window: Window) -> Duty:
    entry = Duty(
        kind=DEMANDS[condition.status],
        trigger=final,
        debtor=condition.client,
        outcome=Outcome.UNKNOWN,
        target=condition.server,
        allowed=retry_after(final) * SECOND if condition.status == UNAVAILABLE else None,
    )
    since = bisect_right(condition.ignored, final.time, key=lambda each: each.time)
    return closed(entry, condition.ignored[since : since + MOST], condition.met, window)


def closed(entry: Duty, broken: list[Sighting], met: Sighting | None, window: Window) -> Duty:
    """`entry` with its outcome: `broken` are the requests that broke the duty, `met` is the one that kept to it."""
    if met is not None:
        return replace(entry, outcome=Outcome.LATE if broken else Outcome.DONE, repeats=broken, fulfilled_by=met)
    stays_away = Outcome.UNDONE in entry.law.never  # to do nothing is what was asked for
    if broken:
        reason = "too-early" if entry.kind == "retry-after" else "repeated"
        return replace(entry, outcome=Outcome.WRONG, reason=reason, repeats=broken[1:], fulfilled_by=broken[0])
    deadline = entry.deadline
    if deadline is not None and window.end(entry.trigger.time) < deadline:
        return replace(entry, outcome=Outcome.UNKNOWN, reason="capture-ended")
    if stays_away:
        return replace(entry, outcome=Outcome.DONE, reason="stayed-away")
    return replace(entry, outcome=Outcome.UNDONE, reason="not-retried")


def with_unseen(entry: Duty, unseen: Iterable[Transaction]) -> Duty:
    """`entry`, done where a response shows a next try that the recorder missed; else as it was."""
    refused = entry.trigger.message
    for each in unseen:
        if (each.method, each.from_tag) == (refused.cseq_method, refused.from_tag) and each.cseq > refused.cseq:
            return replace(entry, outcome=Outcome.DONE, reason="unseen", fulfilled_by=each.responses[0])
    return entry
