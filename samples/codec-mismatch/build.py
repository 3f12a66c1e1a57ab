"""Phones that have no codec in common, or answer with one that nobody offered."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from plain_call import answered, description, refused

G711 = "m=audio 16384 RTP/AVP 0 8 101\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000"
G729 = "m=audio 20000 RTP/AVP 18 101\na=rtpmap:18 G729/8000\na=rtpmap:101 telephone-event/8000"
EVENTS = "\na=rtpmap:101 telephone-event/8000"
TONES = f"m=audio 20000 RTP/AVP 101{EVENTS}"


def build(folder: Path) -> None:
    """Write codec-mismatch.pcap and its variants."""
    offer = description(ALICE, G711)
    # The 488 holds what Bob's phone can do.
    capable = description(BOB, G729.replace("20000", "0"))
    refused(folder / "codec-mismatch.pcap", offer, 488, body=capable)
    # A Warning says it, without the codecs that would do.
    refused(folder / "warned.pcap", offer, 488, ("Warning", '305 bob.example.net "Incompatible media format"'))
    # The answer has a codec that was not offered.
    answered(folder / "foreign.pcap", offer, description(BOB, G729))
    # Of what was offered only the key presses are left.
    answered(folder / "tones-only.pcap", offer, description(BOB, TONES))
    # The answer lists one codec more than was offered, and another payload type for one that was.
    both = "m=audio 20000 RTP/AVP 18 96 101\na=rtpmap:18 G729/8000\na=rtpmap:96 PCMA/8000"
    answered(folder / "silent.pcap", offer, description(BOB, both + EVENTS))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
