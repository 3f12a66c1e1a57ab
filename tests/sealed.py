"""A conversation over real TLS, with the secrets that open it."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wrappings import Line, pcap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wrappings import Said

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CLIENT_PORT = 40_000


def certified(folder: Path) -> Path:
    """A certificate that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pbx.example.net")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


def over_tls(
    said: Sequence[Said],
    folder: Path,
    *,
    port: int = 5061,
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    framed: Callable[[Said, bool], bytes] = lambda each, _: each.payload,
    before: tuple[bytes, bytes] = (b"", b""),
) -> tuple[bytes, Path]:
    """A capture of the conversation on one TLS connection to that port, and the file with its secrets.

    `framed` gives the bytes of a message, told whether the client sends it; `before` is said first by either side.
    """
    client, server = said[0].source, said[0].destination
    turned = {client: (client[0], CLIENT_PORT), server: (server[0], port)}
    said = [replace(each, source=turned[each.source], destination=turned[each.destination]) for each in said]
    line = Line(said)
    keylog = folder / "keys.log"
    ends = _ends(certified(folder), keylog, version)
    _shake_hands(ends, line, said[0].time)
    greetings = [replace(said[0], source=end, payload=text) for end, text in zip(turned.values(), before, strict=True)]
    for each in [*(each for each in greetings if each.payload), *said]:
        tls, out, _ = ends[0 if each.source == line.client else 1]
        tls.write(each.payload if each in greetings else framed(each, each.source == line.client))
        line.say(each.time, each.source, out.read())
    return pcap(line.packets), keylog


End = tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]
"""TLS, what it sends, and what it is sent."""


def _ends(certificate: Path, keylog: Path, version: ssl.TLSVersion) -> tuple[End, End]:
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.maximum_version = version
    client.keylog_filename = str(keylog)
    server.load_cert_chain(certificate)
    ways = [ssl.MemoryBIO() for _ in range(4)]
    return (
        (client.wrap_bio(ways[0], ways[1], server_hostname="pbx.example.net"), ways[1], ways[0]),
        (server.wrap_bio(ways[2], ways[3], server_side=True), ways[3], ways[2]),
    )


def _shake_hands(ends: tuple[End, End], line: Line, time: int) -> None:
    for _ in range(4):
        for (tls, out, _), (_, _, into), sender in zip(ends, ends[::-1], (line.client, line.server), strict=True):
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            if data := out.read():
                line.say(time, sender, data)
                into.write(data)
