"""Outages of a registration: runs of refused REGISTERs, and what each refusal was about (RFC 3261, section 22.1).

A server that turns credentials down "may repeat its challenge, or it may respond with a 403". Whether the password, the
realm or only the nonce was at fault follows from the challenges before and the credentials that answered them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Final

import msgspec

from sipdiag.calls.authentication import Challenge, Credentials, challenges_in, credentials_in
from sipdiag.calls.registration import Registration, carries_credentials, granted_expires
from sipdiag.calls.transaction import SECOND, Transaction, status
from sipdiag.sip import Response
from sipdiag.trace import Sighting

AT_ONCE: Final = 5 * SECOND
"""A client that answers a new nonce within this time does so by itself: nobody typed another password."""
_OF_NONCE: Final = re.compile(r"\bnonce\b|\bstale\b", re.IGNORECASE)
_OF_CREDENTIALS: Final = re.compile(r"\bpassw|\bcredential|\bdigest\b|\bauth\w* fail|\bwrong auth", re.IGNORECASE)


class Cause(Enum):
    """What a refusal was about."""

    NONCE = "nonce"
    """The nonce was too old; the password was not even looked at, or it was right."""
    REALM = "realm"
    """The credentials were for another realm than that of the challenge."""
    CREDENTIALS = "credentials"
    """The user name or the password was wrong."""
    OTHER = "other"
    """It was about the account, the registrar or the network: see the status code."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One refused REGISTER."""

    transaction: Transaction
    final: Sighting
    cause: Cause
    stated: bool
    """Whether the server said what was at fault: `stale=true`, or its own words."""
    nonce_age: int | None = None
    """Nanoseconds from the challenge that gave the nonce to the REGISTER that used it; None when it was not seen."""

    @property
    def code(self) -> int:
        """The status code."""
        return status(self.final)


class Outage(msgspec.Struct, kw_only=True):
    """A run of refused REGISTERs, until one succeeded or the capture ended."""

    refusals: list[Refusal]
    recovered: Sighting | None = None
    """The 2xx that ended it, of this Call-ID or of a new one of the same client for the same address."""
    expired_before: bool = True
    """Whether the last binding had run out before the outage ended."""

    def of(self, *causes: Cause) -> list[Refusal]:
        """The refusals that one of `causes` explains."""
        return [each for each in self.refusals if each.cause in causes]


def outages_of(registration: Registration, accepted: Callable[[], Sequence[Sighting]] = tuple) -> list[Outage]:
    """The outages of `registration`; a 2xx under another Call-ID, which `accepted` gives, may have ended the last."""
    attempts = registration.attempts
    if not any(map(_may_refuse, attempts)):
        return []
    outages = list(_outages(attempts))
    if outages and outages[-1].recovered is None:
        outages[-1].recovered = next_after(outages[-1].refusals[-1].final.time, accepted())
    return outages


def next_after(time: int, accepted: Sequence[Sighting]) -> Sighting | None:
    """The first of `accepted`, which come in the order of time, after `time`."""
    at = bisect_right(accepted, time, key=lambda each: each.time)
    return accepted[at] if at < len(accepted) else None


def _may_refuse(attempt: Transaction) -> bool:
    """Whether it may be a refusal: a cheap test, which all REGISTERs of a healthy registration fail."""
    code = status(attempt.final) if attempt.final is not None else 0
    return code >= 300 and (code not in (401, 407) or carries_credentials(attempt))


def _outages(attempts: Sequence[Transaction]) -> Iterator[Outage]:
    current: Outage | None = None
    bound: Transaction | None = None
    asked: dict[str, Challenge] = {}
    issued: dict[str, int] = {}
    worked: set[tuple[str, str]] = set()
    for index, attempt in enumerate(attempts):
        final = attempt.final
        if final is None:
            continue
        if status(final) < 300:
            if current is not None:
                current.recovered, current.expired_before = final, _expired(bound, final.time)
                yield current
                current = None
            bound = attempt
            worked.update((each.username, each.nonce) for each in credentials_in(attempt.request))
            continue
        asks = challenges_in(final) if status(final) in (401, 407) else []
        refusal = _refusal(attempt, final, asks, asked, attempts[index + 1 : index + 2], worked)
        if refusal is not None:
            current = current or Outage(refusals=[])
            current.expired_before = _expired(bound, final.time)
            current.refusals.append(_aged(refusal, issued))
        for challenge in asks:
            asked[challenge.realm] = challenge
            issued[challenge.nonce] = final.time
    if current is not None:
        yield current


def _expired(bound: Transaction | None, time: int) -> bool:
    """Whether what the last accepted REGISTER bound had run out by `time`."""
    if bound is None or bound.final is None:
        return True
    return time > bound.final.time + (granted_expires(bound) or 0) * SECOND


def _aged(refusal: Refusal, issued: dict[str, int]) -> Refusal:
    """`refusal` with the age that its nonce had when it was used."""
    if not issued:
        return refusal
    used = credentials_in(refusal.transaction.request)
    since = next((issued[each.nonce] for each in used if each.nonce in issued), None)
    if since is None or since > refusal.transaction.time:
        return refusal
    return msgspec.structs.replace(refusal, nonce_age=refusal.transaction.time - since)


def _refusal(
    attempt: Transaction,
    final: Sighting,
    asks: list[Challenge],
    asked: dict[str, Challenge],
    following: Sequence[Transaction],
    worked: set[tuple[str, str]],
) -> Refusal | None:
    """The refusal that a final response from 300 on is; None for a mere challenge, and for a 423 (section 10.2.8)."""
    message = final.message
    if status(final) == 423 or not isinstance(message, Response):
        return None
    given = credentials_in(attempt.request)
    if not given and message.status in (401, 407):
        return None
    words = " ".join([message.reason, *message.fields("warning")])
    cause: Cause | None = Cause.OTHER
    stated = True
    if given and _OF_NONCE.search(words):
        cause = Cause.NONCE
    elif given and _OF_CREDENTIALS.search(words):
        cause = Cause.CREDENTIALS
    elif message.status in (401, 407):
        cause, stated = _cause_of_challenge(given, final, asks, asked, following, worked)
    return None if cause is None else Refusal(transaction=attempt, final=final, cause=cause, stated=stated)


def _cause_of_challenge(
    given: list[Credentials],
    final: Sighting,
    asks: list[Challenge],
    asked: dict[str, Challenge],
    following: Sequence[Transaction],
    worked: set[tuple[str, str]],
) -> tuple[Cause | None, bool]:
    """Why credentials were challenged again, and whether the server said so."""
    if not asks:
        return Cause.CREDENTIALS, False
    realms = {each.realm for each in asks}
    mine = next((each for each in given if each.realm in realms), None)
    if mine is None:
        # Credentials for a proxy, and the first challenge of the registrar behind it: nothing is refused yet.
        return (Cause.REALM if realms & asked.keys() else None), False
    if any(each.stale for each in asks if each.realm == mine.realm):
        return Cause.NONCE, True
    before = asked.get(mine.realm)
    if before is not None and before.nonce != mine.nonce:
        return Cause.NONCE, False  # a newer nonce had been given out
    if (mine.username, mine.nonce) in worked and mine.nonce not in {each.nonce for each in asks}:
        return Cause.NONCE, False  # the same credentials were good before
    if any(_accepted_at_once(each, final, mine.username) for each in following):
        return Cause.NONCE, False
    # Credentials kept from before the capture: how old their nonce was, nobody knows.
    return (None if before is None else Cause.CREDENTIALS), False


def _accepted_at_once(attempt: Transaction, refusal: Sighting, username: str) -> bool:
    """Whether the very next REGISTER, of the same user and too soon for a new password, was accepted."""
    request, final = attempt.request, attempt.final
    if request is None or final is None or status(final) >= 300 or request.time - refusal.time > AT_ONCE:
        return False
    return any(each.username == username for each in credentials_in(request))
