"""Where captures lie: files, folders, patterns and URLs, in an order that does not depend on how they were named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO

import msgspec

from sipdiag.capture import is_url
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
            missing.append(CaptureError(path, "holds no capture"))
        found.update((place.path, place) for place in named)
    return [found[path] for path in sorted(found)], missing


def opened(place: Place) -> BinaryIO:
    """The capture behind a URL."""
    try:
        import fsspec  # noqa: PLC0415  (only a URL needs it)

        file: BinaryIO = fsspec.open(place.path, "rb").open()
    except Exception as error:  # each store has errors of its own
        raise CaptureError(place.path, f"cannot be read: {type(error).__name__}") from error
    return file


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
    try:
        import fsspec  # noqa: PLC0415  (the same)

        store, inner = fsspec.core.url_to_fs(path)
        if has_magic(inner):
            names = store.glob(inner)
        elif store.isdir(inner):
            names = [name for name in store.find(inner) if _is_capture(name.rpartition("/")[2])]
        else:
            names = [inner]
        for name in sorted(names):
            about = store.info(name)
            stamp = next((str(about[key]) for key in ("ETag", "etag", "mtime", "LastModified") if about.get(key)), "")
            url = store.unstrip_protocol(name)
            yield Place(path=url, size=int(about.get("size") or 0), stamp=stamp, remote=True)
    except Exception as error:  # each store has errors of its own
        raise CaptureError(
            path, f"cannot be read: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        ) from error
