"""Captures behind a URL, read through fsspec where its package is installed: `https`, `s3`, `gs` and what it knows."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sipdiag.capture.complaint import hidden, one_line
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
"""A scheme of two letters or more, since one letter is a drive; fsspec chains them with `::`."""
_GOOGLE = re.compile(r"(?:^|::)(?:gs|gcs)://", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")

GONE = (404, 410)
"""What a web server answers that does not have the file (RFC 9110, section 15.5)."""
NO_BUCKET = ("NoSuchBucket", "ContainerNotFound")
FORBIDDEN = (
    401,
    403,
    "401",
    "403",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "AuthenticationFailed",
    "AuthorizationFailure",
)
"""What a web server or a store answers to who may not have it."""
EXTRAS = {"aiohttp": "remote", "gcsfs": "gcs", "s3fs": "s3"}
"""The extra of this package that brings what a store is read with."""
PLAIN_GOOGLE = "gcsfs.core.GCSFileSystem"
"""What asks for files and nothing else; the other one in gcsfs asks what kind of bucket each is, over gRPC, and that
takes minutes where it is not allowed."""
STAMPS = (
    "generation",
    "ETag",
    "etag",
    "md5Hash",
    "Content-MD5",
    "mtime",
    "LastModified",
    "Last-Modified",
    "last_modified",
    "updated",
)
"""What stores call that which changes with a file, the surest first."""
PIECE = 8 << 20
"""Bytes that are asked of a store at a time; a web server is asked once for all."""
TRIES = 3
"""How often in a row nothing may come before a file is given up; gcsfs tries so itself, for half a minute."""
PATIENCE = 60
"""Seconds that a web server may say nothing."""
NOTHING = "no such file or directory"


class Listed(NamedTuple):
    """A file that a store has."""

    url: str
    size: int
    stamp: str
    """What changes when the file does; empty where the store does not tell."""


def is_url(path: str) -> bool:
    """Tell whether a capture is named by a URL."""
    return _URL.match(path) is not None


def without_password(path: str) -> str:
    """Give a path as it may be told: of a URL without user, password and signature."""
    return hidden(path) if is_url(path) else path


def listed(path: str, wanted: Callable[[str], bool]) -> list[Listed]:
    """Give the files that a URL names: itself, those that fit its pattern, or the `wanted` ones in the folder.

    Raises:
        CaptureError: the package is missing, nothing is there, or it cannot be listed.
    """
    with _complaints(path):
        store, inner = _store(path)
        with _bucket(store, inner):
            found = _found(store, inner, wanted)
        return [_listed(store, name, each) for name, each in sorted(found.items())]


def _found(store: Any, inner: str, wanted: Callable[[str], bool]) -> dict[str, Any]:  # noqa: ANN401
    """Give the names of the files, and what the store says of each."""
    if _is_pattern(store, inner):
        found = store.glob(inner, detail=True)
        for name in [name for name, about in found.items() if about.get("type") == "directory"]:
            del found[name]
            if "**" not in inner:
                found.update(_below(store, name, wanted))
    elif _is_folder(store, inner, about := store.info(inner)):
        found = _below(store, inner, wanted)
    else:
        return {inner: about}
    if _is_web(store):  # a page of links says nothing else of what it links to
        return {name: store.info(name) for name in found}
    return dict(found)


def _below(store: Any, inner: str, wanted: Callable[[str], bool]) -> dict[str, Any]:  # noqa: ANN401
    found = store.find(inner, detail=True)
    return {
        name: about
        for name, about in found.items()
        if wanted(name.rpartition("/")[2]) and "/." not in name.removeprefix(inner)
    }


class ChangedError(OSError):
    """A file is not what it was when reading began."""


class Remote:
    """A file behind a URL; whatever goes wrong there is an `OSError` here.

    Where a connection breaks, reading goes on where it was, as long as the file is the same.
    """

    def __init__(self, path: str) -> None:
        """Open it.

        Raises:
            CaptureError: the package is missing, or nothing is there.
        """
        self._at, self._checked = 0, False
        with _complaints(path):
            self._store, self._inner = _store(path)
            with _bucket(self._store, self._inner):
                about = self._store.info(self._inner)
            if about.get("type") == "directory" or (_is_web(self._store) and self._inner.endswith("/")):
                raise CaptureError(hidden(path), "is a directory")
            self._about = _listed(self._store, self._inner, about)
            size = about.get("size")
            self.size = size if isinstance(size, int) else None
            """Bytes of the file, where the store tells."""
            self._file: BinaryIO = self._opened()

    def read(self, size: int, /) -> bytes:
        """Give the next bytes."""
        parts: list[bytes] = []
        failures = 0
        while size > 0:
            try:
                part = self._file.read(size) if not failures else self._again().read(size)
            except ChangedError:
                raise
            except Exception as error:  # each store has errors of its own
                failures += 1
                if failures >= TRIES or "gs" in self._store.protocol:
                    raise OSError(_told(error)) from error
                continue
            if not part:
                self._check()
                break
            failures = 0
            parts.append(part)
            self._at += len(part)
            size -= len(part)
        if size > 0 and self.size is not None and self._at < self.size:
            raise OSError(f"cannot be read: it ends after {self._at} of {self.size} bytes")
        return b"".join(parts)

    def close(self) -> None:
        """Close the file."""
        with suppress(Exception):  # nothing is lost with it
            self._file.close()
            if _is_web(self._store):
                _caught_up(self._store)

    def _opened(self) -> BinaryIO:
        """Open it at its beginning."""
        # A web server is asked for all in one piece, since many cannot give parts.
        file: BinaryIO = self._store.open(self._inner, "rb", block_size=0 if _is_web(self._store) else PIECE)
        return file

    def _check(self) -> None:
        """See that all pieces are of one file, where the store does not see to that."""
        if not self._checked and not _is_web(self._store) and not _is_amazon(self._store):
            self._checked = True
            self._store.invalidate_cache()
            self._compare()

    def _compare(self) -> None:
        if _listed(self._store, self._inner, self._store.info(self._inner)) != self._about:
            raise ChangedError("cannot be read: it changed in the meantime")

    def _again(self) -> BinaryIO:
        """Open it once more, where it was."""
        self.close()
        self._store.invalidate_cache()
        self._compare()
        self._file = self._opened()
        if not _is_web(self._store):
            self._file.seek(self._at)
            return self._file
        left = self._at
        while left > 0 and (passed := self._file.read(min(left, PIECE))):
            left -= len(passed)
        return self._file


def _store(path: str) -> tuple[Any, str]:
    """Give what a URL is read with, and what the file is called there."""
    try:
        import fsspec  # noqa: PLC0415 - only a URL needs it
    except ImportError as error:
        raise CaptureError(hidden(path), "is a URL: install the package fsspec to read it") from error
    _hushed()
    if _GOOGLE.search(path):
        for name in ("gs", "gcs"):
            fsspec.register_implementation(name, PLAIN_GOOGLE, clobber=True)
    store, inner = fsspec.core.url_to_fs(path, **_patience(path))
    store.invalidate_cache()  # what it listed before may have changed
    return store, inner


def _patience(path: str) -> dict[str, Any]:
    """Give what lets a web server take its time for a large file: by itself aiohttp would end after five minutes."""
    scheme = path.partition("://")[0].lower()
    if scheme not in {"http", "https"}:
        return {}
    from aiohttp import ClientTimeout  # noqa: PLC0415 - what fsspec reads the web with
    from fsspec.config import conf  # noqa: PLC0415

    patience = ClientTimeout(total=None, sock_connect=PATIENCE, sock_read=PATIENCE)
    return {"client_kwargs": {"timeout": patience, **conf.get(scheme, {}).get("client_kwargs", {})}}


def _hushed() -> None:
    """Keep what is logged, tracebacks and all, to those who want a log: here one line says what is wrong."""
    from logging import NullHandler, getLogger  # noqa: PLC0415 - loaded by what logs

    for name in ("fsspec", "gcsfs", "google"):
        logger = getLogger(name)
        if not logger.handlers:
            logger.addHandler(NullHandler())


@contextmanager
def _bucket(store: Any, inner: str) -> Iterator[None]:  # noqa: ANN401
    """Say so where there is not even a bucket; of Google's store gcsfs says only that nothing is there."""
    try:
        yield
    except FileNotFoundError as error:
        if "gs" in store.protocol:
            try:
                store.ls(inner.partition("/")[0])
            except FileNotFoundError:
                raise CaptureError(hidden(store.unstrip_protocol(inner)), "no such bucket") from error
        raise


def _is_amazon(store: Any) -> bool:  # noqa: ANN401
    """Tell whether a piece is refused when the file is not that of the piece before."""
    return "s3" in store.protocol


def _is_web(store: Any) -> bool:  # noqa: ANN401 - fsspec ships no types
    return "http" in store.protocol


def _caught_up(store: Any) -> None:  # noqa: ANN401
    """Wait until a store, which works in a thread of its own, has done what it was told."""
    import asyncio  # noqa: PLC0415 - loaded by what is waited for

    from fsspec.asyn import sync  # noqa: PLC0415

    sync(store.loop, asyncio.sleep, 0)


def _is_pattern(store: Any, inner: str) -> bool:  # noqa: ANN401
    """Tell whether a name is a pattern, and not that of a file; behind a question mark the web has something else."""
    if _is_web(store):
        return _MAGIC.search(inner.partition("?")[0]) is not None
    return _MAGIC.search(inner) is not None and not store.exists(inner)


def _is_folder(store: Any, inner: str, about: dict[str, Any]) -> bool:  # noqa: ANN401
    """Tell whether there is a list of what is in it; a web server has one only where it shows a page of links."""
    if not _is_web(store):
        return about.get("type") == "directory"
    if not inner.endswith("/") and about.get("mimetype") != "text/html":
        return False  # looking for links in it would fetch it all
    if store.isdir(inner):
        return True
    if inner.endswith("/"):
        raise CaptureError(hidden(inner), "shows no list of what is in it: name the captures one by one")
    return False


def _listed(store: Any, name: str, about: dict[str, Any]) -> Listed:  # noqa: ANN401
    stamp = next((str(about[key]) for key in STAMPS if about.get(key)), "")
    return Listed(store.unstrip_protocol(name), int(about.get("size") or 0), stamp)


@contextmanager
def _complaints(path: str) -> Iterator[None]:
    """Turn whatever a store complains of into one line."""
    try:
        yield
    except CaptureError:
        raise
    except Exception as error:  # each store has errors of its own
        raise CaptureError(hidden(path), _told(error)) from error


def _told(error: Exception) -> str:
    """Put what went wrong in one line, as the end of a sentence, without a password."""
    cause: BaseException = error
    while cause.__cause__ is not None:  # a store says that nothing is there when it could not even be reached
        cause = cause.__cause__
    code = _code(cause)
    if code in NO_BUCKET:
        return "no such bucket"
    if isinstance(cause, PermissionError) or code in FORBIDDEN or str(cause).startswith("Forbidden: "):
        return f"permission denied: {one_line(cause)}"
    if isinstance(cause, FileNotFoundError) or code in GONE or code in {"NoSuchKey", "404"}:
        return NOTHING
    if isinstance(cause, ImportError):
        package = (cause.name or "").partition(".")[0]
        return f"is a URL: {_remedy(package)}" if package else f"cannot be read: {cause}"
    words = one_line(cause)
    return f"cannot be read: {type(cause).__name__}: {words}" if words else f"cannot be read: {type(cause).__name__}"


def _remedy(package: str) -> str:
    extra = f": pip install 'sipdiag[{EXTRAS[package]}]'" if package in EXTRAS else ""
    return f"install the package {package} to read it{extra}"


def _code(error: BaseException) -> object:
    """Give what a web server or a store answered."""
    told = getattr(error, "response", None)
    named = told.get("Error", {}).get("Code") if isinstance(told, dict) else None
    places = ("error_code", "status", "status_code", "code")  # Azure's, the web's, Azure's, Google's
    return named or next((code for name in places if (code := getattr(error, name, None))), None)
