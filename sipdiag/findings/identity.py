"""What the Identity header fields of a call say, compared with the call itself (RFC 8224, section 6.2)."""

from __future__ import annotations

import msgspec

from sipdiag.calls import SECOND, Call, Transaction, number_in, reason_phrase, status
from sipdiag.findings.finding import Evidence
from sipdiag.findings.settings import Settings
from sipdiag.sip import Passport, Request, Signature, parse_name_addr, parse_uri, passport_in, signature_of
from sipdiag.trace import Sighting

SHORTEST = 7
"""Numbers with at least so many digits are one if one ends with the other: it may lack the country code."""
REFUSALS = frozenset({403, 428, 436, 437, 438})
"""Status codes by which a verifier refuses (RFC 8224, section 6.2.2); 403 only where its reason phrase says so."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One PASSporT of a call, where it was seen first."""

    passport: Passport
    value: str
    """The value of the Identity header field."""
    transaction: Transaction
    """The INVITE that carries it."""
    request: Sighting
    refusal: Sighting | None
    """The response by which a verifier refused it; None where none did."""

    @property
    def age_s(self) -> int | None:
        """Seconds from its `iat` to its sighting, negative when that lies in the future; None without `iat`."""
        issued = self.passport.issued
        return None if issued is None else self.request.time // SECOND - issued

    @property
    def facts(self) -> Evidence:
        """What every finding on it says; a frame or code is 0 where there is none."""
        return {
            "request_frame": self.request.frame,
            "source": self.request.source,
            "destination": self.request.destination,
            "info": self.passport.info,
            "ppt": self.passport.ppt,
            "attestation": self.passport.attestation,
            "origid": self.passport.origination,
            "refusal_frame": 0 if self.refusal is None else self.refusal.frame,
            "refusal_code": 0 if self.refusal is None else status(self.refusal),
            "final_code": 0 if self.transaction.final is None else status(self.transaction.final),
        }


def claims_of(call: Call) -> list[Claim]:
    """The PASSporTs of the INVITEs that opened `call`, each once."""
    found: dict[str, Claim] = {}
    for attempt in call.attempts:
        for hop in attempt.hops:
            request = hop.request
            for value in request.message.fields("identity") if request is not None else ():
                if request is not None and value not in found:
                    found[value] = Claim(
                        passport=passport_in(value),
                        value=value,
                        transaction=hop,
                        request=request,
                        refusal=_refusal(hop),
                    )
    return list(found.values())


def signature_in(claim: Claim, settings: Settings) -> Signature:
    """What the signature of a PASSporT is worth, as far as certificates were given."""
    if not settings.certificates or claim.passport.problems:
        return Signature.UNCHECKED
    moment = claim.passport.issued or claim.request.time // SECOND
    return signature_of(claim.value, claim.passport.info, settings.certificates, moment)


def mismatches(claim: Claim) -> dict[str, tuple[str, list[str]]]:
    """`orig` or `dest` → what the PASSporT says and what the request says, where these are not the same number."""
    passport, message = claim.passport, claim.request.message
    if passport.compact or passport.ppt not in ("", "shaken"):
        return {}  # `div` speaks of another call, and others of no numbers
    callers = _numbers(message.fields("p-asserted-identity") + message.fields("from"))
    callees = _numbers(message.fields("to"))
    if isinstance(message, Request):
        callees += [number for number in [number_in(parse_uri(message.uri).user)] if number]
    found: dict[str, tuple[str, list[str]]] = {}
    origin = number_in(passport.origin)
    if origin and callers and not any(_same(origin, number) for number in callers):
        found["orig"] = (passport.origin, callers)
    dialled = [number for number in map(number_in, passport.destinations) if number]
    if dialled and callees and not any(_same(one, other) for one in dialled for other in callees):
        found["dest"] = (dialled[0], list(dict.fromkeys(callees)))
    return found


def _numbers(values: list[str]) -> list[str]:
    numbers = (number_in(parse_name_addr(value).uri.user) for value in values)
    return list(dict.fromkeys(number for number in numbers if number))


def _same(one: str, other: str) -> bool:
    """Whether two numbers may be one: written with the country code or without (RFC 8224, section 8.3)."""
    shorter, longer = sorted((one.lstrip("+").lstrip("0"), other.lstrip("+").lstrip("0")), key=len)
    return shorter == longer or (len(shorter) >= SHORTEST and longer.endswith(shorter))


def _refusal(transaction: Transaction) -> Sighting | None:
    final = transaction.final
    if final is None or status(final) not in REFUSALS:
        return None
    reason = reason_phrase(final).lower()
    return final if status(final) != 403 or "stale" in reason or "identity" in reason else None
