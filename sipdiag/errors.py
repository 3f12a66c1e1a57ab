"""What stops a run, as a small tree; only `cli` maps it to exit codes.

    SipdiagError
    ├── UsageError          the command line or a settings file is wrong      exit 2
    ├── CaptureError        an input could not be read at all                 exit 3
    └── KnowledgeError      an entry of the catalogue is broken               exit 2

Content never raises: what was wrong with bytes that could still be read is a `Defect`.
"""

from __future__ import annotations


class SipdiagError(Exception):
    """Anything that stops a run, with a message that is one clear line."""


class UsageError(SipdiagError):
    """The command line or a settings file asks for something that does not exist."""


class CaptureError(SipdiagError):
    """An input could not be read: missing, no permission, or not a capture."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class KnowledgeError(SipdiagError):
    """An entry of the catalogue is broken; the message gives file, line and reason."""
