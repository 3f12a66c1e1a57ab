"""What the system or a package says when something fails, as one line that fits behind the name of a capture."""

from __future__ import annotations

import re

_SECRET = re.compile(r"(?<=://)[^/@\s]*@")
"""User and password before the host of a URL."""
_PARAMETER = re.compile(r"(?<=[?&])([\w.-]{1,64})=[^&\s'\"#]*+")
SECRETIVE = ("sig", "token", "credential", "key", "passw", "secret", "auth")
"""What the names of parameters have in them that let somebody in, as in links that a store has signed."""


def one_line(error: BaseException, longest: int = 300) -> str:
    """Put an error's words in one line, without a password."""
    return hidden(" ".join(str(error).split()))[:longest]


def hidden(text: str) -> str:
    """Leave out of URLs what stands before the host, and the values of parameters that let somebody in."""
    return _PARAMETER.sub(_masked, _SECRET.sub("", text))


def complaint(error: OSError | ValueError) -> str:
    """Give the system's words for what went wrong, as the end of a sentence."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return reason[:1].lower() + reason[1:]


def _masked(parameter: re.Match[str]) -> str:
    name = parameter[1].lower()
    return f"{parameter[1]}=..." if any(each in name for each in SECRETIVE) else parameter[0]
