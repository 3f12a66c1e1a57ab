"""Sightings by Wireshark's dissectors: SIP inside TLS, with its keys, or all SIP where the user asks for that."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from sipdiag.errors import CaptureError
from sipdiag.sip import begins_message, parse
from sipdiag.trace.sighting import Sighting, port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sipdiag.transport import Handshake

WEB = frozenset({"h2", "h3", "http/1.0", "http/1.1"})
"""ALPN protocol IDs of HTTP: Wireshark finds SIP over WebSocket, which begins as HTTP, by itself."""
WEB_PORTS = frozenset({443, 8443})


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """What reads the SIP of a capture, and with which keys."""

    wireshark: bool = False
    """Whether Wireshark is to find all SIP, and not only what native code cannot read."""
    keylog: str = ""
    """File with TLS secrets; those that a pcapng file itself holds are used without it."""
    optional: bool = False
    """Whether a capture is read without Wireshark where that is missing; otherwise that is an error."""


@contextmanager
def keys(engine: Engine, secrets: Iterable[bytes]) -> Iterator[Engine]:
    """Give `engine` with a key log that also holds `secrets`, those in the capture itself.

    Wireshark would use these by itself, but not for the packets that stand before them in the file.

    Raises:
        OSError: they cannot be written to a file of their own, or the key log not be read.
    """
    if not secrets:
        yield engine
        return
    from sipdiag.capture import private_file  # noqa: PLC0415 - few captures need it

    with private_file() as (file, path):
        if engine.keylog:
            with Path(engine.keylog).open("rb") as own:
                copyfileobj(own, file)
        for each in secrets:
            file.write(b"\n" + each)
        file.flush()
        yield replace(engine, keylog=path)


def dissection(
    path: str,
    engine: Engine,
    handshakes: Iterable[Handshake],
    capture: int,
    number: Callable[[int], int] = int,
) -> Iterator[Sighting]:
    """Yield what Wireshark sees in the capture file at `path`, behind TLS or everywhere.

    If the file holds only some packets of a capture, `number` turns a packet's number in the file into that in the
    capture.

    Raises:
        CaptureError: tshark is missing, too old, or fails, or the key log is not there.
    """
    if engine.keylog and not Path(engine.keylog).exists():  # on another machine, say
        raise CaptureError(path, f"the key log {engine.keylog} is not here")
    from sipdiag.capture import dissected  # noqa: PLC0415 - few captures need it

    found = dissected(
        path,
        keylog=engine.keylog or None,
        encrypted_only=not engine.wireshark,
        ports=[port(each.server) for each in handshakes if _may_be_bare(each)],
    )
    for each in found:
        message = parse(each.payload) if begins_message(each.payload) else None
        if message is not None:
            yield Sighting(
                capture=capture,
                frame=number(each.frame),
                time=each.time,
                source=each.source,
                destination=each.destination,
                transport=each.transport,
                message=message,
                ip_id=each.ip_id,
            )


def _may_be_bare(handshake: Handshake) -> bool:
    """Whether SIP may be directly inside TLS (RFC 3261, section 26.2.1), without WebSocket."""
    return not WEB.intersection(handshake.protocols) and port(handshake.server) not in WEB_PORTS
