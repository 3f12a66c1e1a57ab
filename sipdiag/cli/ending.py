"""What ends an audit before it is done: Ctrl-C, or SIGTERM as services are stopped with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGTERM, signal


class Ended(SystemExit):
    """Somebody ended this process."""


@contextmanager
def ending(*, quiet: bool) -> Iterator[None]:
    """Let SIGTERM end what is done here as Ctrl-C does, in order; who is not `quiet` says how to go on."""
    before = signal(SIGTERM, _end)
    try:
        yield
    except (KeyboardInterrupt, Ended):
        if not quiet:
            from sipdiag.cli.phrases import told  # noqa: PLC0415

            print(f"sipdiag: {told('interrupted; the same command goes on where it was')}", file=sys.stderr)  # noqa: T201
        raise
    finally:
        signal(SIGTERM, before)


def _end(number: int, _: object) -> None:
    raise Ended(128 + number)
