"""Text of packets made safe to show: nothing that a packet says may steer a terminal or turn a line around."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, bidi controls, line and paragraph separators, zero-width characters, the byte-order mark,
# tags, and the surrogates that stand for bytes that are not UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def shown(text: str) -> str:
    r"""`text` with every character that could do harm as an escape: `\x1b`, `\u202e`, and `\xff` for a stray byte."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def kept(text: str) -> str:
    r"""`text` for a format that escapes controls itself: only bytes that are not UTF-8 are written as `\xff`."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: the byte itself
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
