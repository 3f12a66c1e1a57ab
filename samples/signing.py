"""Signed calls between two operators in the samples: PASSporTs that look right, whose signature nobody can check."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

from conversation import REASONS, Agent, Dialog, ack_of_failure, sdp
from recording import START, Recording

REASONS |= {428: "Use Identity Header", 436: "Bad Identity Info", 437: "Unsupported Credential"}
REASONS |= {438: "Invalid Identity Header"}
INFO = "https://certificates.example.com/shaken.pem"
HERE = Agent(user="+12025550100", domain="example.com", address="192.0.2.5", software="Border 7.1")
THERE = Agent(user="+12025550177", domain="example.net", address="198.51.100.9", software="Border 7.1")

Text = dict[str, object]


def part(content: Text) -> str:
    """A JSON object as base64url without padding, its keys in order (RFC 8225, section 9)."""
    data = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def identity(at: float, *, header: Text | None = None, claims: Text | None = None, info: str = INFO) -> str:
    """The value of an Identity header field, issued `at` seconds after the recording begins."""
    head: Text = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": INFO, **(header or {})}
    body: Text = {
        "attest": "A",
        "dest": {"tn": ["12025550177"]},
        "iat": START + int(at),
        "orig": {"tn": "12025550100"},
        "origid": "123e4567-e89b-12d3-a456-426655440000",
        **(claims or {}),
    }
    token = f"{part(head)}.{part(body)}"
    signature = base64.urlsafe_b64encode(hashlib.sha512(token.encode()).digest()).decode().rstrip("=")
    return f"{token}.{signature};info=<{info}>;alg=ES256;ppt=shaken"


def called(
    wire: Recording,
    name: str,
    value: str | None,
    code: int,
    *,
    after: float = 1.0,
    caller: Agent = HERE,
    reason: str = "",
) -> None:
    """One call with this Identity, or without; one that is answered lasts ten seconds."""
    talk = Dialog(caller=caller, callee=THERE, name=name)
    fields = () if value is None else (("Identity", value),)
    invite = talk.request(caller, "INVITE", *fields, body=sdp(caller))
    wire.send(invite, caller, THERE, after=after)
    wire.send(talk.reply(invite, 100), THERE, caller)
    final = talk.reply(invite, code, body=sdp(THERE) if code == 200 else "")
    if reason:
        final = replace(final, start_line=f"SIP/2.0 {code} {reason}")
    wire.send(final, THERE, caller, after=0.4)
    if code != 200:
        wire.send(ack_of_failure(invite, final), caller, THERE)
        return
    wire.send(talk.ack(final), caller, THERE)
    bye = talk.request(caller, "BYE")
    wire.send(bye, caller, THERE, after=10)
    wire.send(talk.reply(bye, 200), THERE, caller)
