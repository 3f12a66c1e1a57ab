"""The PASSporT in an Identity header field: who calls whom, when, and how sure the operator is of the caller.

RFC 8225 (PASSporT), RFC 8224, section 4 (Identity header field), RFC 8588 ("shaken"). To check its signature takes the
certificate, which no capture holds: see `signature`.
"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import msgspec

from sipdiag.sip.lists import split_parameters

ATTESTATIONS = ("A", "B", "C")
"""Full, partial and gateway attestation (RFC 8588, section 4)."""


class Passport(msgspec.Struct, frozen=True, kw_only=True):
    """One Identity header field, as far as it can be read."""

    info: str
    """The URL of the certificate; empty when the parameter is missing."""
    ppt: str
    """The extension: `shaken`, `div`, or empty."""
    compact: bool = False
    """Whether it holds only the signature: the claims follow from the request's header fields (RFC 8225, section 7)."""
    issued: int | None = None
    """`iat`: seconds since 1970-01-01 UTC."""
    origin: str = ""
    """The caller's number or URI."""
    destinations: tuple[str, ...] = ()
    """The numbers or URIs that were called."""
    attestation: str = ""
    """`A`: the operator knows the caller and the right to the number; `B`: the caller only; `C`: neither."""
    origination: str = ""
    """`origid`: an identifier to trace the call by."""
    problems: tuple[str, ...] = ()
    """What is wrong with it, in kebab case."""


def passport_in(value: str) -> Passport:
    """The PASSporT in the value of an Identity header field; never raises."""
    token, parameters = split_parameters(value)
    info, ppt = parameters.get("info", "").strip("<>"), parameters.get("ppt", "")
    problems = [] if info else ["info-missing"]
    if parameters.get("alg", "ES256") != "ES256":
        problems.append("algorithm-unknown")
    parts = token.split(".")
    if len(parts) != 3:
        return Passport(info=info, ppt=ppt, problems=(*problems, "not-three-parts"))
    if not parts[0] and not parts[1]:
        return Passport(info=info, ppt=ppt, compact=True, problems=tuple(problems))
    header, claims = _object(parts[0]), _object(parts[1])
    if header is None or claims is None:
        return Passport(info=info, ppt=ppt, problems=(*problems, "unreadable"))
    problems += _header_problems(header, info, ppt)
    kind = str(header.get("ppt") or ppt)
    problems += _claim_problems(claims, kind)
    issued = claims.get("iat")
    return Passport(
        info=info,
        ppt=kind,
        issued=issued if isinstance(issued, int) and not isinstance(issued, bool) else None,
        origin=next(iter(_identities(claims.get("orig"))), ""),
        destinations=_identities(claims.get("dest")),
        attestation=str(claims.get("attest", "")),
        origination=str(claims.get("origid", "")),
        problems=tuple(problems),
    )


def _object(part: str) -> dict[str, Any] | None:
    """The JSON object that a part encodes; None where it is none."""
    data = base64url_decoded(part)
    if data is None:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def base64url_decoded(text: str) -> bytes | None:
    """The bytes that base64url without padding stands for (RFC 7515, section 2); None where it is not that."""
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:  # what `binascii.Error` is too
        return None


def _header_problems(header: dict[str, Any], info: str, ppt: str) -> list[str]:
    """RFC 8225, section 4: typ, alg and x5u; RFC 8224, section 4.1: the header field's parameters repeat them."""
    problems = []
    if header.get("typ") != "passport":
        problems.append("typ-wrong")
    if header.get("alg") != "ES256":
        problems.append("algorithm-unknown")
    if not header.get("x5u"):
        problems.append("x5u-missing")
    elif info and header["x5u"] != info:
        problems.append("x5u-differs-from-info")
    if ppt and header.get("ppt") != ppt:
        problems.append("ppt-differs")
    return problems


def _claim_problems(claims: dict[str, Any], kind: str) -> list[str]:
    """RFC 8225, section 5: orig, dest and iat; RFC 8588, sections 4 and 5: attest and origid."""
    problems = [f"{name}-missing" for name in ("orig", "dest", "iat") if not claims.get(name)]
    if kind == "shaken":
        if claims.get("attest") not in ATTESTATIONS:
            problems.append("attest-wrong")
        if not claims.get("origid"):
            problems.append("origid-missing")
    return problems


def _identities(claim: object) -> tuple[str, ...]:
    """The numbers and URIs of an orig or dest claim (RFC 8225, section 5.2.1)."""
    if not isinstance(claim, dict):
        return ()
    found: list[str] = []
    for name in ("tn", "uri"):
        value = claim.get(name)
        found += [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]
    return tuple(found)
