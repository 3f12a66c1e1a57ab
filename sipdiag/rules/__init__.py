"""The rules, listed by hand: what `sipdiag` can find, one file for each rule.

The door of the room: `RULES` holds them by what they look at, and `RULES.names` gives the name of each.
"""

from __future__ import annotations

from sipdiag.findings import RuleBook
from sipdiag.rules.address import contact_private, sdp_private
from sipdiag.rules.call import (
    bye_rejected,
    bye_unanswered,
    call_failed,
    call_unfinished,
    cause_mistranslated,
    dropped_by_timer,
    fork_answer_abandoned,
    hops_exhausted,
    reinvite_glare,
    reinvite_rejected,
    route_bypassed,
    session_expired,
    setup_slow,
    transfer_failed,
)
from sipdiag.rules.capture import (
    capture_clock_jump,
    capture_damaged,
    capture_encrypted,
    capture_one_sided,
    capture_truncated,
)
from sipdiag.rules.identity import (
    identity_invalid,
    identity_mismatched,
    identity_missing,
    identity_stale,
    identity_unverified,
)
from sipdiag.rules.keepalive import options_unanswered
from sipdiag.rules.media import (
    media_codec_unexpected,
    media_jitter,
    media_late,
    media_loss,
    media_missing,
    media_one_way,
    media_silent,
    media_source_mismatch,
    media_stopped,
)
from sipdiag.rules.message import (
    content_length_wrong,
    header_missing,
    message_malformed,
    message_oversized,
)
from sipdiag.rules.registration import (
    challenge_ignored,
    credentials_rejected,
    flow_expired,
    interval_too_brief,
    nonce_stale,
    registration_expired,
    registration_failed,
)
from sipdiag.rules.security import (
    account_compromised,
    extension_scan,
    password_guessing,
    request_flood,
    scanner_seen,
    toll_fraud_suspected,
)
from sipdiag.rules.session import (
    answer_missing,
    codec_mismatch,
    crypto_mismatch,
    dtmf_mismatch,
    media_rejected,
    offer_overlapping,
)
from sipdiag.rules.subscription import notify_missing, notify_unanswered, subscription_expired, subscription_failed
from sipdiag.rules.transaction import (
    ack_late,
    ack_mismatched,
    ack_missing,
    ack_missing_failure,
    cancel_crossed_answer,
    condition_ignored,
    prack_missing,
    request_retransmitted,
    request_unanswered,
    response_slow,
    response_unmatched,
)
from sipdiag.rules.transport import fragment_lost, tcp_refused, tcp_reset, tls_expected, tls_failed

RULES = RuleBook(
    calls=(
        ack_missing,
        ack_missing_failure,
        ack_mismatched,
        ack_late,
        prack_missing,
        cancel_crossed_answer,
        call_failed,
        cause_mistranslated,
        call_unfinished,
        setup_slow,
        bye_unanswered,
        bye_rejected,
        reinvite_rejected,
        reinvite_glare,
        session_expired,
        fork_answer_abandoned,
        route_bypassed,
        contact_private,
        sdp_private,
        answer_missing,
        offer_overlapping,
        codec_mismatch,
        media_rejected,
        crypto_mismatch,
        dtmf_mismatch,
        media_late,
        media_stopped,
        media_loss,
        media_jitter,
        media_silent,
        media_source_mismatch,
        media_codec_unexpected,
        identity_invalid,
        identity_stale,
        identity_mismatched,
        identity_unverified,
    ),
    transactions=(request_unanswered, response_unmatched, transfer_failed, hops_exhausted),
    registrations=(
        registration_failed,
        credentials_rejected,
        nonce_stale,
        challenge_ignored,
        interval_too_brief,
        registration_expired,
        flow_expired,
    ),
    subscriptions=(subscription_failed, notify_missing, notify_unanswered, subscription_expired),
    traces=(
        capture_damaged,
        capture_truncated,
        capture_clock_jump,
        tcp_refused,
        tcp_reset,
        tls_failed,
        fragment_lost,
        capture_encrypted,
    ),
    sources=(
        scanner_seen,
        password_guessing,
        account_compromised,
        extension_scan,
        request_flood,
        toll_fraud_suspected,
    ),
    faults=(message_malformed, header_missing, content_length_wrong),
    wholes=(
        media_missing,
        media_one_way,
        capture_one_sided,
        condition_ignored,
        request_retransmitted,
        response_slow,
        dropped_by_timer,
        options_unanswered,
        message_oversized,
        identity_missing,
        tls_expected,
    ),
)

__all__ = ["RULES"]
