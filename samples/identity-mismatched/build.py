"""PASSporTs that speak of another number than the call."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from recording import Recording
from signing import HERE, called, identity


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "identity-mismatched.pcap")
    callee(folder / "callee.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """An exchange rewrote From after the call was signed; the verifier refuses it."""
    wire = Recording(path=path)
    rewritten = replace(HERE, user="+12025550123")
    called(wire, "caller", identity(wire.clock + 1), 438, caller=rewritten)
    wire.write()


def callee(path: Path) -> None:
    """The call was forwarded to another number after it was signed."""
    wire = Recording(path=path)
    called(wire, "callee", identity(wire.clock + 1, claims={"dest": {"tn": ["12025550150"]}}), 200)
    wire.write()


def silent(path: Path) -> None:
    """The caller's number without its country code is the same number."""
    wire = Recording(path=path)
    called(wire, "national", identity(wire.clock + 1), 200, caller=replace(HERE, user="2025550100"))
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
