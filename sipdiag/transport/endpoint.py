"""`host:port` of an address and port as they stand on the wire; equal endpoints are one string."""

from __future__ import annotations

IPV4_BYTES = 4


class Endpoints(dict[bytes, str]):
    """Address and port in network order, 6 or 18 bytes → `192.0.2.1:5060`, `[2001:db8::1]:5060` (RFC 5952)."""

    def __missing__(self, key: bytes) -> str:
        address, port = key[:-2], int.from_bytes(key[-2:], "big")
        if len(address) == IPV4_BYTES:
            host = ".".join(map(str, address))
        else:
            from socket import AF_INET6, inet_ntop  # noqa: PLC0415 - most captures never need it

            host = f"[{inet_ntop(AF_INET6, address)}]"
        self[key] = name = f"{host}:{port}"
        return name
