"""Where captures lie: files, folders, patterns and URLs, in an order that does not depend on how they were named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from glob import escape, glob, has_magic
from pathlib import Path
from stat import S_ISREG

import msgspec

from sipdiag.capture import is_url, listed, without_password
from sipdiag.engine.files import FOLDERS, OWN, is_begun
from sipdiag.errors import CaptureError

ENDINGS = (".pcap", ".pcapng", ".cap", ".dmp", ".ntar", ".dump")
PACKINGS = ("", ".gz", ".zst", ".lz4", ".xz", ".bz2")
NAMES = tuple(f"{ending}{packing}" for ending in ENDINGS for packing in PACKINGS)
"""How the name of a capture ends: what else lies in a folder is passed over."""
DEEP = "**"
"""The part of a pattern that stands for a folder and all below it."""


class Place(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One capture to be read."""

    path: str
    size: int = 0
    stamp: str = ""
    """What changes when the file is written: its times of change, that which nobody sets too; or a store's version."""
    remote: bool = False

    @property
    def name(self) -> str:
        """The path as it may be told."""
        return without_password(self.path)


def places_of(paths: Iterable[str], target: Path | None = None) -> tuple[list[Place], list[CaptureError]]:
    """The captures that `paths` name, each once, in the order of their names; and what names none.

    What the audit itself writes to `target` is none.
    """
    if target is not None and not is_begun(target):
        target = None
    found: dict[str, Place] = {}
    missing: list[CaptureError] = []
    for path in paths:
        try:
            named = list(_remote(path) if is_url(path) else _local(path, missing))
        except CaptureError as error:
            missing.append(error)
            continue
        named = [place for place in named if target is None or not _is_own(place, target)]
        if not named:
            missing.append(CaptureError(without_password(path) or "''", "holds no capture"))
        found.update((place.path, place) for place in named)
    return [found[path] for path in sorted(found)], missing


def _local(path: str, missing: list[CaptureError]) -> Iterator[Place]:
    if os.path.isdir(path):  # noqa: PTH112  (which raises where the path is too long)
        for folder, names in _folders(path, missing):
            yield from _files(os.path.join(folder, name) for name in names if _is_capture(name))  # noqa: PTH118  (many)
    elif has_magic(path) and not os.path.exists(path):  # noqa: PTH110  (the same)
        yield from _files(_matching(path, missing))
    elif path:
        yield _file(path)


def _folders(path: str, missing: list[CaptureError]) -> Iterator[tuple[str, list[str]]]:
    """A folder and those below it but hidden ones and links, with the names of what else they hold."""

    def refused(error: OSError) -> None:
        reason = error.strerror or str(error)
        missing.append(CaptureError(str(error.filename or path), reason[:1].lower() + reason[1:]))

    for folder, below, names in os.walk(str(Path(path)), onerror=refused):
        below[:] = [name for name in below if not name.startswith(".")]
        yield folder, names


def _matching(pattern: str, missing: list[CaptureError]) -> Iterator[str]:
    """What fits a pattern: files, and captures in folders that fit, as if the shell had named them.

    Its `**` follows no links, which may lead in circles.
    """
    parts = pattern.replace(os.sep, "/").split("/")
    if DEEP not in parts:
        for path in glob(pattern):  # noqa: PTH207  (an absolute pattern too)
            yield from (place.path for place in _local(path, missing)) if os.path.isdir(path) else (path,)  # noqa: PTH112
        return
    head, rest = "/".join(parts[: parts.index(DEEP)]), parts[parts.index(DEEP) + 1 :]
    while rest[:1] == [DEEP]:
        rest = rest[1:]
    for top in glob(head) if has_magic(head) else [head or ("/" if pattern.startswith("/") else ".")]:  # noqa: PTH207
        for folder, _ in _folders(top, missing) if os.path.isdir(top) else ():  # noqa: PTH112
            below = "/".join((escape(folder), *(rest or ["*"])))
            yield from _matching(below, missing) if DEEP in rest else glob(below)  # noqa: PTH207


def _is_capture(name: str) -> bool:
    """Whether a name is that of a capture; rotation may have put a number behind it (`trace.pcap0`, `trace.pcap.3`)."""
    name = name.lower()
    return not name.startswith(".") and (name.endswith(NAMES) or name.rstrip("0123456789").rstrip(".").endswith(NAMES))


def _files(paths: Iterable[str]) -> Iterator[Place]:
    """Those that are files, or cannot be told from such: reading them will say what is wrong."""
    for path in paths:
        try:
            if not S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  (many)
                continue
        except OSError:
            pass
        yield _file(path)


def _file(path: str) -> Place:
    path = str(Path(path))
    try:
        status = os.stat(path)  # noqa: PTH116  (many)
    except OSError:
        return Place(path=path)
    return Place(path=path, size=status.st_size, stamp=f"{status.st_mtime_ns}.{status.st_ctime_ns}")


def _is_own(place: Place, target: Path) -> bool:
    """Whether an audit wrote this to its folder."""
    if place.remote:
        return False
    folder, name = os.path.split(place.path)
    parts = Path(_real(folder), name).parts
    own = Path(_real(str(target))).parts
    return parts[: len(own)] == own and parts[len(own)] in (OWN if len(parts) == len(own) + 1 else FOLDERS)


@lru_cache(maxsize=1024)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _remote(path: str) -> Iterator[Place]:
    for each in listed(path, _is_capture):
        yield Place(path=each.url, size=each.size, stamp=each.stamp, remote=True)
