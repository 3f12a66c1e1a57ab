"""The plainest command lines on a large capture: a second process begins to read before this one has understood them.

What such a line asks for is seen without an argument parser. A process that nobody comes to ask ends with this one.
"""

from __future__ import annotations

import os

PLAIN = frozenset({"analyze", "--no-media", "-q", "--quiet", "-v", "--verbose"})
"""Besides the name of one capture."""


def read_ahead(arguments: list[str]) -> None:
    """Begin to read the capture that `arguments` name, if there is nothing else in them."""
    captures = [word for word in arguments if word not in PLAIN]
    if len(captures) != 1 or not os.path.isfile(captures[0]) or os.environ.get("SSLKEYLOGFILE"):  # noqa: PTH113
        return
    from sipdiag.trace import begin_ahead  # noqa: PLC0415  (what reads no capture does without)

    begin_ahead(captures[0], media="--no-media" not in arguments)
