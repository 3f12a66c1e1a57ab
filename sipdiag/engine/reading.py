"""The first stage: one capture is read by itself, and what it shows lies on disk under the name of its content."""

from __future__ import annotations

import errno
import hashlib
import pickle
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import msgspec
from msgspec.structs import replace

from sipdiag import __version__
from sipdiag.analysis import read
from sipdiag.capture import Remote, private_file
from sipdiag.engine.clocks import Marks, marks_of
from sipdiag.engine.columns import table_of
from sipdiag.engine.crew import WorkError
from sipdiag.engine.files import object_in, put_object, put_table
from sipdiag.engine.gist import Gist, Reading, told_of
from sipdiag.engine.places import Place
from sipdiag.errors import CaptureError
from sipdiag.trace import NATIVE, Engine, Trace, corrected

FORMAT = 7
"""Raised when what lies on disk changes its form: then captures are read anew, as with each version."""
COPY = 1 << 20
OWN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE})
"""What went wrong where we are, and not with a capture."""


UNREADABLE = (
    OSError,
    EOFError,
    pickle.UnpicklingError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)
"""What comes of a pickle that the system did not keep, or that another version wrote."""


class How(msgspec.Struct, frozen=True, kw_only=True):
    """How captures are read."""

    media: bool = True
    engine: Engine = NATIVE

    @property
    def mark(self) -> str:
        """What tells what was read in this way from what was read in another."""
        keys = Path(self.engine.keylog)
        status = keys.stat() if self.engine.keylog and keys.exists() else None
        told = (FORMAT, __version__, self.media, self.engine, status and (status.st_size, status.st_mtime_ns))
        return hashlib.blake2b(repr(told).encode(), digest_size=4).hexdigest()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of reading one capture."""

    place: Place
    content: str = ""
    """What tells its content from any other; empty where it could not be read."""
    gist: Gist | None = None
    reason: str = ""
    """Why it could not be read."""
    ahead: int = 0
    """How far its clock was ahead of that of the first to see the same; its times but those on disk are put right."""
    reference: str = ""
    """Which that was."""


def outcomes_of(places: list[Place], folder: Path, how: How, home: Path, helped: bool = False) -> list[Outcome]:  # noqa: FBT001, FBT002
    """Read some captures, each of them `helped` by a second process if that can be; each is done once it is there.

    Their paths count from `home`, where whoever asks is. Raises `WorkError` where there is no such `folder`.
    """
    if not folder.is_dir():
        raise WorkError(f"{folder}: a worker does not see this folder, which has to be the same for all")
    return [_outcome(place, folder, how, home, helped=helped) for place in places]


def known(folder: Path, content: str) -> Gist | None:
    """What was read of this content before; None where that is not there, or not as it was left."""
    try:
        gist = object_in(folder / f"{content}.reading")
        whole = isinstance(gist, Gist) and all(
            (folder / f"{content}{ending}").stat().st_size == size for ending, size in gist.left.items()
        )
    except UNREADABLE:
        return None
    return gist if whole else None


def marks_in(folder: Path, outcome: Outcome) -> Marks:
    """The marks of a capture that was read."""
    marks: Marks = object_in(folder / f"{outcome.content}.reading", 1)
    return marks


def reading_in(folder: Path, outcome: Outcome) -> Reading:
    """What a capture showed besides its messages, under the name that it has now, with its clock put right."""
    reading: Reading = object_in(folder / f"{outcome.content}.reading", 2)
    trace = replace(reading.trace, facts=replace(reading.trace.facts, path=outcome.place.name))
    if outcome.ahead:
        trace = corrected(trace, outcome.ahead, outcome.reference)
    return replace(reading, trace=trace)


def margins_in(folder: Path, outcome: Outcome) -> Trace:
    """What captures before and behind this one may have a part of, its clock put right."""
    trace: Trace = object_in(folder / f"{outcome.content}.edges")
    return corrected(trace, outcome.ahead, outcome.reference) if outcome.ahead else trace


def _outcome(place: Place, folder: Path, how: How, home: Path, *, helped: bool) -> Outcome:
    try:
        with _local(place, home) as path:
            content = content_of(path, how)
            gist = known(folder, content)
            if gist is None:
                gist = _read(place.name, path, folder, content, how, helped=helped)
    except CaptureError as error:
        return Outcome(place=place, reason=error.reason)
    except OSError as error:
        if error.errno in OWN:
            raise
        reason = error.strerror or str(error)
        return Outcome(place=place, reason=reason[:1].lower() + reason[1:])
    return Outcome(place=place, content=content, gist=gist)


@contextmanager
def _local(place: Place, home: Path) -> Iterator[Path]:
    """The capture as a file: itself, or a copy of what lies behind a URL."""
    if not place.remote:
        yield home / place.path
        return
    source = Remote(place.path)
    with closing(source), private_file() as (copy, path):
        while block := source.read(COPY):
            copy.write(block)
        copy.flush()
        yield Path(path)


def content_of(path: Path, how: How) -> str:
    """What tells the content of a file, and how it is read, from any other."""
    try:
        if not S_ISREG(mode := path.stat().st_mode) and not S_ISDIR(mode):
            raise CaptureError(str(path), "is a pipe, a socket or a device, and not a file")
        with path.open("rb") as file:
            return f"{hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()}-{how.mark}"
    except IsADirectoryError as error:
        raise CaptureError(str(path), "is a directory") from error


def _read(name: str, path: Path, folder: Path, content: str, how: How, *, helped: bool) -> Gist:
    trace = read(str(path), media=how.media, engine=how.engine, helped=helped)
    gist, reading = told_of(replace(trace, facts=replace(trace.facts, path=name)))
    put_table(folder / f"{content}.parquet", table_of(trace.sightings), compression="zstd")
    if gist.edges:
        put_object(folder / f"{content}.edges", replace(reading.trace, edges=trace.edges, parts=trace.parts))
    endings = (".parquet", ".edges") if gist.edges else (".parquet",)
    gist = replace(gist, left={each: (folder / f"{content}{each}").stat().st_size for each in endings})
    put_object(folder / f"{content}.reading", gist, marks_of(trace.sightings), reading)  # last: now it is done
    return gist
