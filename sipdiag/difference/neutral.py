"""Text of a message without what differs in every run: Call-IDs, tags, branches, CSeq numbers, nonces, dates, ports.

What a run made up is not only left out where it belongs, but wherever else it stands: a Call-ID in Replaces, a tag in
Refer-To, an address of this run's network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sipdiag.findings import without_ports
from sipdiag.trace import Sighting

UNTOLD = frozenset({"call-id", "content-length", "date", "timestamp", "rseq", "rack", "session-id", "identity"})
"""Header fields of which only counts whether they are there, in lower case."""
DIGEST = frozenset(
    {"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "authentication-info"}
)
_MADE_UP = re.compile(r'(?i)\b(nonce|cnonce|nextnonce|response|rspauth|opaque|nc)\s*=\s*("[^"]*"|[^\s,;]+)')
_PARAMETER = re.compile(r"(?i);\s*(tag|branch|received|rport|to-tag|from-tag|icid-value)(?:=(?:\"[^\"]*\"|[^\s;,>]*))?")
_WORD = re.compile(r"(?:(?!%3[BDbd])[^\s;,=<>\"])+")
"""What may be a value that a run made up; in a URI's headers `;` and `=` are escaped (RFC 3261, section 19.1.1)."""
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_TOKEN = re.compile(r"\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,}\b")
"""A hexadecimal number that nobody chose; a telephone number is a number of ten digits, hardly of twelve or more."""
_NUMBER = re.compile(r"(?<![+\w])\d{10,}(?![\w@])")
_INVALID = re.compile(r"[\w.-]+\.invalid\b")
_USER = re.compile(r"(?i)(sips?:)([^@\s<>,;]*)@")
SHORTEST = 4
"""Characters from which a made-up value is looked for elsewhere: `1` stands everywhere."""
ELLIPSIS = "…"


class Neutral:
    """Makes text of one conversation comparable with that of another run."""

    def __init__(self, sightings: Iterable[Sighting], *, users: Iterable[str], hosts: Mapping[str, str]) -> None:
        """`users` are those of the parties; `hosts` says what an address of this run is called."""
        self._made_up = {value for each in sightings for value in _made_up(each) if len(value) >= SHORTEST}
        self._users = frozenset(users)
        self._hosts = hosts
        self._host = _alternatives(hosts)

    def field(self, name: str, value: str) -> str:
        """The value of a header field; of some it only counts that they are there."""
        lower = name.lower()
        if lower in UNTOLD:
            return ""
        if lower == "cseq":
            return value.partition(" ")[2]
        if lower in DIGEST:
            value = _MADE_UP.sub(rf"\1={ELLIPSIS}", value)
        if lower == "contact":
            value = _USER.sub(self._user, value)
        return self.text(value)

    def text(self, text: str) -> str:
        """Any text: without ports, and without what this run made up."""
        text = _WORD.sub(self._word, text)
        text = without_ports(_PARAMETER.sub("", text))
        for pattern in (_UUID, _TOKEN, _NUMBER):
            text = pattern.sub(ELLIPSIS, text)
        text = _INVALID.sub(".invalid", text)
        return self.address(text)

    def address(self, text: str) -> str:
        """Text with the addresses of this run under the names that both runs know."""
        return text if self._host is None else self._host.sub(lambda found: self._hosts[found[0]], text)

    def _word(self, found: re.Match[str]) -> str:
        return ELLIPSIS if found[0].replace("%40", "@") in self._made_up else found[0]

    def _user(self, found: re.Match[str]) -> str:
        """Clients make up the user of their Contact: only one that is a party's is told."""
        return f"{found[1]}{found[2] if found[2] in self._users else ELLIPSIS}@"


def _made_up(sighting: Sighting) -> Iterator[str]:
    message = sighting.message
    yield from (message.call_id, message.from_tag, message.to_tag, message.branch)


def _alternatives(texts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for any of `texts`, the longest first; None for none."""
    found = sorted((each for each in texts if each), key=lambda each: (-len(each), each))
    return re.compile("|".join(rf"(?<![\w.]){re.escape(each)}(?![\w])" for each in found)) if found else None
