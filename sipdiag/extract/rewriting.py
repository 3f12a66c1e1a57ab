"""One SIP message with everything replaced that tells who it was, its form kept (RFC 3261, section 7; RFC 8866)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any, Final

from sipdiag.extract.bodies import Bodies
from sipdiag.extract.pseudonyms import Pseudonyms, words
from sipdiag.extract.wording import Wording

_LINE: Final = re.compile(r"(?P<name>[^\s:]+)(?P<colon>[ \t]*:[ \t]*)(?P<value>.*)", re.DOTALL)
_LINES: Final = re.compile(r"\r?\n(?![ \t])")
_EMPTY_LINE: Final = re.compile(rb"\r?\n\r?\n")
_START: Final = re.compile(r"(?P<first>\S+)(?P<gap>[ \t]+)(?P<rest>.*)", re.DOTALL)

COMPACT: Final = {
    "b": "referred-by", "c": "content-type", "d": "request-disposition", "e": "content-encoding", "f": "from",
    "i": "call-id", "k": "supported", "l": "content-length", "m": "contact", "o": "event", "r": "refer-to",
    "s": "subject", "t": "to", "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
}  # fmt: skip
KEPT: Final = words(
    "cseq max-forwards content-type allow supported require proxy-require unsupported expires "
    "min-expires session-expires min-se rseq rack event subscription-state accept accept-encoding "
    "accept-language allow-events date timestamp mime-version content-encoding content-disposition content-language "
    "privacy priority refer-sub retry-after answer-mode request-disposition p-early-media flow-timer "
    "recv-info info-package x-asterisk-hangupcause x-asterisk-hangupcausecode security-client security-server "
    "security-verify p-asserted-service p-preferred-service content-id history"
)
"""Header fields that say how, not who."""
ADDRESSED: Final = words(
    "from to contact route record-route path service-route p-asserted-identity p-preferred-identity "
    "remote-party-id diversion history-info refer-to referred-by reply-to p-called-party-id p-associated-uri "
    "p-served-user alert-info call-info error-info accept-contact reject-contact p-profile-key geolocation"
)
CALL_IDS: Final = frozenset({"call-id", "in-reply-to", "replaces", "join", "target-dialog"})
CREDENTIALS: Final = words("authorization proxy-authorization www-authenticate proxy-authenticate authentication-info")
_VIA: Final = re.compile(r"(?P<protocol>SIP\s*/\s*2\.0\s*/\s*\w+\s+)(?P<place>[^\s;,]+)", re.IGNORECASE)
_CREDENTIAL: Final = re.compile(r"(?P<name>[\w-]+)(?P<equals>\s*=\s*)(?P<value>\"(?:[^\"\\]|\\.)*\"?|[^\s,]+)")
_WARNING: Final = re.compile(r"(?P<code>\d{3}\s+)(?P<agent>\S+)(?P<text>.*)", re.DOTALL)
_TOKEN_PART: Final = re.compile(r"^\s*[\w\-=.]+")


class Rewriting:
    """Rewrites messages under some pseudonyms; the same message always becomes the same other one."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names, self._wording = names, Wording(names)
        self._bodies = Bodies(names, self._wording, self.part)
        self._special: dict[str, Callable[[str], str]] = {
            "via": self._via,
            "warning": self._warning,
            "identity": self._identity,
            **dict.fromkeys(("user-agent", "server", "reason"), self._wording.told),
            **dict.fromkeys(CALL_IDS, self._call_id),
            **dict.fromkeys(CREDENTIALS, self._credentials),
        }

    def message(self, data: bytes) -> bytes:
        """The message in `data`, which may be cut off; Content-Length goes with the body."""
        lead = len(data) - len(data.lstrip(b"\r\n"))
        end = _EMPTY_LINE.search(data, lead)
        head = data[lead : end.start() if end else len(data)].decode("utf-8", "surrogateescape")
        body = data[end.end() :] if end else b""
        stated = _value(head, "content-length")
        meant, rest = body, b""
        if stated.isdecimal() and int(stated[-10:]) < len(body):  # what follows is no part of the message
            meant, rest = body[: int(stated)], body[int(stated) :]
        told = (
            self._bodies.body(meant, _value(head, "content-type"), _value(head, "content-encoding")) if meant else b""
        )
        lines = self._head(head, len(told) - len(meant))
        ended = data[end.start() : end.end()] if end else b""
        return data[:lead] + lines.encode("utf-8", "surrogateescape") + ended + told + filling(rest)

    def part(self, text: str) -> str:
        """Header fields that are quoted elsewhere, such as in a body of type message/sipfrag."""
        return self._head(text, 0)

    def _head(self, head: str, growth: int) -> str:
        ends = _LINES.findall(head)
        start, *fields = _LINES.split(head)
        lines = [self._start(start), *(self._line(each, growth) for each in fields)]
        return "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))

    def _start(self, line: str) -> str:
        found = _START.fullmatch(line)
        if found is None:
            return self._line(line, 0)
        if found["first"].upper().startswith("SIP/"):
            code, blank, reason = found["rest"].partition(" ")
            return f"{found['first']}{found['gap']}{code}{blank}{self._wording.told(reason)}"
        uri, blank, version = found["rest"].rpartition(" ")
        if not version.upper().startswith("SIP/"):
            return self._line(line, 0)
        return f"{found['first']}{found['gap']}{self._wording.addressed(uri)}{blank}{version}"

    def _line(self, line: str, growth: int) -> str:
        found = _LINE.fullmatch(line)
        if found is None:
            return self._wording.opaque(line)
        name = found["name"].lower()
        value = self._field(COMPACT.get(name, name), found["value"], growth)
        return f"{found['name']}{found['colon']}{value}"

    def _field(self, name: str, value: str, growth: int) -> str:
        if name == "content-length":
            return str(max(int(value) + growth, 0)) if growth and value.strip().isdecimal() else value
        if name in KEPT:
            head, semicolon, rest = value.partition(";")
            return head + semicolon + self._wording.known(rest)
        if name in ADDRESSED:
            return self._wording.addressed(value)
        return self._special.get(name, self._wording.opaque)(value)

    def _call_id(self, value: str) -> str:
        """A Call-ID, perhaps with the tags of a dialog (RFC 3891, section 6.1)."""
        first, semicolon, rest = value.partition(";")
        return self._wording.call_id(first) + (self._wording.addressed(semicolon + rest) if semicolon else "")

    def _warning(self, value: str) -> str:
        wording = self._wording
        return _WARNING.sub(
            lambda each: each["code"] + wording.place(each["agent"]) + wording.told(each["text"]), value
        )

    def _via(self, value: str) -> str:
        """Protocol and sent-by, then parameters, for each Via of the line (section 20.42)."""
        told, at = [], 0
        for found in _VIA.finditer(value):
            told.append(self._wording.addressed(value[at : found.start()]) if at else value[: found.start()])
            told.append(found["protocol"] + self._wording.place(found["place"]))
            at = found.end()
        return "".join(told) + (self._wording.addressed(value[at:]) if at else self._wording.opaque(value))

    def _credentials(self, value: str) -> str:
        scheme, blank, rest = value.partition(" ")
        if "=" not in rest:
            return f"{scheme}{blank}{self._names.token(rest)}"
        return f"{scheme}{blank}" + _CREDENTIAL.sub(
            lambda each: each["name"] + each["equals"] + self._wording.parameter(each["name"], each["value"]), rest
        )

    def _identity(self, value: str) -> str:
        """A PASSporT with its numbers replaced; its signature fits nothing any more (RFC 8225, section 4)."""
        token = _TOKEN_PART.match(value)
        parts = token[0].strip().split(".") if token else []
        rest = self._wording.addressed(value[token.end() :]) if token else ""
        if len(parts) != 3:
            return self._wording.opaque(value)
        header, claims = (self._claims(part) for part in parts[:2])
        return f"{header}.{claims}.{self._names.token(parts[2])}{rest}"

    def _claims(self, part: str) -> str:
        try:
            told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (ValueError, binascii.Error, RecursionError):
            return self._names.token(part)
        text = json.dumps(self._claim(told), separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _claim(self, value: Any, name: str = "") -> Any:  # noqa: ANN401  (whatever JSON has)
        if isinstance(value, dict):
            return {key: self._claim(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._claim(each, name) for each in value]
        if not isinstance(value, str) or name in ("alg", "typ", "ppt", "attest", "opt"):
            return value
        if name == "tn":
            return self._names.number(value)
        return self._wording.addressed(value) if ":" in value else self._names.token(value)


def filling(data: bytes) -> bytes:
    """As many bytes that say nothing: empty lines and zeros stay what they are."""
    return bytes(octet if octet in b"\r\n\0" else ord("x") for octet in data)


def _value(head: str, name: str) -> str:
    """The value of a header field, by its long or its compact name."""
    for line in _LINES.split(head):
        found = _LINE.fullmatch(line)
        if found and COMPACT.get(found["name"].lower(), found["name"].lower()) == name:
            return found["value"].strip().lower()
    return ""
