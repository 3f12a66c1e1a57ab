"""Sightings → transactions, dialogs, calls, registrations, subscriptions (RFC 3261, RFC 6665).

The door of the room: `correlate` gives the `Correlation` of sightings in the order of time.
"""

from __future__ import annotations

from sipdiag.calls.acknowledgement import acknowledgements
from sipdiag.calls.attempt import Attempt
from sipdiag.calls.authentication import Challenge, Credentials, challenges_in, credentials_in
from sipdiag.calls.binding import Binding, bindings_of
from sipdiag.calls.call import Call, CallState, acknowledges, opening_requests
from sipdiag.calls.cancellation import cancellations
from sipdiag.calls.carriage import CallMedia, Carriage, Carried
from sipdiag.calls.cause import (
    CODES,
    PLAIN,
    Meaning,
    cause_contradicts,
    cause_of,
    causes_disagree,
    codes_disagree,
)
from sipdiag.calls.clocks import Clock, Fit, best_fit, longest_passed
from sipdiag.calls.codec import Told, codec_of, told_of
from sipdiag.calls.condition import Condition, Event, conditions, conditions_in, conditions_stated, events_of
from sipdiag.calls.confirmation import confirmations
from sipdiag.calls.correlation import Correlation, correlate
from sipdiag.calls.dialling import account_calling, dialled, international, number_in
from sipdiag.calls.dialog import byes_missed, dialogs_of, later_of_the_same_side, of_the_other_side, side_of, tags_of
from sipdiag.calls.duty import Duty, Outcome
from sipdiag.calls.ending import Ending, ending_of
from sipdiag.calls.failure import Failure, Step, failure_of
from sipdiag.calls.figures import Delays, Figures, Peer, Sums, added, figures_in, figures_of, peers_of, sums_of
from sipdiag.calls.flaws import Flaw, Harm, flaws_of, harm_of, kinds_of
from sipdiag.calls.hearing import Hearing, hearings_of, reaches
from sipdiag.calls.kinship import Leg, legs_in
from sipdiag.calls.ledger import duties_of
from sipdiag.calls.legs import families_of, links_of
from sipdiag.calls.link import Certainty, Link
from sipdiag.calls.negotiation import CALLEE, CALLER, OTHER, Agreement, End, MediaLine, lines_of
from sipdiag.calls.origin import account_of, densest, requests_by_source, was_relayed
from sipdiag.calls.outage import AT_ONCE, Cause, Outage, Refusal, next_after, outages_of
from sipdiag.calls.passage import Passage, passages_of
from sipdiag.calls.reach import crosses, is_private
from sipdiag.calls.reference import meant_by
from sipdiag.calls.registration import (
    Registration,
    RegistrationState,
    asked_expires,
    asks_for_removal,
    carries_credentials,
    granted_expires,
    stated_expires,
)
from sipdiag.calls.route import Astray, astray
from sipdiag.calls.session import (
    Exchange,
    description_in,
    encryption_refused,
    exchanges_of,
    is_bodiless,
    is_reliable,
    sdp_in,
    streams_of,
)
from sipdiag.calls.session_timer import Lapse, SessionTimer, session_lapse, session_timer
from sipdiag.calls.subscription import Subscription, SubscriptionState
from sipdiag.calls.terms import offending
from sipdiag.calls.timing import AT_ONCE_AFTER_A_COPY, Wait, cause_of_repeats, first_word, last_copy_before
from sipdiag.calls.trait import Trait, traits_of
from sipdiag.calls.transaction import (
    MILLISECOND,
    SECOND,
    T1,
    T2,
    TIMEOUT,
    Arrival,
    Repeat,
    Transaction,
    begun,
    moment,
    repeat_of,
    status,
)
from sipdiag.calls.twin import Difference, Twin, Twins
from sipdiag.calls.tying import Settled, Ties, carriage_of, settled, ties_of
from sipdiag.calls.window import Window, window_of

__all__ = [
    "AT_ONCE",
    "AT_ONCE_AFTER_A_COPY",
    "CALLEE",
    "CALLER",
    "CODES",
    "MILLISECOND",
    "OTHER",
    "PLAIN",
    "SECOND",
    "T1",
    "T2",
    "TIMEOUT",
    "Agreement",
    "Arrival",
    "Astray",
    "Attempt",
    "Binding",
    "Call",
    "CallMedia",
    "CallState",
    "Carriage",
    "Carried",
    "Cause",
    "Certainty",
    "Challenge",
    "Clock",
    "Condition",
    "Correlation",
    "Credentials",
    "Delays",
    "Difference",
    "Duty",
    "End",
    "Ending",
    "Event",
    "Exchange",
    "Failure",
    "Figures",
    "Fit",
    "Flaw",
    "Harm",
    "Hearing",
    "Lapse",
    "Leg",
    "Link",
    "Meaning",
    "MediaLine",
    "Outage",
    "Outcome",
    "Passage",
    "Peer",
    "Refusal",
    "Registration",
    "RegistrationState",
    "Repeat",
    "SessionTimer",
    "Settled",
    "Step",
    "Subscription",
    "SubscriptionState",
    "Sums",
    "Ties",
    "Told",
    "Trait",
    "Transaction",
    "Twin",
    "Twins",
    "Wait",
    "Window",
    "account_calling",
    "account_of",
    "acknowledgements",
    "acknowledges",
    "added",
    "asked_expires",
    "asks_for_removal",
    "astray",
    "begun",
    "best_fit",
    "bindings_of",
    "byes_missed",
    "cancellations",
    "carriage_of",
    "carries_credentials",
    "cause_contradicts",
    "cause_of",
    "cause_of_repeats",
    "causes_disagree",
    "challenges_in",
    "codec_of",
    "codes_disagree",
    "conditions",
    "conditions_in",
    "conditions_stated",
    "confirmations",
    "correlate",
    "credentials_in",
    "crosses",
    "densest",
    "description_in",
    "dialled",
    "dialogs_of",
    "duties_of",
    "encryption_refused",
    "ending_of",
    "events_of",
    "exchanges_of",
    "failure_of",
    "families_of",
    "figures_in",
    "figures_of",
    "first_word",
    "flaws_of",
    "granted_expires",
    "harm_of",
    "hearings_of",
    "international",
    "is_bodiless",
    "is_private",
    "is_reliable",
    "kinds_of",
    "last_copy_before",
    "later_of_the_same_side",
    "legs_in",
    "lines_of",
    "links_of",
    "longest_passed",
    "meant_by",
    "moment",
    "next_after",
    "number_in",
    "of_the_other_side",
    "offending",
    "opening_requests",
    "outages_of",
    "passages_of",
    "peers_of",
    "reaches",
    "repeat_of",
    "requests_by_source",
    "sdp_in",
    "session_lapse",
    "session_timer",
    "settled",
    "side_of",
    "stated_expires",
    "status",
    "streams_of",
    "sums_of",
    "tags_of",
    "ties_of",
    "told_of",
    "traits_of",
    "was_relayed",
    "window_of",
]
