"""The rules, listed by hand: what `sipdiag` can find, one file a rule.

The door of the room: `RULES` holds them by what they look at, `NAMES` lists them as the report and the catalogue do.
"""

from __future__ import annotations

from sipdiag.findings import RuleBook
from sipdiag.rules.call import call_failed, call_unfinished, setup_slow
from sipdiag.rules.registration import registration_failed
from sipdiag.rules.subscription import subscription_failed
from sipdiag.rules.transaction import (
    ack_late,
    ack_mismatched,
    ack_missing,
    ack_missing_failure,
    request_unanswered,
    response_unmatched,
)

RULES = RuleBook(
    calls=(ack_missing, ack_missing_failure, ack_mismatched, ack_late, call_failed, call_unfinished, setup_slow),
    transactions=(request_unanswered, response_unmatched),
    registrations=(registration_failed,),
    subscriptions=(subscription_failed,),
)

__all__ = ["RULES"]
