"""Identity header fields that cannot be used."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recording import Recording
from signing import called, identity


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "identity-invalid.pcap")
    malformed(folder / "malformed.pcap")
    silent(folder / "silent.pcap")


def refused(path: Path) -> None:
    """The attestation is none, and there is no certificate in it; the verifier refuses it."""
    wire = Recording(path=path)
    bad = identity(wire.clock + 1, header={"x5u": ""}, claims={"attest": "D"})
    called(wire, "refused", bad, 438)
    wire.write()


def malformed(path: Path) -> None:
    """Something on the way cut the header field; the call goes through as unsigned."""
    wire = Recording(path=path)
    called(wire, "malformed", identity(wire.clock + 1)[40:], 200)
    wire.write()


def silent(path: Path) -> None:
    """A PASSporT as it should be; and the compact form, whose claims stand in the request."""
    wire = Recording(path=path)
    good = identity(wire.clock + 1)
    called(wire, "good", good, 200)
    signature = good.partition(";")[0].rpartition(".")[2]
    called(wire, "compact", f"..{signature};info=<https://certificates.example.com/cert.pem>", 200)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
