"""Duties: what one message obliges somebody to send, and what became of it.

A duty is one entry of the ledger: a message opens it, and one of five outcomes closes it, of which the last is that the
capture cannot tell. The rules read the entries; what an entry says depends on no rule.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec
from msgspec.structs import replace

from sipdiag.calls.passage import Passage
from sipdiag.calls.session import Exchange
from sipdiag.calls.transaction import SECOND, T1, T2, TIMEOUT
from sipdiag.trace import Sighting


class Outcome(Enum):
    """How a duty ended."""

    DONE = "done"
    LATE = "late"
    """Done, but after its time, or after the other side had to ask again."""
    WRONG = "wrong"
    """Something was sent for it that does not fulfil it."""
    UNDONE = "undone"
    UNKNOWN = "unknown"
    """The capture cannot show it; `reason` says why."""


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every duty of a kind."""

    section: str
    """Where the duty stands."""
    timer: str = ""
    """The timer that runs against the debtor; empty where the RFC sets none."""
    within: int | None = None
    """Nanoseconds that the timer gives; without a timer, more than anybody needs. None: there is no limit."""
    never: frozenset[Outcome] = frozenset()
    """The outcomes that a duty of this kind cannot have."""


AT_ONCE: Final = 2 * SECOND
"""Within this time a client tries again by itself, where it has the password or knows what was refused."""
LADDER_END: Final = TIMEOUT - T2 - T1
"""27.5 s: of a ladder of retransmissions that lasts as long, at most the last is missing."""
GAVE_UP: Final = (TIMEOUT - 2 * SECOND, TIMEOUT + 4 * SECOND)
"""So long (at least, at most) after its response a callee gives up that has waited 64*T1 in vain for ACK or PRACK."""
_NO_LATE: Final = frozenset({Outcome.LATE})
_NO_UNDONE: Final = frozenset({Outcome.UNDONE})
_ONLY_LEFT_OFF: Final = frozenset({Outcome.LATE, Outcome.UNDONE})
_NO_WRONG: Final = frozenset({Outcome.WRONG})
_RETRY: Final = "RFC 3261, section 8.1.3.5"

LAWS: Final[dict[str, Law]] = {
    "ack-2xx": Law(section="RFC 3261, section 13.2.2.4", timer="64*T1", within=TIMEOUT),
    "ack-failure": Law(section="RFC 3261, section 17.1.1.3", timer="H", within=TIMEOUT),
    "prack": Law(section="RFC 3262, section 4", timer="64*T1", within=TIMEOUT),
    "answer": Law(section="RFC 3261, section 13.2.1", never=_NO_LATE),
    "answer-in-ack": Law(section="RFC 3261, section 13.2.2.4", timer="64*T1", within=TIMEOUT, never=_NO_WRONG),
    "cancel-final": Law(section="RFC 3261, section 9.2", timer="F", within=TIMEOUT),
    "cancel-invite": Law(section="RFC 3261, section 9.2", timer="64*T1", within=TIMEOUT),
    "cancel-bye": Law(section="RFC 3261, section 15", within=TIMEOUT, never=_NO_WRONG),
    "bye": Law(section="RFC 3261, section 15.1.2", timer="F", within=TIMEOUT),
    "glare": Law(section="RFC 3261, section 14.1", timer="491", within=4 * SECOND),
    "notify-subscribe": Law(section="RFC 6665, section 4.2.1.2", timer="N", within=TIMEOUT),
    "notify-refer": Law(section="RFC 3515, section 2.4.4", timer="N", within=TIMEOUT),
    "notify-final": Law(section="RFC 6665, section 4.2.2", timer="F", within=TIMEOUT),
    "credentials": Law(section="RFC 3261, section 22.2", within=AT_ONCE),
    "extension": Law(section=_RETRY, within=AT_ONCE),
    "media-type": Law(section=_RETRY, within=AT_ONCE),
    "method": Law(section=_RETRY, within=TIMEOUT, never=_ONLY_LEFT_OFF),
    "event": Law(section="RFC 6665, section 4.1.2.1", within=TIMEOUT, never=_ONLY_LEFT_OFF),
    "session-interval": Law(section="RFC 4028, section 7.3", within=AT_ONCE),
    "interval": Law(section="RFC 3261, section 10.3", within=TIMEOUT),
    "retry-after": Law(section="RFC 3261, section 21.5.4", timer="Retry-After", never=_NO_UNDONE),
}
"""Kind of duty → its law."""
DEMANDS: Final = {
    401: "credentials",
    405: "method",
    407: "credentials",
    415: "media-type",
    420: "extension",
    422: "session-interval",
    423: "interval",
    489: "event",
    503: "retry-after",
}
"""Status code of a refusal → the kind of duty that it lays on the client."""


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ledger."""

    kind: str
    """What is due: a key of `LAWS`."""
    trigger: Sighting
    """The message that lays the duty, where it was seen nearest to its sender."""
    debtor: str
    """`host:port` of the side that owes it, at the hop farthest from that sender."""
    outcome: Outcome
    reason: str = ""
    """How it went undone or wrong, or why nobody can tell: the name of a variant of the rule's messages."""
    repeats: list[Sighting] = []
    """The messages by which the other side asked again, or by which the debtor broke the duty before it was done."""
    fulfilled_by: Sighting | None = None
    """The message that fulfils the duty, or was meant to."""
    timed_out: bool = False
    """Whether the other side asked until its timer ran out: proof that nothing reached it."""
    target: str = ""
    """Where the message that is due should go: a URI, or `host:port`."""
    followed_by: Sighting | None = None
    """What came instead and ended the matter, such as the BYE of a callee that gave up."""
    passage: Passage | None = None
    """Where a request lays the duty: that request at every hop."""
    exchange: Exchange | None = None
    """Where an offer lays the duty: the offer and what became of it, at one hop."""
    allowed: int | None = None
    """Nanoseconds that this debtor has, where the law does not say: see `deadline`."""

    @property
    def law(self) -> Law:
        """What holds for every duty of its kind."""
        return LAWS[self.kind]

    @property
    def deadline(self) -> int | None:
        """Until when it is to be done, in nanoseconds after 1970; None where there is no limit."""
        within = self.law.within if self.allowed is None else self.allowed
        return None if within is None else self.trigger.time + within

    @property
    def closed_by(self) -> Sighting | None:
        """The message that closed it; None where only time did, or the end of the capture."""
        return self.fulfilled_by or self.followed_by

    def ended(self, outcome: Outcome, reason: str = "", *, by: Sighting | None = None) -> Duty:
        """The same duty with this outcome, fulfilled `by` a message if any."""
        return replace(self, outcome=outcome, reason=reason, fulfilled_by=by)
