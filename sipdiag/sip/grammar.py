"""The patterns of RFC 3261, section 25.1, each under the rule it comes from.

Time is linear in the input. Where two repeats touch, the first is possessive (`++`, `*+`: it gives nothing back), and a
pattern that is searched for cannot begin twice inside one run of what its first repeat matches.
"""

from __future__ import annotations

import re
from typing import Final

# The rule: token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
TOKEN: Final = r"[A-Za-z0-9\-.!%*_+`'~]+"  # noqa: S105  (no password)

# SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT
VERSION: Final = r"[Ss][Ii][Pp]/[0-9]+\.[0-9]+"

# quoted-string = SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE
# quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F)
QUOTED_STRING: Final = r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'

# Request-Line = Method SP Request-URI SP SIP-Version CRLF
# Read loosely: blanks may be doubled, trail, or stand inside the Request-URI (RFC 4475, sections 3.1.2.7 to 3.1.2.10).
REQUEST_LINE: Final = re.compile(rf"({TOKEN}+) ++(.*)(?<= )({VERSION})[ \t]*\Z")

# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
STATUS_LINE: Final = re.compile(rf"({VERSION}) ++([0-9]++)(?: (.*))?\Z")

# What a message begins with, as bytes: empty lines before the start line are ignored (RFC 3261, section 7.5).
# A method is 64 characters at most here, or any long word would be searched for a version.
START: Final = re.compile(
    rb"[\r\n]{0,16}(?:[Ss][Ii][Pp]/[0-9]+\.[0-9]+ {1,16}[0-9]"
    rb"|[A-Za-z0-9\-.!%*_+`'~]{1,64} [^\r\n]* [Ss][Ii][Pp]/[0-9]+\.[0-9])"
)

# The same in mid-stream, to find the next message after a gap: a whole line that can hardly be anything else, and a
# header field under it (a `message/sipfrag` body, RFC 3420, has start lines too).
_CERTAIN_START: Final = (
    rb"((?:[Ss][Ii][Pp]/2\.0 [1-6][0-9][0-9]"
    rb"|[A-Z]{3,32} [^\r\n]{1,2048} [Ss][Ii][Pp]/2\.0)[^\r\n]{0,512}+\r?\n(?=[^\s:]{1,64}[ \t]{0,16}:))"
)
NEXT_START: Final = re.compile(rb"\n" + _CERTAIN_START)
THIS_OR_NEXT_START: Final = re.compile(rb"(?:\A|\n)" + _CERTAIN_START)
LONGEST_CERTAIN_START: Final = 4096
"""More bytes than those two can match or look ahead."""

# Content-Length = ( "Content-Length" / "l" ) HCOLON 1*DIGIT
CONTENT_LENGTH: Final = re.compile(
    rb"\n(?:[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh]|[Ll])[ \t]*+:(?>(?:[ \t]|\r?\n[ \t])*)([0-9]++)"
)

# message-header ends at an empty line; a bare LF is taken for CRLF.
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")

# header-name HCOLON header-value, folded lines included: LWS = [*WSP CRLF] 1*WSP
_NAME: Final = r"\n([^\s:]++)[ \t]*+:[ \t]*+"
_VALUE: Final = r"[^\r\n]*+(?>(?:\r?\n[ \t][^\r\n]*+)*)"
HEADER_NAME: Final = re.compile(_NAME)
FIELD_VALUE: Final = re.compile(_VALUE)
HEADER_FIELD: Final = re.compile(f"{_NAME}({_VALUE})")

# via-parm = sent-protocol LWS sent-by *( SEMI via-params )
# sent-protocol = protocol-name SLASH protocol-version SLASH transport; blanks may stand around each slash and colon.
VIA: Final = re.compile(
    r"[ \t]*+([^\s/;,]++)[ \t]*+/[ \t]*+([^\s/;,]++)[ \t]*+/[ \t]*+([^\s/;,]++)[ \t]++"
    r"(\[[^\]\s]*+\]|[^\s:;,\[]++)(?:[ \t]*+:[ \t]*+([0-9]{1,10}))?([^,]*)"
)

# The same as nearly everybody writes it: sent-by, its port with the colon, and the branch in one look.
PLAIN_VIA: Final = re.compile(
    r"SIP/2\.0/[A-Z]++ ([A-Za-z0-9.-]++)(:[0-9]{1,10})?(?:;rport(?:=[0-9]*+)?)?;branch=([^\s;,]++)"
)

# via-branch = "branch" EQUAL token
BRANCH: Final = re.compile(r";[ \t]*[Bb][Rr][Aa][Nn][Cc][Hh][ \t]*=[ \t]*([^\s;,]+)")

# tag-param = "tag" EQUAL token
TAG: Final = re.compile(r";[ \t]*[Tt][Aa][Gg][ \t]*=[ \t]*([^\s;,]+)")

# CSeq = "CSeq" HCOLON 1*DIGIT LWS Method
CSEQ: Final = re.compile(rf"([0-9]{{1,200}})[ \t]+({TOKEN})[ \t]*\Z")

# Compact forms: RFC 3261 section 20, RFC 3515 (Refer-To), RFC 3892 (Referred-By), RFC 4028 (Session-Expires),
# RFC 6665 (Event, Allow-Events), RFC 3841 (Accept-Contact, Reject-Contact, Request-Disposition), RFC 8224 (Identity).
COMPACT: Final = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}

MAGIC_COOKIE: Final = "z9hG4bK"
"""A branch that begins so is unique across space and time (RFC 3261, section 8.1.1.7)."""
