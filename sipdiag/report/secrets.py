"""Secrets in whole messages, masked: digests, passwords, tokens and keys (RFC 8760, 6750, 4568, 8839, 3310).

What lets someone call as somebody else, or listen, is hidden; what tells a fault (user names, realms, nonces, numbers)
stays. Digits that were dialled and texts that were sent are what a call is about, and stay too.
"""

from __future__ import annotations

import re
from typing import Final

from sipdiag.report.escape import PASSWORD_MAY_BE

MASK: Final = "***"

# Credentials and what proves them; a folded line belongs to its header field (RFC 3261, section 7.3.1).
_CREDENTIALS: Final = re.compile(
    r"(?im)^((?:proxy-)?auth(?:orization|entication-info|enticate)|www-authenticate)([ \t]*:[ \t]*)"
    r"([^\r\n]*+(?>(?:\r?\n[ \t][^\r\n]*+)*))"
)
_SCHEME: Final = re.compile(r"\s*+([^\s,=]++)\s++(?=\S)")
# Digest: response, cnonce, rspauth; AKA: the keys that a P-CSCF must strip (ck, ik), and auts (RFC 3310).
_DIGEST_SECRET: Final = re.compile(
    r'(?i)(?<![\w-])(response|cnonce|rspauth|password|ck|ik|auts)(\s*+=\s*+)("(?>(?:[^"\\]|\\.)*)"?|[^\s,"]++)'
)
# userinfo = ( user / telephone-subscriber ) [ ":" password ] "@"; a port, and the next URI of a list, are none
_URI_PASSWORD: Final = re.compile(
    r"""(?i)\b(sips?:|https?://|wss?://)([^\s:@<>"]{1,255}+:)(?!\d{1,5},\s*+sips?:)([^\s@<>"/;?]{1,255}+)(?=@)"""
)
_TOKEN: Final = re.compile(r"(?i)(\b(?:access_|id_|refresh_)?token=|\bAuthorization=)([^&;\s\"<>]++)")
# a=crypto: … "inline:" key; a=ice-pwd; k=; a=key-mgmt
_SDP_SECRET: Final = re.compile(
    r"(?im)^(a=crypto:[^\r\n]*?\binline:|a=ice-pwd:|a=key-mgmt:[ \t]*\S++[ \t]++|k=(?:clear|base64|uri):)([^\r\n]++)"
)
_SDP_KEY: Final = re.compile(r"(?i)(\binline:)[^\s|;]++")


# One of these must be in a text for `_SDP_SECRET` to match in it.
_SDP_MAY_BE: Final = ("a=crypto", "a=ice-pwd", "a=key-mgmt", "k=clear", "k=base64", "k=uri")


def without_password(text: str) -> str:
    """`text` with `***` for the password of each URI in it."""
    return text if PASSWORD_MAY_BE.search(text) is None else _URI_PASSWORD.sub(rf"\1\2{MASK}", text)


def masked(text: str) -> str:
    """`text` of a message, or a part of one, with `***` where a secret stood."""
    lower = text.lower()
    if "authoriz" in lower or "authentic" in lower:
        text = _CREDENTIALS.sub(_credentials, text)
    text = without_password(text)
    if "token=" in lower or "authorization=" in lower:
        text = _TOKEN.sub(rf"\1{MASK}", text)
    if any(each in lower for each in _SDP_MAY_BE):
        text = _SDP_SECRET.sub(_described, text)
    return text


def _credentials(found: re.Match[str]) -> str:
    scheme = _SCHEME.match(found[3])
    name = found[1].lower()
    if scheme is not None and scheme[1].lower() in ("basic", "bearer") and name.endswith("authorization"):
        return f"{found[1]}{found[2]}{scheme[1]} {MASK}"
    return found[1] + found[2] + _DIGEST_SECRET.sub(_parameter, found[3])


def _parameter(found: re.Match[str]) -> str:
    quote = '"' if found[3].startswith('"') else ""
    return f"{found[1]}{found[2]}{quote}{MASK}{quote}"


def _described(found: re.Match[str]) -> str:
    if not found[1].lower().startswith("a=crypto"):
        return found[1] + MASK
    # Every key of the line goes; lifetime and MKI, after the bars, stay.
    return _SDP_KEY.sub(rf"\1{MASK}", found[1] + found[2])
