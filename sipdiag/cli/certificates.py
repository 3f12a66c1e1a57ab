"""The certificates that `--certificate` and the settings file name: `FILE`, or `URL=FILE` for who signs with URL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sipdiag.errors import UsageError
from sipdiag.sip import Certificate, check_certificate


def certificates_in(given: Iterable[str], folder: Path) -> tuple[Certificate, ...]:
    """The certificates that `given` names, relative to `folder`; raises `UsageError` for one that cannot be used."""
    return tuple(_certificate(each, folder) for each in given)


def _certificate(given: str, folder: Path) -> Certificate:
    url, separator, file = given.rpartition("=")
    path = folder / (file if separator and "://" in url else given)
    try:
        pem = path.read_text(encoding="ascii")
        certificate = Certificate(url=url if "://" in url else "", pem=pem)
        check_certificate(certificate)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ImportError as error:
        raise UsageError("checking signatures needs cryptography: pip install 'sipdiag[identity]'") from error
    except ValueError as error:
        raise UsageError(f"{path}: no certificate or public key in PEM that can be used: {error}") from error
    return certificate
