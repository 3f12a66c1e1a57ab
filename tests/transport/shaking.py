"""Real TLS between two memory buffers: what OpenSSL on either side puts on the wire, as TCP segments."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
import tempfile
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.transport.wire import ACK, ALICE, BOB, FIN, PSH, SYN, ethernet, ipv4, tcp

PORT = 5061
NAME = "pbx.example.com"
Flight = tuple[bool, bytes]
"""Whether it is the client's, and its bytes."""


@cache
def certificate() -> str:
    """The path of a key with a certificate that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = Path(tempfile.mkdtemp()) / "pbx.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return str(path)


def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A client that trusts the server's certificate, and the server."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate())
    client = ssl.create_default_context(cafile=certificate())
    return client, server


def flights(client: ssl.SSLContext, server: ssl.SSLContext, *said: bytes) -> list[Flight]:
    """What goes over the wire until the handshake is done or has failed, and then what each side says in turn."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    sent_by_client, sent_by_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        (client.wrap_bio(to_client, sent_by_client, server_hostname=NAME), sent_by_client, to_server),
        (server.wrap_bio(to_server, sent_by_server, server_side=True), sent_by_server, to_client),
    )
    wire: list[Flight] = []
    done = [False, False]

    def carry() -> bool:
        moved = False
        for index, (_, out, into) in enumerate(ends):
            data = out.read()
            if data:
                wire.append((index == 0, data))
                into.write(data)
                moved = True
        return moved

    for _ in range(12):
        for index, (end, _, _) in enumerate(ends):
            with contextlib.suppress(ssl.SSLError):
                if not done[index]:
                    end.do_handshake()
                    done[index] = True
                else:
                    end.read(1)
        if not carry():
            break
    for number, text in enumerate(said):
        ends[number % 2][0].write(text)
        carry()
    return wire


def segments(wire: list[Flight], *, closed_by_client: bool | None = None, port: int = PORT) -> list[bytes]:
    """The frames of a connection that carries `wire`: opened, and closed by one side where that is given."""
    at = {True: 101, False: 901}
    frames = [
        _frame(b"", 100, 0, SYN, port, by_client=True),
        _frame(b"", 900, 101, SYN | ACK, port, by_client=False),
        _frame(b"", 101, 901, ACK, port, by_client=True),
    ]
    for by_client, data in wire:
        for begin in range(0, len(data), 1400):
            part = data[begin : begin + 1400]
            frames.append(_frame(part, at[by_client], at[not by_client], PSH | ACK, port, by_client=by_client))
            at[by_client] += len(part)
    if closed_by_client is not None:
        ends = at[closed_by_client], at[not closed_by_client]
        frames.append(_frame(b"", *ends, FIN | ACK, port, by_client=closed_by_client))
    return frames


def _frame(data: bytes, sequence: int, ack: int, flags: int, port: int, *, by_client: bool) -> bytes:
    ports = (40_000, port) if by_client else (port, 40_000)
    segment = tcp(data, sequence=sequence, ack=ack, flags=flags, source=ports[0], destination=ports[1])
    hosts = (ALICE, BOB) if by_client else (BOB, ALICE)
    return ethernet(ipv4(segment, protocol=6, source=hosts[0], destination=hosts[1]))
