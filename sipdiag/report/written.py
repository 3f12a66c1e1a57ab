"""Files that are whole or not there at all: written beside their place, and moved to it in one step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o666


@contextmanager
def becoming(path: Path, *, public: bool = False) -> Iterator[Path]:
    """Give an empty file to write to, which becomes `path` when all is written; nothing is left where that fails.

    No link is followed, and only who runs the program can read it unless it is `public`: reports hold what was said.
    Raises `OSError`.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.unlink(missing_ok=True)  # of a process that was killed, or somebody's link
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PUBLIC if public else PRIVATE))
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
