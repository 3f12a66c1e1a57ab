"""Keys and certificates of signers, and PASSporTs that are really signed with them."""

from __future__ import annotations

import base64
import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.x509.oid import NameOID

from exchange import SECOND, START
from signing_calls import INFO, identity

__all__ = ["INFO", "NOT_AFTER", "certificate", "public_key", "rsa_certificate", "signed"]

_END = dt.datetime.fromtimestamp(START // SECOND, dt.UTC) + dt.timedelta(days=365)
NOT_AFTER = int(_END.timestamp())
"""Seconds since 1970 when every certificate here ends: a year after the calls of the tests."""


@cache
def _key(name: str) -> ec.EllipticCurvePrivateKey:
    assert name
    return ec.generate_private_key(ec.SECP256R1())


@cache
def certificate(name: str) -> str:
    """The certificate of a signer, in PEM."""
    return _certificate(_key(name))


def public_key(name: str) -> str:
    """The signer's public key alone."""
    encoded = (
        _key(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return encoded.decode()


@cache
def rsa_certificate() -> str:
    """A certificate with a key of another kind."""
    return _certificate(rsa.generate_private_key(65537, 2048))


def signed(name: str, **claims: object) -> str:
    """The value of an Identity header field that `name` has signed."""
    token, _, parameters = identity(**claims).partition(";")  # type: ignore[arg-type]
    content = token.rpartition(".")[0]
    made = utils.decode_dss_signature(_key(name).sign(content.encode(), ec.ECDSA(hashes.SHA256())))
    halves = b"".join(each.to_bytes(32, "big") for each in made)
    return f"{content}.{base64.urlsafe_b64encode(halves).decode().rstrip('=')};{parameters}"


def _certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SHAKEN 1234")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_END - dt.timedelta(days=730))
        .not_valid_after(_END)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
