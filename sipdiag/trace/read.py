"""Capture → trace, natively or with Wireshark's help, in one process or in two.

Where possible, a large file is read by two processes. Each reads a part of it; the file is cut where a record seems to
begin, which must be proven: see `later.py`. The result is the same as that of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from sipdiag.defect import Defect
from sipdiag.errors import CaptureError
from sipdiag.trace.ahead import LARGE, begun, stop_in
from sipdiag.trace.dissection import Engine, dissection, keys
from sipdiag.trace.plain import plain_trace
from sipdiag.trace.room import ROOM
from sipdiag.trace.second import Second, may_fork

if TYPE_CHECKING:
    from sipdiag.capture import Capture, Kept
    from sipdiag.trace.later import Later
    from sipdiag.trace.reader import Reader
    from sipdiag.trace.trace import Trace

Progress = Callable[[int, int], None]
"""Told after each chunk: bytes read so far, bytes in all (0 when nobody knows)."""

NATIVE = Engine()
"""No Wireshark, and no keys but those in the capture."""


def read_trace(  # noqa: PLR0913  (each is a choice of its own)
    path: str,
    *,
    capture: int = 0,
    stream: BinaryIO | None = None,
    progress: Progress | None = None,
    media: bool = False,
    engine: Engine = NATIVE,
    meanwhile: Callable[[], object] | None = None,
    room: int = ROOM,
    alone: bool = False,
) -> Trace:
    """What the capture at `path` (`-`: `stream`) shows of SIP, with `capture` as its number, and of `media` if wanted.

    `engine` asks for Wireshark's help, or has keys. With `meanwhile`, a second process may read a part of a large file,
    and `meanwhile` is called before its answer is waited for. Where messages need more than `room` bytes, the oldest
    are left out. A capture that is read `alone` keeps nothing for captures before and behind it. Raises `CaptureError`
    when it cannot be read at all.
    """
    if engine.wireshark:
        return _read_by_wireshark(path, stream, engine, capture=capture, progress=progress, media=media, room=room)
    if stream is None and engine == NATIVE and (plain := plain_trace(path, capture=capture, media=media, room=room)):
        if progress is not None:
            progress(plain.facts.bytes, plain.facts.bytes)
        return plain
    from sipdiag.capture import open_capture  # noqa: PLC0415 - NumPy is behind it
    from sipdiag.trace.reader import Reader  # noqa: PLC0415

    with open_capture(path, stream=stream) as source, _kept(source, engine) as kept:
        told, large = told_to(source, progress), source.bytes >= LARGE and source.divisible
        if meanwhile is not None and not (large and may_fork()):
            meanwhile = None
        reader = Reader(source, capture, media=media, room=room, kept=kept, alone=alone)
        if large:
            _read_in_parts(source, reader, told, meanwhile)
        else:
            _read(reader, told)
        if reader.encrypted and (engine.keylog or source.secrets):
            _decrypt(reader, path, capture, engine, source.secrets, kept)
        return reader.trace()


def _read_by_wireshark(
    path: str,
    stream: BinaryIO | None,
    engine: Engine,
    *,
    capture: int,
    progress: Progress | None,
    media: bool,
    room: int,
) -> Trace:
    """The trace of a capture in which Wireshark finds all SIP."""
    from sipdiag.capture import spooled  # noqa: PLC0415 - loaded when it is needed
    from sipdiag.trace.reader import Reader  # noqa: PLC0415

    # Wireshark opens a file by its name, so that a capture from a pipe has to become one.
    with spooled(path, stream) as file:
        with _opened(path, file) as source:
            reader = _read(Reader(source, capture, media=media, room=room), told_to(source, progress))
        try:
            reader.add(dissection(file, engine, reader.encrypted, capture), instead=True)
        except CaptureError as error:
            raise CaptureError(path, error.reason) from error
        return reader.trace()


@contextmanager
def _kept(source: Capture, engine: Engine) -> Iterator[Kept | None]:
    """Keep the packets that TLS secures for Wireshark, if there are keys or the capture may hold some."""
    if not (engine.keylog or source.format == "pcapng"):
        yield None
        return
    from sipdiag.capture import Kept  # noqa: PLC0415 - loaded when it is needed

    with Kept(None if source.divisible else source.defects, source.secrets, keyed=bool(engine.keylog)) as kept:
        yield kept


def _decrypt(reader: Reader, path: str, capture: int, engine: Engine, secrets: list[bytes], kept: Kept | None) -> None:
    """Read what is encrypted with the keys that there are, those in the capture itself among them."""
    try:
        with keys(engine, secrets) as keyed:
            if kept is None or not kept.whole:
                found = dissection(path, keyed, reader.encrypted, capture)
            else:
                found = dissection(kept.path(), keyed, reader.encrypted, capture, kept.number)
            reader.add(found, instead=False)
    except (CaptureError, OSError) as error:
        reason = error.reason if isinstance(error, CaptureError) else f"cannot be kept: {error.strerror or error}"
        if engine.keylog and not engine.optional:
            raise CaptureError(path, reason) from error
        reader.note(Defect(kind="secrets-unused", detail=reason))  # the user gave no keys, so that this is no error


def told_to(source: Capture, progress: Progress | None) -> Callable[[int], None]:
    """What is to be called with the number of bytes that have been read."""
    return (lambda _: None) if progress is None else lambda reached: progress(reached, source.bytes)


def _read(reader: Reader, told: Callable[[int], None]) -> Reader:
    """Read a capture from its first packet to its last."""
    for reached in reader.chunks():
        told(reached)
    reader.finish()
    return reader


def _read_in_parts(
    source: Capture, reader: Reader, told: Callable[[int], None], meanwhile: Callable[[], object] | None
) -> Reader:
    """Read a capture in two parts, with `meanwhile` the later one in a second process."""
    from sipdiag.trace.later import later_part  # noqa: PLC0415 - most captures are small

    place = stop_in(source, media=reader.media)
    helped = place is not None and meanwhile is not None

    def second_process() -> Second[Later | None]:
        ahead = begun(source.path, media=reader.media)
        return ahead or Second(lambda: later_part(source, place or 0, media=reader.media))

    with second_process() if helped else nullcontext() as second:
        for reached in reader.chunks():
            told(reached)
        later = None
        if second is not None and meanwhile is not None and source.stopped:
            meanwhile()
            later = second.answer()
    if place is not None and source.stopped:
        fits = later is not None and later.place == place and later.state == source.state
        if later is not None and fits and reader.join_later(later):
            told(source.bytes)
        else:
            source.go_on(place)
            for reached in reader.chunks():
                told(reached)
    reader.finish()
    return reader


@contextmanager
def _opened(path: str, file: str) -> Iterator[Capture]:
    """The capture in `file`, which was named `path`; if nothing here knows its format, as Wireshark converts it."""
    from sipdiag.capture import open_capture  # noqa: PLC0415

    try:
        source = open_capture(file)
    except CaptureError as error:
        if not Path(file).is_file():
            raise CaptureError(path, error.reason) from error
        from sipdiag.capture import converted  # noqa: PLC0415

        with converted(file) as stream:
            try:
                source = open_capture("-", stream=cast("BinaryIO", stream))
            except CaptureError:  # Wireshark does not know the format either
                raise CaptureError(path, error.reason) from error
            source.path = path
            yield source
        return
    with source:
        source.path = path
        yield source
