"""The same grammar read strictly, to say what is wrong with a value (RFC 3261, section 25.1).

Every repeat is possessive: a value is looked at once, whether it fits or not.
"""

from __future__ import annotations

import re
from typing import Final

from sipdiag.sip.grammar import QUOTED_STRING
from sipdiag.sip.grammar import TOKEN as LOOSE_TOKEN

TOKEN: Final = f"{LOOSE_TOKEN}+"
ESCAPED: Final = "%[0-9A-Fa-f]{2}"
UNRESERVED: Final = r"A-Za-z0-9\-_.!~*'()"

# host = hostname / IPv4address / IPv6reference; underscores are no host name's, but names in use have them
HOST: Final = r"(?:\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._\-]++)"

# generic-param = token [ EQUAL gen-value ]
# gen-value = token / host / quoted-string; via-received may be an IPv6address without brackets
PARAMETER: Final = rf"{TOKEN}(?>(?:[ \t]*+=[ \t]*+(?:[A-Za-z0-9\-.!%*_+`'~:\[\]]++|{QUOTED_STRING}))?)"
PARAMETERS: Final = rf"(?>(?:[ \t]*+;[ \t]*+{PARAMETER})*)[ \t]*+"

# SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ]
# userinfo = ( user / telephone-subscriber ) [ ":" password ] "@"
# user-unreserved = "&" / "=" / "+" / "$" / "," / ";" / "?" / "/"
# param-unreserved = "[" / "]" / "/" / ":" / "&" / "+" / "$"
# hnv-unreserved = "[" / "]" / "/" / "?" / ":" / "+" / "$"
SIP_URI: Final = re.compile(
    rf"[Ss][Ii][Pp][Ss]?+:"
    rf"(?>(?:(?>(?:[{UNRESERVED}&=+$,;?/]|{ESCAPED})+)(?>(?::(?>(?:[{UNRESERVED}&=+$,]|{ESCAPED})*))?)@)?)"
    rf"{HOST}(?>(?::[0-9]{{1,5}}+)?)"
    rf"(?>(?:;(?>(?:[{UNRESERVED}\[\]/:&+$]|{ESCAPED})+)(?>(?:=(?>(?:[{UNRESERVED}\[\]/:&+$]|{ESCAPED})+))?))*)"
    rf"(?>(?P<headers>\?(?>(?:[{UNRESERVED}\[\]/?:+$&=]|{ESCAPED})+))?)"
)

# absoluteURI = scheme ":" ( hier-part / opaque-part ), told by its scheme and by the absence of delimiters
ABSOLUTE_URI: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*+:[^\s<>"]++')

# name-addr = [ display-name ] LAQUOT addr-spec RAQUOT
# display-name = *(token LWS) / quoted-string; no LWS before "<" is valid too (RFC 4475, section 3.1.1.6)
NAME_ADDR: Final = re.compile(
    rf"(?:{QUOTED_STRING}[ \t]*+|(?>(?:{TOKEN}[ \t]*+)*))<(?P<uri>[^<>\s]*+)>(?P<parameters>{PARAMETERS})", re.DOTALL
)

# addr-spec without brackets: a comma, question mark or semicolon ends it or is wrong (RFC 3261, section 20)
ADDR_SPEC: Final = re.compile(rf'(?P<uri>[^\s<>"?,;]++)(?P<parameters>{PARAMETERS})', re.DOTALL)

# A quoted string, or an unclosed one up to the end: so a search never looks at a text twice. The group is its end.
QUOTED: Final = re.compile(r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)\\?("?)', re.DOTALL)
DISPLAY_TOKENS: Final = re.compile(rf"[ \t]*+(?>(?:{TOKEN}[ \t]*+)*)")
EMPTY_PARAMETER: Final = re.compile(r";[ \t]*+(?:;|\Z)")

# via-parm = sent-protocol LWS sent-by *( SEMI via-params )
VIA_HEAD: Final = re.compile(
    rf"{TOKEN}[ \t]*+/[ \t]*+{TOKEN}[ \t]*+/[ \t]*+{TOKEN}[ \t]++{HOST}(?>(?:[ \t]*+:[ \t]*+[0-9]{{1,5}}+)?)"
)
ONLY_PARAMETERS: Final = re.compile(PARAMETERS, re.DOTALL)

# callid = word [ "@" word ]
_WORD: Final = r"""[A-Za-z0-9\-.!%*_+`'~()<>:\\"/\[\]?{}]++"""
CALL_ID: Final = re.compile(rf"{_WORD}(?>(?:@{_WORD})?)")

# CSeq = 1*DIGIT LWS Method
CSEQ: Final = re.compile(rf"0*+([0-9]*+)(?<=[0-9])[ \t]++{TOKEN}")

# delta-seconds = 1*DIGIT, then what Retry-After, Session-Expires and their like let follow
NUMBER: Final = re.compile(r"0*+([0-9]*+)(?<=[0-9])[ \t]*+(?:[;(].*)?", re.DOTALL)

# SIP-date = rfc1123-date = wkday "," SP date1 SP time SP "GMT"
DATE: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)

# warning-value = warn-code SP warn-agent SP warn-text; warn-code = 3DIGIT
WARNING: Final = re.compile(rf"[0-9]{{3}} [^\s\"]++ {QUOTED_STRING}", re.DOTALL)

# media-type = m-type SLASH m-subtype *(SEMI m-parameter)
MEDIA_TYPE: Final = re.compile(rf"{TOKEN}[ \t]*+/[ \t]*+{TOKEN}[ \t]*+(?:;.*)?", re.DOTALL)

# message-header = header-name HCOLON header-value: a line that is none, and no folded rest of one
NO_HEADER_FIELD: Final = re.compile(r"\n(?![ \t]|[^\s:]++[ \t]*+:)([^\r\n]*+)")
