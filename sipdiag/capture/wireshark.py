"""Wireshark's dissectors as an engine: SIP that only they can read, foremost behind TLS with its keys.

tshark does the work, and pyshark speaks to it; both are asked only when they are needed.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any

import msgspec

from sipdiag.capture.complaint import one_line
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

OLDEST = (3, 0)
"""The first tshark that calls TLS by its name."""
PACKAGE = "install the package tshark (or wireshark-cli)"
TRANSPORTS = {"tls": "tls", "dtls": "tls", "sctp": "sctp", "tcp": "tcp", "udp": "udp"}
"""Wireshark's name of a protocol → how SIP calls it; the first that is there counts."""
INTERNET = ("ip", "ipv6")
LONGEST_COMPLAINT = 300
PATIENCE = 5
"""Seconds for tshark to end after its last word."""


class Dissected(msgspec.Struct, frozen=True, kw_only=True):
    """One SIP message as Wireshark found it."""

    frame: int
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    source: str
    """`host:port`."""
    destination: str
    transport: str
    payload: bytes
    ip_id: int = 0


def dissected(path: str, *, keylog: str | None, encrypted_only: bool, ports: Iterable[int] = ()) -> Iterator[Dissected]:
    """Yield the SIP messages of a capture file in the order of their frames.

    `keylog` is a file of TLS secrets; those in the capture itself are used as well. What goes to `ports` under TLS is
    read as SIP.

    Raises:
        CaptureError: tshark is missing or too old, or fails at once.
    """
    import asyncio  # noqa: PLC0415 - imported with what needs it
    import warnings  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an event loop, which is pyshark's own matter
        import pyshark  # noqa: PLC0415

        _check(path, missing="tshark is to read it and is not here")
        loop = asyncio.new_event_loop()  # its own would leave a signal handler behind
        capture = pyshark.FileCapture(
            path,
            display_filter="sip && (tls || dtls)" if encrypted_only else "sip && !icmp && !icmpv6",
            override_prefs={"tls.keylog_file": keylog} if keylog else {},
            decode_as={f"tls.port=={port}": "sip" for port in sorted(set(ports))},
            use_json=True,
            include_raw=True,
            keep_packets=False,
            eventloop=loop,
        )
        capture._cleanup_subprocess = partial(_ended, capture, capture._cleanup_subprocess)  # noqa: SLF001
        try:
            for packet in capture:
                yield from _messages(packet)
        except pyshark.capture.capture.TSharkCrashException as error:
            # How it ended does not matter once all that it had to say was read: of a cut capture it complains too.
            if not capture._eof_reached:  # noqa: SLF001 - nothing else tells
                raise CaptureError(path, f"tshark stopped: {one_line(error, LONGEST_COMPLAINT)}") from error
        finally:
            with suppress(Exception):
                capture.close()
            capture._running_processes.clear()  # noqa: SLF001 - or it would complain once more when it is forgotten
            loop.close()


@contextmanager
def converted(path: str) -> Iterator[IO[bytes]]:
    """Give a capture of any format that Wireshark reads as pcapng.

    Raises:
        CaptureError: tshark is missing or too old.
    """
    command = [_check(path), "-r", path, "-F", "pcapng", "-w", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - no shell
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield process.stdout
        finally:
            process.kill()


async def _ended(capture: Any, clean_up: Callable[[Any], Awaitable[None]], process: Any) -> None:  # noqa: ANN401
    """Wait until tshark has ended, then let pyshark clean up.

    pyshark would kill it first, and `Popen.kill` asks for the exit status of what may have ended by itself. So it may
    take that from the thread in which asyncio waits, which then complains of an unknown child process.
    """
    import asyncio  # noqa: PLC0415

    if process.returncode is None:
        if not capture._eof_reached:  # noqa: SLF001 - it has more to say, and nobody listens
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), PATIENCE)
    await clean_up(process)


def _check(path: str, *, missing: str = "can be read with tshark only, which is not here") -> str:
    """Give where tshark is, if it is there and new enough; `missing` is what to say if not."""
    from pyshark.tshark import tshark  # noqa: PLC0415

    try:
        version = tshark.get_tshark_version()
        where: str = tshark.get_process_path()
    except Exception as error:  # each of several kinds means the same
        raise CaptureError(path, f"{missing}: {PACKAGE}") from error
    if version.release[:2] < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise CaptureError(path, f"tshark {version} is too old: {PACKAGE}, version {oldest} or newer")
    return where


def _messages(packet: Any) -> Iterator[Dissected]:  # noqa: ANN401 - pyshark ships no types
    layers = {layer.layer_name: layer for layer in packet.layers}
    raw = layers.get("sip_raw")
    internet = next((layers[name] for name in INTERNET if name in layers), None)
    if raw is None or internet is None:
        return
    inner = _innermost(internet)
    carrier = next((name for name in ("udp", "tcp", "sctp") if name in layers), None)
    ports = _innermost(layers[carrier]) if carrier else None
    transport = next((TRANSPORTS[name] for name in TRANSPORTS if name in layers), "udp")
    if "websocket" in layers:
        transport = "wss" if transport == "tls" else "ws"
    source, destination = (_endpoint(inner, ports, end) for end in ("src", "dst"))
    for payload in _raw_bytes(raw):
        yield Dissected(
            frame=int(packet.number),
            time=_nanoseconds(str(packet.sniff_timestamp)),
            source=source,
            destination=destination,
            transport=transport,
            payload=payload,
            ip_id=_number(inner, "id") if transport == "udp" else 0,
        )


def _innermost(layer: Any) -> Any:  # noqa: ANN401
    """Give the last of several layers of one kind: what is inside of a tunnel."""
    return layer.duplicate_layers[-1] if layer.duplicate_layers else layer


def _endpoint(internet: Any, ports: Any, end: str) -> str:  # noqa: ANN401
    host = str(internet.get(end, "0.0.0.0"))  # noqa: S104 - an address that is not known
    return f"[{host}]:{_number(ports, end + 'port')}" if ":" in host else f"{host}:{_number(ports, end + 'port')}"


def _number(layer: Any, name: str) -> int:  # noqa: ANN401
    value = "0" if layer is None else str(layer.get(name, "0"))
    try:
        return int(value, 0)
    except ValueError:
        return 0


def _raw_bytes(raw: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Give the bytes of each SIP message of a packet: one hexadecimal text, or a list of them with their places."""
    first = raw.value
    texts = [first] if isinstance(first, str) else [first[0], *(each.value for each in raw.duplicate_layers)]
    for text in texts:
        try:
            yield bytes.fromhex(text)
        except (TypeError, ValueError):
            continue


def _nanoseconds(epoch: str) -> int:
    """Read seconds since 1970 with a fraction, or the date and time that newer versions write instead."""
    if "T" in epoch:
        from datetime import datetime  # noqa: PLC0415

        whole, _, fraction = epoch.rstrip("Z").partition(".")
        seconds = int(datetime.fromisoformat(whole + "+00:00").timestamp())
    else:
        text, _, fraction = epoch.partition(".")
        seconds = int(text)
    return seconds * 10**9 + int(fraction.ljust(9, "0")[:9] or "0")
