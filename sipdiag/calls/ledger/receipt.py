"""The duty to answer a NOTIFY: a notifier that gets no answer before timer F runs out ends the subscription.

"If the NOTIFY request fails due to expiration of SIP Timer F (transaction timeout), the notifier SHOULD remove the
subscription" (RFC 6665, section 4.2.2); a subscriber that knows no such subscription answers 481 (section 4.1.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sipdiag.calls.ledger.duty import Duty, Outcome
from sipdiag.calls.ledger.silence import silence
from sipdiag.calls.passage import Passage, passages_of
from sipdiag.calls.transaction import Transaction, status
from sipdiag.calls.window import Window


def receipts(transactions: Sequence[Transaction], window: Window) -> Iterator[Duty]:
    """The duty of every NOTIFY among `transactions`, which are those of one Call-ID, once for all hops."""
    for passage in passages_of(each for each in transactions if each.method == "NOTIFY"):
        yield _for_notify(passage, window)


def _for_notify(passage: Passage, window: Window) -> Duty:
    last = passage.hops[-1]
    final = last.final
    duty = Duty(
        kind="notify-final",
        trigger=passage.request,
        debtor=last.destination,
        outcome=Outcome.DONE,
        repeats=last.request_repeats,
        fulfilled_by=final,
        passage=passage,
    )
    if final is None:
        if last.responses:
            return replace(duty, outcome=Outcome.UNKNOWN, reason="provisional", followed_by=last.responses[-1])
        outcome, reason = silence(last, last.request or passage.request, window)
        return replace(duty, outcome=outcome, reason=reason, timed_out=reason == "timed-out")
    if status(final) >= 300:
        return replace(duty, outcome=Outcome.WRONG, reason="refused")
    late = any(copy.time <= final.time for copy in last.request_repeats)
    return replace(duty, outcome=Outcome.LATE if late else Outcome.DONE)
