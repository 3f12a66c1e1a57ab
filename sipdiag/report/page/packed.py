"""Data in the page: JSON that no parser of HTML can take for anything else, deflated where it is large (RFC 1950)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

PLAIN: Final = 32_768
"""Up to so many bytes JSON stays as it is: a reader without our script can search it."""
CHUNK: Final = 400_000
"""Bytes of JSON in one chunk of messages; a chunk is unpacked when a conversation in it is opened."""
LEVEL: Final = 6


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """One block of data."""

    form: str
    """`json`, or `deflate`: zlib's format in Base64."""
    text: str


def packed(value: Any, *, plain: int = PLAIN) -> Packed:  # noqa: ANN401  (whatever JSON can tell)
    """`value` as a block; text in it has been made fit to show before."""
    return _packed(msgspec.json.encode(value), plain)


def _packed(encoded: bytes, plain: int) -> Packed:
    if len(encoded) > plain:
        return Packed(form="deflate", text=base64.b64encode(zlib.compress(encoded, LEVEL)).decode("ascii"))
    # `<` begins every end tag and comment; JSON may write it as an escape (RFC 8259, section 7).
    return Packed(form="json", text=encoded.decode().replace("<", "\\u003c"))


class Chunks:
    """Collects values in chunks of about `CHUNK` bytes."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._count = 0

    def place(self, value: Any) -> tuple[int, int]:  # noqa: ANN401
        """Take `value`; gives its chunk and its index there."""
        encoded = msgspec.json.encode(value)
        self._held.append(encoded)
        self._size += len(encoded)
        return self._count, len(self._held) - 1

    def finished(self, *, last: bool = False) -> Iterator[Packed]:
        """The chunk at hand, once it is large enough, or once there is nothing more to come."""
        if self._held and (last or self._size >= CHUNK):
            yield _packed(b"[" + b",".join(self._held) + b"]", PLAIN)
            self._held, self._size = [], 0
            self._count += 1
