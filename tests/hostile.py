"""Captures whose text attacks whatever shows it."""

from __future__ import annotations

import re

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import analysis_of_bytes
from sipdiag.analysis import Analysis

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""What steers terminals, browsers and editors, or is no text at all."""

ATTACKS = (
    "\x1b]0;owned\x07",
    "\u202eevil\u2066",
    "::error file=x::y",
    "##[add-mask]x",
    "%0A::stop-commands::z",
    "<script>alert(1)</script>",
    "]]><!DOCTYPE x>&amp;&quot;",
    "=cmd|'/c'!A0",
    "`|[x](javascript:1)",
    "\ufffe\uffff\x0b\ud7ff",
    "{code}{0.__class__}",
)


def hostile_analysis() -> Analysis:
    """Calls refused in hostile words: in the reason phrase, in Call-ID, in the parties, in Warning and Server."""
    talk = Exchange()
    for number, attack in enumerate(ATTACKS):
        call_id = f"c{number}{attack}@x"
        names = {"call_id": call_id, "branch": f"b{number}", "from_tag": f"t{number}"}
        uri = f'sip:"{attack}"@example.com'
        invite = talk.request("INVITE", number, uri=uri, fields=f"Contact: <sip:{attack}@192.168.0.1>\r\n", **names)
        fields = f'Warning: 399 x "{attack}"\r\nServer: {attack}\r\nReason: Q.850;cause=21;text="{attack}"\r\n'
        talk.response(403, invite, number + 0.1, reason=f"No {attack}", fields=fields)
    return analysis_of_bytes(capture_of(talk))


def bytes_that_are_no_text() -> Analysis:
    """One response with every byte there is."""
    every = bytes(each for each in range(256) if each not in b"\r\n")
    return analysis_of_bytes(
        capture_of_payloads(
            [
                b"SIP/2.0 403 No "
                + every
                + b"\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx\r\nCall-ID: "
                + every.replace(b" ", b"")
                + b"\r\nCSeq: 1 INVITE\r\nFrom: <sip:a@x>;tag=1\r\n"
                + b"To: <sip:b@x>;tag=2\r\n\r\n"
            ]
        )
    )
