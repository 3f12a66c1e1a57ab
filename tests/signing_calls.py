"""INVITEs with a PASSporT, for the tests of identity."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from exchange import SECOND, START

if TYPE_CHECKING:
    from exchange import Exchange
    from sipdiag.trace import Sighting

INFO = "https://certificates.example.com/shaken.pem"
ISSUED = START // SECOND


def part(content: object) -> str:
    """JSON as base64url without padding."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def identity(header: dict[str, object] | None = None, *, parameters: str | None = None, **claims: object) -> str:
    """The value of an Identity header field; a claim that is None is left out."""
    head = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": INFO} | (header or {})
    body: dict[str, object] = {"orig": {"tn": "12025550100"}, "dest": {"tn": ["12025550199"]}, "iat": ISSUED}
    body |= {"attest": "A", "origid": "1"} | claims
    kept = {name: value for name, value in body.items() if value is not None}
    return f"{part(head)}.{part(kept)}.c2ln;" + (parameters or f"info=<{INFO}>;alg=ES256;ppt=shaken")


def called(
    talk: Exchange, value: str | None, code: int = 200, *, at: float = 0, reason: str = "Reason", fields: str = ""
) -> Sighting:
    field = "" if value is None else f"Identity: {value}\r\n"
    call_id = f"call-{len(talk.sightings)}"
    invite = talk.request("INVITE", at, fields=field + fields, call_id=call_id, branch=call_id)
    final = talk.response(code, invite, at + 1, reason=reason, fields="Contact: <sip:callee@203.0.113.20>\r\n")
    talk.request("ACK", at + 1.1, call_id=call_id, branch=f"ack-{call_id}" if code < 300 else call_id, to_tag="callee")
    return final
