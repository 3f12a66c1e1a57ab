"""Private files for another program to read: only their owner may, and they are gone with the process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def private_file() -> Iterator[tuple[IO[bytes], str]]:
    """Give an empty file to write to, and the path by which another program opens it.

    Where the system shows open files as paths the file has no name of its own, so that not even a process that is
    killed leaves it behind.

    Raises:
        OSError: there is no room for it.
    """
    open_files = Path(f"/proc/{os.getpid()}/fd")
    if open_files.is_dir():
        with TemporaryFile(prefix="sipdiag-") as file:
            yield file, str(open_files / str(file.fileno()))
        return
    with NamedTemporaryFile(prefix="sipdiag-") as file:
        yield file, file.name
