"""The signature of a PASSporT, held against a certificate that was given: ES256 over header and payload.

RFC 8225, section 6; RFC 7515, section 5.2 (JWS); RFC 7518, section 3.4 (ES256: P-256 with SHA-256, the signature as two
numbers of 32 bytes). Needs the optional package `cryptography`, imported when the first certificate is read.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sipdiag.sip.passport import base64url_decoded

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

NUMBER = 32
"""Bytes of each half of a signature."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, or a bare public key, that the user gave to check signatures with."""

    url: str = ""
    """The URL by which a PASSporT names it (`x5u`, `info`); empty where the user did not say."""
    pem: str
    """The certificate or key in PEM (RFC 7468)."""


class Signature(Enum):
    """What a check of the signature gave."""

    UNCHECKED = "unchecked"
    """No certificate was given, or the PASSporT holds only its signature or another algorithm."""
    VALID = "valid"
    EXPIRED = "expired"
    """Right, but its certificate was not valid at the time of the request."""
    WRONG = "wrong"
    """Not made with the certificate that the PASSporT names."""
    FOREIGN = "foreign"
    """Not made with any certificate that was given; none of them was given under the URL that the PASSporT names."""


class _Key(NamedTuple):
    """A public key, and from when until when it is valid, in seconds after 1970."""

    key: EllipticCurvePublicKey
    since: float
    until: float


def signature_of(value: str, info: str, certificates: tuple[Certificate, ...], moment: int) -> Signature:
    """What the signature in `value`, of an Identity header field, is worth at `moment`, in seconds after 1970."""
    token = value.partition(";")[0].strip()
    signed, _, encoded = token.rpartition(".")
    made = _decoded(encoded)
    if not certificates or made is None or signed.count(".") != 1 or signed.startswith("."):
        return Signature.UNCHECKED
    named = [each for each in certificates if info and each.url == info]
    for each in named or certificates:
        key = _key_of(each.pem)
        if _is_by(key.key, signed.encode(), made):
            return Signature.VALID if key.since <= moment <= key.until else Signature.EXPIRED
    return Signature.WRONG if named else Signature.FOREIGN


def check_certificate(certificate: Certificate) -> None:
    """Raise `ValueError` where `certificate` cannot be used, `ImportError` where `cryptography` is missing."""
    _key_of(certificate.pem)


@lru_cache(maxsize=64)
def _key_of(pem: str) -> _Key:
    """The key of the first certificate in `pem`, and when it is valid."""
    from cryptography import x509  # noqa: PLC0415  (only who gives a certificate needs it)
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    since, until = float("-inf"), float("inf")
    key: object
    if "BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key = certificate.public_key()
        since, until = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    else:
        key = load_pem_public_key(pem.encode())
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return _Key(key, since, until)
    raise ValueError("its key is not one of P-256, which ES256 needs")


def _is_by(key: EllipticCurvePublicKey, signed: bytes, made: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    numbers = (int.from_bytes(made[:NUMBER], "big"), int.from_bytes(made[NUMBER:], "big"))
    try:
        key.verify(utils.encode_dss_signature(*numbers), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _decoded(encoded: str) -> bytes | None:
    """The two numbers of a signature, end to end; None where it cannot be one of ES256."""
    made = base64url_decoded(encoded)
    return made if made is not None and len(made) == 2 * NUMBER else None
