"""Tests of `sipdiag.cli.certificates`: `--certificate`, and `certificates` in the settings file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from captured import capture_of
from command import run
from exchange import Exchange
from keys import INFO, certificate, signed
from signing_calls import called

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A capture of a signed call, the signer's certificate, and another's."""
    talk = Exchange()
    called(talk, signed("mine"))
    (tmp_path / "call.pcap").write_bytes(capture_of(talk))
    for name in ("mine", "other"):
        (tmp_path / f"{name}.pem").write_text(certificate(name))
    return tmp_path


def told(folder: Path, *options: str) -> list[tuple[str, str, str]]:
    done = run("--format", "json", *options, "call.pcap", cwd=folder)
    assert done.code == 0, done.err
    return [(each["rule"], each["variant"], each["severity"]) for each in json.loads(done.out)["findings"]]


def test_the_signature_is_held_against_the_certificate(folder: Path) -> None:
    """Right, wrong under the URL that the call names, and only worth a note under any other."""
    assert told(folder, "--certificate", "mine.pem") == []
    assert told(folder, "--certificate", f"{INFO}=other.pem") == [("identity-invalid", "signature", "error")]
    assert told(folder, "--certificate", "other.pem") == [("identity-invalid", "signature-foreign", "note")]
    assert told(folder, "--certificate", "other.pem", "--certificate", "mine.pem") == []


def test_the_settings_file_names_certificates_too(folder: Path) -> None:
    """Relative to itself."""
    (folder / "sipdiag.toml").write_text(f'certificates = ["{INFO}=other.pem"]\n')
    assert told(folder) == [("identity-invalid", "signature", "error")]


@pytest.mark.parametrize("given", ["missing.pem", "call.pcap", f"{INFO}=missing.pem"])
def test_what_is_no_certificate_is_one_clear_line(folder: Path, given: str) -> None:
    """And exit code 2."""
    done = run("--certificate", given, "call.pcap", cwd=folder)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
    assert given.rpartition("=")[2] in done.err


def test_a_check_takes_them_too(folder: Path) -> None:
    """A build fails on a signature that is wrong."""
    assert run("check", "--certificate", "mine.pem", "call.pcap", cwd=folder).code == 0
    done = run("check", "--certificate", f"{INFO}=other.pem", "call.pcap", cwd=folder)
    assert done.code == 1
    assert "identity-invalid" in done.out
