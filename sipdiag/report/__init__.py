"""The analysis told to people and machines, in the words of the catalogue.

The door of the room: `Words`, in which everything is told. It and the formats, a module each, are imported when they
are used (PEP 562): `sipdiag explain` does without most of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sipdiag.report.words import Words


def __getattr__(name: str) -> object:
    """What the door offers, when it is first asked for."""
    if name != "Words":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sipdiag.report.words import Words  # noqa: PLC0415

    return Words


__all__ = ["Words"]
