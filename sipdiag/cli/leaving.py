"""What is made of a capture is left to the system, which takes memory back faster than Python takes objects apart."""

from __future__ import annotations

_LEFT: list[object] = []


def leave(*things: object) -> None:
    """Keep `things`, of a large capture a million objects, until the process ends or other things are left."""
    _LEFT[:] = things
