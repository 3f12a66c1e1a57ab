"""Whole messages for the page: header fields, body, and the session description in plain words; nothing unescaped."""

from __future__ import annotations

from typing import Any, Final

from sipdiag.calls import sdp_in
from sipdiag.media import Media, parse_sdp
from sipdiag.report.escape import escaped
from sipdiag.report.secrets import masked
from sipdiag.report.words import Words
from sipdiag.sip import Message
from sipdiag.trace import Sighting

MOST_TEXT: Final = 16_384
"""Characters of a header block and of a body that are shown; the rest is cut, and that is said."""


class Shower:
    """Makes text of packets fit to show, in one language, with or without the secrets in it."""

    def __init__(self, words: Words, *, show_secrets: bool = False) -> None:
        self._labels: dict[str, str] = words.catalogue.words["page"]
        self._show_secrets = show_secrets

    def text(self, text: str) -> str:
        """One line: every character that could do harm as an escape, secrets masked."""
        return escaped(text if self._show_secrets else masked(text))

    def lines(self, text: str) -> str:
        """Several lines, each for itself, however they were ended; what is too long is cut."""
        cut = text[:MOST_TEXT]
        visible = cut if self._show_secrets else masked(cut)
        lines = [escaped(line) for line in visible.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
        if len(text) > MOST_TEXT:
            lines.append(self._labels["text_cut"].format(count=len(text) - MOST_TEXT))
        return "\n".join(lines)

    def message(self, sighting: Sighting) -> dict[str, Any]:
        """The message of `sighting`: `head`, `body` and `sdp` where it has them, `cut` where bytes are missing."""
        message = sighting.message
        told: dict[str, Any] = {"head": self.lines(message.head)}
        if message.body:
            told["body"] = self.lines(message.body.decode("utf-8", "surrogateescape").rstrip("\r\n"))
            if described := self._described(message):
                told["sdp"] = described
        if message.cut_off or not sighting.complete:
            told["cut"] = 1
        return told

    def _described(self, message: Message) -> list[list[str]]:
        """Each stream of the session description: what it is, and its properties."""
        body = sdp_in(message)
        return [self._stream(each) for each in parse_sdp(body).media] if body else []

    def _stream(self, media: Media) -> list[str]:
        where = "" if media.connection is None else media.connection.address
        where = f"[{where}]" if ":" in where else where
        port = self._labels["sdp_rejected"] if media.port == 0 and not media.bundle_only else f"{where}:{media.port}"
        codecs = ", ".join(
            f"{each.name or '?'}/{each.rate}{f'/{each.channels}' if each.channels > 1 else ''} ({each.payload_type})"
            for each in media.codecs
        )
        told = [port, media.protocol, media.direction, codecs or " ".join(media.formats)]
        if media.ptime is not None:
            told.append(f"ptime {media.ptime} ms")
        if media.crypto:
            told.append("SDES " + ", ".join(each.suite for each in media.crypto))
        if media.fingerprint is not None:
            told.append(f"DTLS {media.fingerprint.algorithm} {media.setup}".rstrip())
        if media.candidates:
            kinds = ", ".join(dict.fromkeys(each.kind for each in media.candidates))
            told.append(f"ICE: {len(media.candidates)} ({kinds})")
        return [self.text(media.kind), *(self.text(each) for each in told if each)]
