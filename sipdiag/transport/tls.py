"""TLS records as far as they can be read without keys: the hellos and alerts in clear (RFC 8446, RFC 5246).

Bytes in, values out; nothing here raises on what the bytes hold.
"""

from __future__ import annotations

import msgspec

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLIENT_HELLO, SERVER_HELLO = 1, 2
RECORD = 5
"""Type, version and length before each record (RFC 8446, section 5.1)."""
LONGEST = (1 << 14) + 2048
"""Bytes of a record at most (RFC 5246, section 6.2.3)."""
CLEAR_ALERT = 2
"""Bytes of an alert in clear: level and description (RFC 8446, section 6)."""
SEALED_ALERT = CLEAR_ALERT + 1 + 16
"""Bytes of an alert in a TLS 1.3 record: alert, true type and the tag of any of its ciphers (section 5.2)."""
SHORTEST_FINISHED = 4 + 32 + 1 + 16
"""Bytes of a Finished in a TLS 1.3 record (section 4.4.4)."""
SERVER_NAME, PROTOCOLS, SUPPORTED_VERSIONS = 0, 16, 43
VERSIONS = {0x0300: "SSL 3.0", 0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}
ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
"""RFC 8446, section 6."""


class Handshake(msgspec.Struct, kw_only=True):
    """How one TLS handshake went, as far as that can be seen without keys."""

    connection: int
    """Number of the TCP connection in this capture; 0 where its beginning is not in it."""
    client: str
    """`host:port` of the side that sent the ClientHello."""
    server: str
    time: int
    """Nanoseconds since 1970-01-01 UTC of the ClientHello."""
    hello_frame: int
    server_name: str = ""
    """The name that the client asked for (SNI)."""
    protocols: tuple[str, ...] = ()
    """The protocols that the client offered (ALPN): `sip`, `h2`."""
    offered: tuple[str, ...] = ()
    """Versions that the client offered, best first."""
    server_hello_frame: int | None = None
    version: str = ""
    """What the server chose: `1.2`, `1.3`; empty while it did not."""
    completed_frame: int | None = None
    """Frame with the last Finished of the handshake; None while there is none."""
    alert_frame: int | None = None
    alert_by: str | None = None
    alert: str = ""
    """Description of the alert: `unknown_ca`; `encrypted` where only its size shows that it is one."""
    fatal: bool = False
    closed_frame: int | None = None
    """Frame of the first FIN or RST, as far as it came before the handshake was complete."""
    closed_by: str | None = None
    reset: bool = False
    """Whether that was a RST."""
    last_time: int = 0
    """When its last segment was seen."""
    server_heard: bool = False
    """Whether the capture holds any segment of the server, if only an acknowledgment."""
    whole: bool = True
    """Whether no bytes are missing, so that what is not in the capture was not sent."""
    sealed: int = 0
    """Segments that begin with encrypted data, in both directions, over the whole connection."""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """What a ClientHello or ServerHello says."""

    versions: tuple[str, ...] = ()
    server_name: str = ""
    protocols: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record."""

    type: int
    length: int
    """Bytes behind its head."""
    payload: bytes
    """These bytes, in a record of type handshake or alert; else empty."""


class Records:
    """Cuts the bytes of one direction into records; keeps no bytes of those that cannot be read without keys."""

    def __init__(self) -> None:
        self._held = b""
        self._skip = 0
        self.lost = False
        """Whether the bytes are no TLS, or some are missing."""

    def feed(self, data: bytes) -> list[Record]:
        """The records that begin or, where their content matters, end with `data`."""
        found: list[Record] = []
        data = self._held + data
        at = min(self._skip, len(data))
        self._skip -= at
        while not self.lost and not self._skip and len(data) - at >= RECORD:
            kind, length = data[at], int.from_bytes(data[at + 3 : at + 5], "big")
            if not CHANGE_CIPHER_SPEC <= kind <= APPLICATION_DATA or data[at + 1] != 3 or length > LONGEST:
                self.lost = True
                break
            matters = kind in (ALERT, HANDSHAKE)
            if matters and len(data) - at - RECORD < length:
                break
            end = at + RECORD + length
            found.append(Record(type=kind, length=length, payload=data[at + RECORD : end] if matters else b""))
            self._skip = max(end - len(data), 0)
            at = min(end, len(data))
        self._held = b"" if self._skip or self.lost else data[at:]
        return found


def begins_hello(data: bytes) -> bool:
    """Whether a record with a ClientHello begins here."""
    return len(data) > RECORD and data[0] == HANDSHAKE and data[1] == 3 and data[RECORD] == CLIENT_HELLO


def hello_in(payload: bytes) -> tuple[int, Hello] | None:
    """Kind and content of the hello that a handshake record begins with; None where it is another message."""
    kind = payload[0] if payload else 0
    if kind not in (CLIENT_HELLO, SERVER_HELLO):
        return None
    legacy = int.from_bytes(payload[4:6], "big")
    at = 38  # type, length, version and random (RFC 8446, section 4.1.2)
    at += 1 + _number(payload, at, 1)
    at += 2 + _number(payload, at, 2) if kind == CLIENT_HELLO else 2
    at += 1 + _number(payload, at, 1) if kind == CLIENT_HELLO else 1
    extensions = _extensions(payload[at + 2 : at + 2 + _number(payload, at, 2)])
    stated = extensions.get(SUPPORTED_VERSIONS, b"")
    numbers = stated[1:] if kind == CLIENT_HELLO else stated
    versions = [int.from_bytes(numbers[each : each + 2], "big") for each in range(0, len(numbers) - 1, 2)]
    # Clients put meaningless values among the versions, so that servers learn to overlook them (RFC 8701).
    known = tuple(VERSIONS[each] for each in versions or [legacy] if each in VERSIONS)
    return kind, Hello(
        versions=known,
        server_name=_server_name(extensions.get(SERVER_NAME, b"")),
        protocols=_protocols(extensions.get(PROTOCOLS, b"")),
    )


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "big")


def _extensions(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        length = _number(data, at + 2, 2)
        found[_number(data, at, 2)] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def _server_name(data: bytes) -> str:
    """The host name: list length, type 0, length, name (RFC 6066, section 3)."""
    if len(data) < 5 or data[2]:
        return ""
    return data[5 : 5 + _number(data, 3, 2)].decode("ascii", "replace")


def _protocols(data: bytes) -> tuple[str, ...]:
    """The names: list length, then each with its length (RFC 7301, section 3.1)."""
    names, at = [], 2
    while at < len(data):
        length = data[at]
        names.append(data[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return tuple(names)
