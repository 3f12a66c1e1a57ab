"""The bodies of messages with everything replaced that tells who it was: session descriptions, parts, and the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sipdiag.extract.pseudonyms import Pseudonyms, words
from sipdiag.extract.wording import Wording

_SDP_LINE: Final = re.compile(r"(?m)^(?P<kind>[A-Za-z])=(?P<value>[^\r\n]*)")
_ATTRIBUTE: Final = re.compile(r"(?P<name>[\w-]+)(?P<colon>:?)(?P<value>.*)", re.DOTALL)
_CONNECTION: Final = re.compile(r"(?P<net>\S+\s+\S+\s+)(?P<address>[^\s/]+)(?P<rest>.*)", re.DOTALL)
_ORIGIN: Final = re.compile(
    r"(?P<user>\S+)(?P<middle>\s+\S+\s+\S+\s+\S+\s+\S+\s+)(?P<address>\S+)(?P<rest>.*)", re.DOTALL
)
_PLACE: Final = re.compile(r"(?<!\S)(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|\S+\.[A-Za-z]+)(?!\S)")
_DTMF: Final = re.compile(r"(?im)^(\s*Signal\s*=\s*)[0-9A-D*#]+|^\s*[0-9A-D*#]\s*$")
_MARKUP: Final = re.compile(r"(>)([^<>]*)(?=<)|(=\s*)(\"[^\"<>]*\"|'[^'<>]*')")
_STATES: Final = words(
    "open closed active confirmed early terminated trying proceeding full partial yes no true false recipient "
    "initiator both"
)
KEPT_ATTRIBUTES: Final = frozenset(
    "rtpmap fmtp ptime maxptime sendrecv sendonly recvonly inactive rtcp-mux rtcp-mux-only rtcp-rsize setup mid group "
    "silencesupp framerate rtcp-fb extmap curr des conf connection bundle-only extmap-allow-mixed sqn cdsc cpar "
    "T38FaxVersion T38MaxBitRate T38FaxFillBitRemoval T38FaxTranscodingMMR T38FaxTranscodingJBIG T38FaxRateManagement "
    "T38FaxMaxBuffer T38FaxMaxDatagram T38FaxUdpEC ice-lite ice-options end-of-candidates direction quality orient "
    "type tcap acap pcfg acfg csup creq nortpproxy sendonly simulcast rid msid-semantic oldmediip".lower().split()
)
"""Attributes that say how, not who."""


class Bodies:
    """Rewrites bodies under some pseudonyms."""

    def __init__(self, names: Pseudonyms, wording: Wording, fields: Callable[[str], str]) -> None:
        """Take also what rewrites header fields that stand in a body: a body may be a message again."""
        self._names, self._wording, self._fields = names, wording, fields

    def body(self, body: bytes, kind: str, encoding: str = "") -> bytes:
        """A body of that type; what cannot be read becomes a filling of the same length."""
        media = kind.partition(";")[0].strip()
        if encoding not in ("", "identity") or b"\0" in body:
            return b"x" * len(body)
        text = body.decode("utf-8", "surrogateescape")
        if media.startswith("multipart/"):
            return self._parts(text, kind).encode("utf-8", "surrogateescape")
        return self._text(text, media).encode("utf-8", "surrogateescape")

    def _text(self, text: str, media: str) -> str:
        if media == "application/sdp" or text.startswith("v=0"):
            return _SDP_LINE.sub(lambda line: f"{line['kind']}={self._described(line['kind'], line['value'])}", text)
        if media in ("application/dtmf-relay", "application/dtmf", "audio/telephone-event"):
            return _DTMF.sub(lambda digit: f"{digit[1] or ''}0", text)
        if media.startswith("message/sip"):
            return self._fields(text)
        if media == "application/simple-message-summary":
            return self._wording.told(text)
        if media.endswith("xml"):
            return _MARKUP.sub(self._marked_up, text)
        return self._wording.hidden(text)

    def _parts(self, text: str, kind: str) -> str:
        """The parts between the boundaries, each with header fields of its own (RFC 2046, section 5.1)."""
        found = re.search(r"boundary\s*=\s*(?:\"([^\"]+)\"|([^\s;]+))", kind)
        if found is None:
            return self._wording.hidden(text)
        pieces = re.split(rf"(?i)(\r?\n?--{re.escape(found[1] or found[2])}(?:--)?[ \t]*\r?\n?)", text)
        return "".join(piece if number % 2 else self._one_part(piece) for number, piece in enumerate(pieces))

    def _one_part(self, piece: str) -> str:
        gap = re.search(r"\r?\n\r?\n", piece)
        if gap is None:
            return piece if not piece.strip() else self._wording.hidden(piece)
        head, body = piece[: gap.start()], piece[gap.end() :]
        named = re.search(r"(?im)^content-type\s*:\s*([^\r\n;]+)", head)
        told = self.body(body.encode("utf-8", "surrogateescape"), named[1].strip().lower() if named else "text/plain")
        return self._fields(head) + gap[0] + told.decode("utf-8", "surrogateescape")

    def _described(self, kind: str, value: str) -> str:
        """One line of a session description (RFC 8866, section 5)."""
        if kind in "vtrmbz":
            return value
        if kind == "c":
            return _CONNECTION.sub(lambda each: each["net"] + self._names.host(each["address"]) + each["rest"], value)
        if kind == "o":
            return _ORIGIN.sub(self._origin, value)
        if kind == "s":
            return value if value.strip() in ("", "-", "session", "SIP Call", "call") else self._wording.hidden(value)
        if kind == "a":
            return self._attribute(value)
        if kind == "k":
            return self._names.token(value)
        return self._wording.hidden(self._wording.told(value))

    def _origin(self, found: re.Match[str]) -> str:
        user = found["user"] if found["user"] == "-" else self._wording.user_info(found["user"])
        return user + found["middle"] + self._names.host(found["address"]) + found["rest"]

    def _attribute(self, value: str) -> str:
        found = _ATTRIBUTE.fullmatch(value)
        if found is None or found["name"].lower() in KEPT_ATTRIBUTES or not found["value"]:
            return value
        name, lead, rest = found["name"].lower(), found["name"] + found["colon"], found["value"]
        if name in ("candidate", "remote-candidates", "rtcp", "alt"):
            return lead + _PLACE.sub(lambda each: self._names.host(each[0]), rest)
        if name == "crypto":
            return lead + re.sub(r"(inline:)([^\s|;]+)", lambda key: key[1] + self._names.token(key[2]), rest)
        if name == "fingerprint":
            algorithm, blank, digest = rest.partition(" ")
            return lead + algorithm + blank + self._names.token(digest)
        if name == "ssrc":
            return lead + re.sub(r"(\w+:)(.+)", lambda each: each[1] + self._names.token(each[2]), rest)
        return lead + self._names.token(rest)

    def _marked_up(self, found: re.Match[str]) -> str:
        if found[1]:
            text = found[2]
            kept = text.strip().lower() in _STATES or not text.strip() or (text.strip().isdigit() and len(text) < 5)
            return found[1] + (text if kept else self._wording.hidden(self._wording.told(text)))
        quote, inner = found[4][0], found[4][1:-1]
        return f"{found[3]}{quote}{self._wording.told(inner)}{quote}"
