"""What the system or a package says when something fails, as one line that fits behind the name of a capture."""

from __future__ import annotations

import re

_SECRET = re.compile(r"(?<=://)[^/@\s]*@")
"""User and password before the host of a URL."""


def one_line(error: BaseException, longest: int = 300) -> str:
    """Put an error's words in one line, without a password."""
    return hidden(" ".join(str(error).split()))[:longest]


def hidden(text: str) -> str:
    """Leave out what stands before the host of a URL."""
    return _SECRET.sub("", text)


def complaint(error: OSError | ValueError) -> str:
    """Give the system's words for what went wrong, as the end of a sentence."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return reason[:1].lower() + reason[1:]
