"""Verifiers that do not accept an identity in which nothing wrong can be seen."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from recording import Recording
from signing import HERE, called, identity


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "identity-unverified.pcap")
    failed(folder / "failed.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """The verifier does not trust the certificate."""
    wire = Recording(path=path)
    called(wire, "untrusted", identity(wire.clock + 1), 437)
    wire.write()


def failed(path: Path) -> None:
    """The verifier lets the call pass and marks the number."""
    wire = Recording(path=path)
    marked = replace(HERE, user="+12025550100;verstat=TN-Validation-Failed")
    called(wire, "marked", None, 200, caller=marked)
    wire.write()


def silent(path: Path) -> None:
    """A number that was verified well; and a call that is refused because the callee is busy."""
    wire = Recording(path=path)
    marked = replace(HERE, user="+12025550100;verstat=TN-Validation-Passed")
    called(wire, "passed", None, 200, caller=marked)
    called(wire, "busy", identity(wire.clock + 1), 486)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
