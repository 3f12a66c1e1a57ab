"""TLS records as the samples need them: hellos and alerts in clear, the rest bytes that nobody can read (RFC 8446)."""

from __future__ import annotations

import hashlib
import struct

from conversation import ALICE, PBX, Host
from recording import Connection, Recording

TLS_1_2, TLS_1_3 = 0x0303, 0x0304
CHANGE_CIPHER_SPEC = b"\x14\x03\x03\x00\x01\x01"
ALERTS = {"close_notify": 0, "handshake_failure": 40, "unknown_ca": 48, "protocol_version": 70}
CIPHERS = struct.pack(">3H", 0x1301, 0x1302, 0xC02F)


def opaque(name: str, length: int) -> bytes:
    """Bytes that stand for `name`, always the same."""
    return hashlib.shake_256(name.encode()).digest(length)


def client_hello(name: str, *versions: int, protocols: tuple[str, ...] = ()) -> bytes:
    """A ClientHello that asks for `name`."""
    host = name.encode()
    listed = b"".join(struct.pack(">H", each) for each in versions)
    extensions = _extension(0, struct.pack(">HBH", len(host) + 3, 0, len(host)) + host)
    extensions += _extension(10, struct.pack(">HH", 2, 0x001D)) + _extension(13, struct.pack(">HHH", 4, 0x0403, 0x0804))
    extensions += _extension(43, bytes([len(listed)]) + listed)
    extensions += _extension(51, struct.pack(">HHH", 36, 0x001D, 32) + opaque(f"share/{name}", 32))
    if protocols:
        names = b"".join(bytes([len(each)]) + each.encode() for each in protocols)
        extensions += _extension(16, struct.pack(">H", len(names)) + names)
    body = struct.pack(">H", TLS_1_2) + opaque(f"client/{name}", 32) + b"\x20" + opaque(f"session/{name}", 32)
    body += struct.pack(">H", len(CIPHERS)) + CIPHERS + b"\x01\x00" + struct.pack(">H", len(extensions)) + extensions
    return _record(22, b"\x01" + len(body).to_bytes(3, "big") + body, version=0x0301)


def server_hello(name: str) -> bytes:
    """A ServerHello that chooses TLS 1.3, and what follows it, encrypted."""
    extensions = _extension(43, struct.pack(">H", TLS_1_3))
    extensions += _extension(51, struct.pack(">HH", 0x001D, 32) + opaque(f"answer/{name}", 32))
    body = struct.pack(">H", TLS_1_2) + opaque(f"server/{name}", 32) + b"\x20" + opaque(f"session/{name}", 32)
    body += struct.pack(">H", 0x1301) + b"\x00" + struct.pack(">H", len(extensions)) + extensions
    hello = _record(22, b"\x02" + len(body).to_bytes(3, "big") + body)
    return hello + CHANGE_CIPHER_SPEC + sealed(f"flight/{name}", 1100)


def sealed(name: str, length: int) -> bytes:
    """A record of `length` encrypted bytes."""
    return _record(23, opaque(name, length))


def alert(description: str) -> bytes:
    """A fatal alert in clear; close_notify is none."""
    return _record(21, bytes([2 if ALERTS[description] else 1, ALERTS[description]]))


def shaken(connection: Connection, name: str) -> None:
    """A handshake that is completed, and a request with its response behind it."""
    connection.send(connection.client, client_hello(name, TLS_1_3, TLS_1_2))
    connection.send(connection.server, server_hello(name))
    connection.send(connection.client, CHANGE_CIPHER_SPEC + sealed(f"finished/{name}", 53))
    connection.send(connection.server, sealed(f"ticket/{name}", 234))
    connection.send(connection.client, sealed(f"request/{name}", 486))
    connection.send(connection.server, sealed(f"response/{name}", 402))


def link(wire: Recording, number: int, *, port: int = 5061, server: Host = PBX) -> Connection:
    """A connection of Alice's, open."""
    client, other = Host(address=ALICE.address, port=49_300 + number), Host(address=server.address, port=port)
    connection = Connection(recording=wire, client=client, server=other)
    connection.open()
    return connection


def _record(kind: int, data: bytes, *, version: int = TLS_1_2) -> bytes:
    return struct.pack(">BHH", kind, version, len(data)) + data


def _extension(number: int, data: bytes) -> bytes:
    return struct.pack(">HH", number, len(data)) + data
