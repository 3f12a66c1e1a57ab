"""Where captures lie: files, folders, patterns and URLs, in an order that does not depend on how they were named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path

import msgspec

from sipdiag.capture import is_url, listed, without_password
from sipdiag.errors import CaptureError

ENDINGS = (".pcap", ".pcapng", ".cap", ".dmp", ".ntar", ".dump")
PACKINGS = ("", ".gz", ".zst", ".lz4", ".xz", ".bz2")
NAMES = tuple(f"{ending}{packing}" for ending in ENDINGS for packing in PACKINGS)
"""How the name of a capture ends: what else lies in a folder is passed over."""


class Place(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One capture to be read."""

    path: str
    size: int = 0
    stamp: str = ""
    """What changes when the file is written: its time of change, or what a store says of a version."""
    remote: bool = False

    @property
    def name(self) -> str:
        """The path as it may be told."""
        return without_password(self.path)


def places_of(paths: Iterable[str]) -> tuple[list[Place], list[CaptureError]]:
    """The captures that `paths` name, each once, in the order of their names; and what names none."""
    found: dict[str, Place] = {}
    missing: list[CaptureError] = []
    for path in paths:
        try:
            named = list(_remote(path) if is_url(path) else _local(path))
        except CaptureError as error:
            missing.append(error)
            continue
        if not named:
            missing.append(CaptureError(without_password(path), "holds no capture"))
        found.update((place.path, place) for place in named)
    return [found[path] for path in sorted(found)], missing


def _local(path: str) -> Iterator[Place]:
    named = Path(path)
    if named.is_dir():
        yield from (_file(each) for each in sorted(named.rglob("*")) if _is_capture(each.name) and each.is_file())
    elif not named.exists() and has_magic(path):
        yield from (_file(Path(each)) for each in sorted(glob(path, recursive=True)) if Path(each).is_file())  # noqa: PTH207  (an absolute pattern too)
    else:
        yield _file(named)


def _is_capture(name: str) -> bool:
    """Whether a name is that of a capture; rotation may have put a number behind it (`trace.pcap0`, `trace.pcap.3`)."""
    name = name.lower()
    return not name.startswith(".") and (name.endswith(NAMES) or name.rstrip("0123456789").rstrip(".").endswith(NAMES))


def _file(path: Path) -> Place:
    try:
        status = path.stat()
    except OSError:
        return Place(path=str(path))  # reading it will say what is wrong
    return Place(path=str(path), size=status.st_size, stamp=str(status.st_mtime_ns))


def _remote(path: str) -> Iterator[Place]:
    for each in listed(path, _is_capture):
        yield Place(path=each.url, size=each.size, stamp=each.stamp, remote=True)
