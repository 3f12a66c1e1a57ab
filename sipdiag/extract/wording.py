"""Who and where, replaced in the text of a header field or of a body: URIs, display names, addresses, parameters.

What is vocabulary of the protocol stays; what is not known stays only in its shape.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from sipdiag.extract.pseudonyms import NOBODY, Pseudonyms, words

# URI = scheme ":" [ userinfo "@" ] hostport; a user may have parameters of its own, as telephone-subscriber has
_URI: Final = (
    r"(?P<scheme>(?<![\w.+-])(?:sips?|tel|mailto|im|pres|xmpp|https?|wss?|turns?|stuns?|cid):(?://)?)"
    r"(?:(?P<user>[^\s<>\"@,]{0,512}+)@)?(?P<place>[^\s<>\"@;?,]*)"
)
# Lengths are bounded where a search would begin anew at every character of what nobody wrote in earnest.
_STRING: Final = r"(?P<string>\"(?>(?:[^\"\\]|\\.){0,256})\"|\"[^\"<>;,]*)"
_PARAMETER: Final = (
    r"(?P<lead>;\s*)(?P<name>[\w.!%*+`'~$-]+)(?:(?P<equals>\s*=\s*)(?P<value>\"(?:[^\"\\]|\\.)*\"?|[^\s;,?<>\"]*))?"
)
_HEADERS: Final = r"\?(?P<headers>[^\s<>\"]+)"
_WORD: Final = r"(?P<word>[^\s<>\",;=?:]+)"
_ADDRESSED: Final = re.compile(f"(?i)(?:{_URI})|{_PARAMETER}|{_HEADERS}|{_STRING}|{_WORD}")

_HOSTPORT: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#\[\]]*)(:[0-9]+)?(.*)", re.DOTALL)
_V4: Final = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d\.)(?!\w)"
_V6: Final = r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
_MAC: Final = (
    r"(?i)(?<![\w:-])(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{12})(?![\w:-])"
)
_EMAIL: Final = r"(?<![\w.+%-])[\w.+%-]++@[\w.-]+"
_DIGITS: Final = r"(?<![\w.])\+?\d{5,}(?![\w.]*\w)"
_TOLD: Final = re.compile(
    f"(?:{_URI})|(?P<mac>{_MAC[4:]})|(?P<email>{_EMAIL})|(?P<v4>{_V4})|(?P<v6>{_V6})|(?P<digits>{_DIGITS})",
    re.IGNORECASE,
)
_KNOWN_WORD: Final = re.compile(r"[^\W_][\w.+-]*[^\W_]|[^\W_]")
_PART: Final = re.compile(r"[^\W_]+")

VOCABULARY: Final = words(
    "transport lr q expires ob user method methods ttl comp cause reason privacy screen party counter r2 nat "
    "rport purpose index audio video text mobility duplex actor automata isfocus class description language "
    "priority schemes events application data control reg-id refresher alg ppt stale qop nc algorithm id "
    "handling early-only handler sos iotl verstat cpc npdi isub-encoding lr-hint code to-tag-required "
    "boundary charset received-realm limit oc oc-algo oc-validity rn-context required-action retry-after"
    "duration"
)
"""Parameters whose values say how, not who."""
_VOCABULARY_VALUE: Final = re.compile(r"[\w.%*+~\-/]{0,24}", re.ASCII)
_PLACES: Final = frozenset({"received", "maddr", "realm", "domain", "phone-context", "alias", "orig-ioi", "term-ioi"})
_TAGS: Final = frozenset({"tag", "to-tag", "from-tag", "ftag", "totag", "fromtag", "local-tag", "remote-tag"})
LEAST_KNOWN: Final = 4


class Wording:
    """Rewrites text under some pseudonyms."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names

    def addressed(self, text: str) -> str:
        """A header field that holds addresses: name-addr lists, Via, Route; also a Request-URI."""
        return _ADDRESSED.sub(self._part, text)

    def told(self, text: str) -> str:
        """Words of the protocol or of a server, which stay but for addresses, numbers and names that are known."""
        return self.known(_TOLD.sub(self._mention, text))

    def known(self, text: str) -> str:
        """`text` with every name replaced that was replaced elsewhere."""
        return _KNOWN_WORD.sub(lambda word: self._known(word[0]), text)

    def opaque(self, text: str) -> str:
        """What nobody knows the meaning of: its shape stays."""
        return re.sub(r"[^\s,;=<>\"@:/]+", lambda word: self._names.token(word[0]), _TOLD.sub(self._mention, text))

    def hidden(self, text: str) -> str:
        """What people wrote or said: letter for letter something else."""
        return re.sub(r"\w+", lambda word: self._names.shaped("prose", word[0]), text)

    def call_id(self, text: str) -> str:
        """A Call-ID: a token, perhaps at a host."""
        local, at, place = text.partition("@")
        return self._names.token(local) + at + (self._names.host(place) if place else "")

    def place(self, text: str) -> str:
        """`host`, `host:port`, with whatever follows."""
        found = _HOSTPORT.fullmatch(text)
        if found is None or not found[1]:
            return text
        rest = self._names.token(found[3]) if found[3].strip("/?#") else found[3]
        return self._names.host(found[1]) + (found[2] or "") + rest

    def uri(self, scheme: str, user: str | None, place: str) -> str:
        """A URI in its parts."""
        if scheme.lower().startswith("tel"):
            return scheme + self._names.user(place)
        if user is None:
            return scheme + self.place(place)
        return f"{scheme}{self.user_info(user)}@{self.place(place)}"

    def user_info(self, written: str) -> str:
        """A user with the parameters of a telephone number, and a password."""
        who, colon, password = written.partition(":")
        who, *rest = who.split(";")
        told = ";".join([self._names.user(who), *(self._user_parameter(each) for each in rest)])
        return f"{told}{colon}{self._names.token(password)}"

    def parameter(self, name: str, value: str) -> str:
        """The value of a parameter, by what its name says."""
        low, quoted = name.lower(), value[:1] == '"'
        inner = value.strip('"') if quoted else value
        if low == "branch":
            cookie = inner[:7] if inner[:7].lower() == "z9hg4bk" else ""
            told = cookie + self._names.token(inner[len(cookie) :])
        elif low in _TAGS:
            told = self._names.token(inner)
        elif low in _PLACES or re.match(r"(?i)sips?:", inner):
            told = self.addressed(inner) if ":" in inner[:6] else self.place(inner)
        elif low == "username":
            told = self._user_at(inner)
        elif low == "uri":
            told = self.addressed(inner)
        elif low in VOCABULARY and _VOCABULARY_VALUE.fullmatch(inner):
            told = inner
        else:
            told = self._names.token(inner)
        return f'"{told}"' if quoted else told

    def _user_at(self, written: str) -> str:
        who, at, place = written.partition("@")
        return self.user_info(who) + at + (self.place(place) if place else "")

    def _user_parameter(self, written: str) -> str:
        name, equals, value = written.partition("=")
        if name.lower() in VOCABULARY:
            return written
        if name.lower() in _PLACES and not value.startswith("+"):
            return name + equals + self.place(value)
        return name + equals + (self._names.user(value) if value else "")

    def _part(self, found: re.Match[str]) -> str:
        if found["scheme"] is not None:
            return self.uri(found["scheme"], found["user"], found["place"])
        if found["name"] is not None:
            if found["equals"] is None:
                return found[0]
            return f"{found['lead']}{found['name']}{found['equals']}{self.parameter(found['name'], found['value'])}"
        if found["headers"] is not None:
            return "?" + "&".join(self._uri_header(each) for each in found["headers"].split("&"))
        return self._names.name(found[0])

    def _uri_header(self, written: str) -> str:
        name, equals, value = written.partition("=")
        plain = unquote(value)
        if name.lower() in ("require", "supported", "method", "accept", "content-type"):
            return written
        if name.lower() in ("replaces", "join", "target-dialog", "call-id"):
            first, semicolon, rest = plain.partition(";")
            told = self.call_id(first) + (self.addressed(semicolon + rest) if semicolon else "")
        else:
            told = self.addressed(plain)
        return name + equals + quote(told, safe="[]/?:+$-_.!~*'()") if told != plain else written

    def _mention(self, found: re.Match[str]) -> str:
        kind = found.lastgroup
        if found["scheme"] is not None:
            return self.uri(found["scheme"], found["user"], found["place"])
        if kind == "email":
            return self._user_at(found[0])
        if kind == "digits":
            return self._names.number(found[0])
        if kind == "mac":
            return self._names.token(found[0])
        return self._names.addresses.text(found[0]) or found[0]

    def _known(self, word: str) -> str:
        """A word that is known; else its parts, for somebody's name may be one of them."""
        told = self._known_whole(word)
        if told != word or word.isalnum():
            return told
        return _PART.sub(lambda part: self._known_whole(part[0]), word)

    def _known_whole(self, word: str) -> str:
        if len(word) < LEAST_KNOWN or word.lower() in NOBODY:
            return word
        return self._names.known.get(word) or self._names.known.get(word.lower()) or word
