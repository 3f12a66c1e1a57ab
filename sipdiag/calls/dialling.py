"""Numbers as they are dialled: the digits, and the country that an international one leads to (RFC 3966, section 5)."""

from __future__ import annotations

import re
from typing import Final

from sipdiag.calls.transaction import request_uri
from sipdiag.sip import parse_name_addr, parse_uri
from sipdiag.trace import Sighting

# visual-separator = "-" / "." / "(" / ")"
_SEPARATORS: Final = re.compile(r"[-.() ]++")
_NUMBER: Final = re.compile(r"\+?[0-9]{3,32}\Z")


def dialled(request: Sighting) -> str:
    """The number that an INVITE calls, `+` and prefixes as they stand; empty when it is a name."""
    return number_in(parse_uri(request_uri(request)).user)


def number_in(user: str) -> str:
    """The number in the user part of a URI, without separators and parameters; empty when it is none."""
    number = _SEPARATORS.sub("", user.partition(";")[0])
    return number if _NUMBER.match(number) else ""


def international(number: str, prefixes: tuple[str, ...]) -> str:
    """The number from its country code on; empty when it is not dialled as an international one."""
    if number.startswith("+"):
        return number[1:]
    for prefix in prefixes:
        rest = number.removeprefix(prefix)
        if prefix and rest != number and 8 <= len(rest) <= 15 and not rest.startswith("0"):
            return rest
    return ""


def account_calling(request: Sighting) -> str:
    """The user of From: on whose account the call is made."""
    return parse_name_addr(request.message.field("from") or "").uri.user
