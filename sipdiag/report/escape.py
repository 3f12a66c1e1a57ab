"""Text of packets made safe to show: it steers no terminal, turns no line around, and tells no password of a URI."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, bidi controls old and new, line and paragraph separators, characters without width, the
# byte-order mark, tags, and the surrogates that stand for bytes that are not UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

# The same but for C0, which JSON escapes itself and needs for its line ends, and surrogates, which UTF-8 has none of.
_UNSAFE_IN_JSON = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Stray bytes, and what a JSON escape in an identity token may name besides."""

PASSWORD_MAY_BE = re.compile(r""":[^\s:@<>"]{1,255}+:[^\s@<>"/;?]{1,255}+@""")
"""Matches every `user:password@` of a URI, and few other texts: whether one is a password, `secrets` decides."""

_BACKTICKS = re.compile("`+")
LONGEST_CODE = 400
"""Characters of one value in a ticket; the JSON document has all of them."""


def shown(text: str) -> str:
    r"""`text` with every character that could do harm as an escape: `\x1b`, `\u202e`, and `\xff` for a stray byte."""
    if text.count(":") > 1:  # as in `sip:user:password@`
        text = _without_password(text)
    return escaped(text)


def escaped(text: str) -> str:
    """The same without hiding passwords of URIs: for who asked for secrets, or has masked more than these already."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def kept(text: str) -> str:
    r"""`text` for a format that escapes controls itself: only what UTF-8 cannot hold is escaped, such as `\xff`."""
    if text.count(":") > 1:  # as in `sip:user:password@`
        text = _without_password(text)
    if text.isascii():
        return text
    return _SURROGATES.sub(_escape, text)


def kept_value(value: object) -> object:
    """A value of a finding's evidence, such as a list of texts, with each text in it `kept`."""
    if isinstance(value, str):
        return kept(value)
    return [kept_value(each) for each in value] if isinstance(value, list) else value


def as_xml(text: str) -> str:
    """`text` as the content of an XML or HTML element, or an attribute in double quotes (XML 1.0, section 2.4)."""
    safe = shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return safe.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")  # no characters of XML (section 2.2)


def as_code(text: str) -> str:
    """`text` as a code span of Markdown, where nothing is a link, a mention, HTML or the end of a table's cell."""
    safe = shown(text if len(text) <= LONGEST_CODE else f"{text[:LONGEST_CODE]}…").replace("|", "\\x7c")
    if not safe.strip():
        return "`-`"
    longest = max((len(run) for run in _BACKTICKS.findall(safe)), default=0)
    fence, margin = "`" * (longest + 1), " " if safe[0] == "`" or safe[-1] == "`" else ""
    return f"{fence}{margin}{safe}{margin}{fence}"


def shown_in_json(document: str) -> str:
    r"""JSON with the characters that it need not escape, but a terminal heeds, as `\u009b`: it says the same."""
    return document if document.isascii() and "\x7f" not in document else _UNSAFE_IN_JSON.sub(_escape_in_json, document)


def _without_password(text: str) -> str:
    second = text.find(":", text.find(":") + 1)  # quicker than the pattern
    if not 0 <= second < text.rfind("@") or PASSWORD_MAY_BE.search(text) is None:
        return text
    from sipdiag.report.secrets import without_password  # noqa: PLC0415  (hardly any capture has one)

    return without_password(text)


def _escape_in_json(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()  # two of them, a surrogate pair, beyond U+FFFF (RFC 8259, section 7)
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _escape(found: re.Match[str]) -> str:
    r"""A character as an escape of Python: `\x1b`."""
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: the byte itself
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
