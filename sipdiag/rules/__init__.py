"""The rules, listed by hand: what `sipdiag` can find, one file a rule.

The door of the room: `RULES` holds them by what they look at, `NAMES` lists them as the report and the catalogue do.
"""

from __future__ import annotations

from sipdiag.findings import RuleBook
from sipdiag.rules.call import (
    bye_rejected,
    bye_unanswered,
    call_failed,
    call_unfinished,
    cause_mistranslated,
    reinvite_glare,
    reinvite_rejected,
    setup_slow,
)
from sipdiag.rules.capture import capture_clock_jump, capture_damaged, capture_one_sided, capture_truncated
from sipdiag.rules.registration import (
    challenge_ignored,
    credentials_rejected,
    interval_too_brief,
    nonce_stale,
    registration_failed,
)
from sipdiag.rules.subscription import subscription_failed
from sipdiag.rules.transaction import (
    ack_late,
    ack_mismatched,
    ack_missing,
    ack_missing_failure,
    prack_missing,
    request_unanswered,
    response_unmatched,
)

RULES = RuleBook(
    calls=(
        ack_missing,
        ack_missing_failure,
        ack_mismatched,
        ack_late,
        prack_missing,
        call_failed,
        cause_mistranslated,
        call_unfinished,
        setup_slow,
        bye_unanswered,
        bye_rejected,
        reinvite_rejected,
        reinvite_glare,
    ),
    transactions=(request_unanswered, response_unmatched),
    registrations=(
        registration_failed,
        credentials_rejected,
        nonce_stale,
        challenge_ignored,
        interval_too_brief,
    ),
    subscriptions=(subscription_failed,),
    traces=(capture_damaged, capture_truncated, capture_clock_jump),
    wholes=(capture_one_sided,),
)

__all__ = ["RULES"]
