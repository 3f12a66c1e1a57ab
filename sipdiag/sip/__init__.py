"""Bytes → `Request` and `Response`, sans-IO (RFC 3261).

The door of the room: `parse` gives the message in a datagram, `Framer` the messages in a stream, `begins_message` says
whether bytes look like one; `defects` says what is wrong with a message, `refusable` whether a receiver may refuse it.
"""

from __future__ import annotations

from sipdiag.sip.framing import LARGEST_BODY, LARGEST_HEAD, Frame, Framer
from sipdiag.sip.grammar import MAGIC_COOKIE
from sipdiag.sip.kinds import INVALID, NOTEWORTHY
from sipdiag.sip.lists import split_list, split_parameters
from sipdiag.sip.message import Message, Request, Response, begins_message, parse
from sipdiag.sip.passport import Passport, passport_in
from sipdiag.sip.signature import Certificate, Signature, check_certificate, signature_of
from sipdiag.sip.uri import NameAddr, Uri, parse_name_addr, parse_uri, uri_in
from sipdiag.sip.validity import defects, refusable

__all__ = [
    "INVALID",
    "LARGEST_BODY",
    "LARGEST_HEAD",
    "MAGIC_COOKIE",
    "NOTEWORTHY",
    "Certificate",
    "Frame",
    "Framer",
    "Message",
    "NameAddr",
    "Passport",
    "Request",
    "Response",
    "Signature",
    "Uri",
    "begins_message",
    "check_certificate",
    "defects",
    "parse",
    "parse_name_addr",
    "parse_uri",
    "passport_in",
    "refusable",
    "signature_of",
    "split_list",
    "split_parameters",
    "uri_in",
]
