"""What can be wrong with a message: every `Defect.kind` of this room, with its law.

`INVALID` names what lets a receiver refuse a request (400, 505) or drop a response; `NOTEWORTHY` what a receiver
ignores: RFC 3261, section 8.2, has a UAS ignore malformed header fields that it does not need.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INVALID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address-brackets-missing": "a URI with comma, question mark or semicolon, or a route, needs <> (RFC 3261, 20)",
        "address-malformed": "neither name-addr nor addr-spec (RFC 3261, 25.1)",
        "branch-empty": "the branch is the magic cookie and nothing else (RFC 3261, 8.1.1.7; RFC 4475, 3.2.1)",
        "bracket-unbalanced": "an angle bracket without its counterpart (RFC 3261, 25.1)",
        "content-length-malformed": "Content-Length is no number (RFC 3261, 20.14)",
        "content-length-missing": "a message in a stream must say where it ends (RFC 3261, 20.14)",
        "content-length-too-large": "the body ends before the stated length (RFC 3261, 18.3)",
        "content-type-missing": "a body without Content-Type (RFC 3261, 20.15)",
        "cseq-malformed": "CSeq is not a number and a method (RFC 3261, 20.16)",
        "cseq-method-mismatch": "CSeq names another method than the request (RFC 3261, 8.1.1.5)",
        "cseq-too-large": "the sequence number is 2^31 or more (RFC 3261, 8.1.1.5)",
        "display-name-unquoted": "a display name that is not made of tokens needs quotes (RFC 3261, 25.1)",
        "head-unterminated": "no empty line ends the header fields (RFC 3261, 7)",
        "header-missing": "a header field without which the message belongs to nothing (RFC 3261, 8.1.1)",
        "header-repeated": "a header field that must occur once occurs twice, with different values (RFC 3261, 7.3.1)",
        "list-element-empty": "a comma list with nothing between or around its commas (RFC 3261, 7.3.1)",
        "max-forwards-out-of-range": "Max-Forwards is no number from 0 to 255 (RFC 3261, 20.22)",
        "parameter-empty": "a semicolon with no parameter behind it (RFC 3261, 25.1; RFC 4475, 3.1.2.1)",
        "quote-unbalanced": "a quoted string without its end (RFC 3261, 25.1)",
        "request-uri-blanks": "blanks inside the Request-URI (RFC 3261, 7.1)",
        "request-uri-bracketed": "angle brackets around the Request-URI (RFC 3261, 7.1)",
        "request-uri-headers": "header fields in the Request-URI (RFC 3261, 19.1.1, table 1)",
        "start-line-blanks": "not exactly one space between the parts of the start line (RFC 3261, 7.1)",
        "status-code-out-of-range": "the status code is not 100 to 699 (RFC 3261, 7.2)",
        "uri-blanks": "blanks inside the angle brackets of an address (RFC 3261, 25.1)",
        "uri-malformed": "a character in a URI that must be escaped, or no URI at all (RFC 3261, 19.1 and 25.1)",
        "version-unsupported": "a SIP version other than 2.0 (RFC 3261, 7.1 and 21.5.6)",
        "via-malformed": "Via is not protocol, host and parameters (RFC 3261, 20.42)",
    }
)

NOTEWORTHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "branch-missing": "Via without branch, as before RFC 3261 (8.1.1.7)",
        "branch-without-cookie": "a branch that does not begin with z9hG4bK, as before RFC 3261 (8.1.1.7)",
        "call-id-malformed": "characters that a Call-ID may not have (RFC 3261, 20.8 and 25.1)",
        "content-length-too-small": "bytes behind the stated length, to be discarded (RFC 3261, 18.3)",
        "content-type-malformed": "Content-Type is not type/subtype (RFC 3261, 20.15)",
        "date-malformed": "Date is not of the one form allowed, which ends in GMT (RFC 3261, 20.17)",
        "header-line-malformed": "a line that is no header field (RFC 3261, 7.3.1)",
        "header-omitted": "a header field that its RFC demands and receivers do without (RFC 3261, 20, table 2)",
        "header-redundant": "a single-valued header field twice; nothing hangs on which counts (RFC 3261, 7.3.1)",
        "line-end-not-crlf": "lines that end in LF or CR alone (RFC 3261, 7)",
        "multipart-malformed": "a multipart body without boundary, or without its last one (RFC 2046, 5.1.1)",
        "number-malformed": "not a number where one belongs (RFC 3261, 25.1)",
        "number-too-large": "a number of seconds of 2^32 or more, to be read as the default (RFC 3261, 10.2 and 20.19)",
        "parameter-malformed": "a header parameter with characters that need quotes (RFC 3261, 25.1)",
        "status-line-short": "no space behind the status code, where even an empty reason has one (RFC 3261, 7.2)",
        "tag-missing": "From, or To of a response, without tag, as before RFC 3261 (8.1.1.3 and 8.2.6.2)",
        "text-not-utf-8": "bytes that are not UTF-8 (RFC 3261, 7)",
        "warning-malformed": "Warning is not code, agent and quoted text (RFC 3261, 20.43)",
    }
)
