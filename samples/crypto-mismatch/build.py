"""Encryption that one side wants and the other does not, and keys that do not fit together."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from plain_call import answered, description, refused

CODECS = "0 8\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000"
KEY = "inline:YSBrZXkgb2Ygbm9ib2R5LCBmb3Igc2hvdyBvbmx5"
CLEAR = f"m=audio 16384 RTP/AVP {CODECS}"
SECURE = f"m=audio 16384 RTP/SAVP {CODECS}"
SHA1_80 = f"\na=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}"
SHA1_32 = f"\na=crypto:2 AES_CM_128_HMAC_SHA1_32 {KEY}"
GCM = "\na=crypto:1 AEAD_AES_256_GCM inline:YW5vdGhlciBrZXkgb2Ygbm9ib2R5LCBmb3Igc2hvdyBvbmx5LCBsb25nZXI="
DTLS = f"m=audio 16384 UDP/TLS/RTP/SAVP {CODECS}\na=fingerprint:sha-256 " + ":".join(["4A"] * 32) + "\na=setup:"


def build(folder: Path) -> None:
    """Write crypto-mismatch.pcap and its variants."""
    secure, clear = description(ALICE, SECURE + SHA1_80), description(BOB, CLEAR)
    # Alice's phone must encrypt, Bob's cannot.
    refused(folder / "crypto-mismatch.pcap", secure, 488, body=description(BOB, CLEAR.replace("16384", "0")))
    # The same, told by a Warning.
    refused(folder / "warned.pcap", secure, 488, ("Warning", '302 bob.example.net "Incompatible transport protocol"'))
    # Bob's phone answers in clear.
    answered(folder / "profile.pcap", secure, clear)
    # Bob's phone takes a suite that was not offered.
    answered(folder / "suite.pcap", secure, description(BOB, SECURE + GCM))
    # Bob's phone takes the profile and gives no key.
    answered(folder / "keyless.pcap", secure, description(BOB, SECURE))
    # Both wait for the other to begin DTLS.
    answered(folder / "setup.pcap", description(ALICE, DTLS + "passive"), description(BOB, DTLS + "passive"))
    # Bob's phone takes the second of two suites.
    answered(folder / "silent.pcap", description(ALICE, SECURE + SHA1_80 + SHA1_32), description(BOB, SECURE + SHA1_32))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
