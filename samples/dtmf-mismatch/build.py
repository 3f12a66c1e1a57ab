"""Key presses that one side would send as telephone events, and the other did not agree to."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from plain_call import answered, description

EVENTS = "\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15"
OFFER = "m=audio 16384 RTP/AVP 18 0 101\na=rtpmap:18 G729/8000\na=rtpmap:0 PCMU/8000" + EVENTS


def build(folder: Path) -> None:
    """Write dtmf-mismatch.pcap and its variants."""
    offer = description(ALICE, OFFER)
    # The answer describes telephone events and does not list them in its m= line.
    unlisted = "m=audio 20000 RTP/AVP 0\na=rtpmap:0 PCMU/8000" + EVENTS
    answered(folder / "dtmf-mismatch.pcap", offer, description(BOB, unlisted))
    # The answer leaves them out and takes a codec that tones do not survive.
    answered(folder / "declined.pcap", offer, description(BOB, "m=audio 20000 RTP/AVP 18\na=rtpmap:18 G729/8000"))
    # With PCMU tones pass in the voice.
    answered(folder / "silent.pcap", offer, description(BOB, "m=audio 20000 RTP/AVP 0\na=rtpmap:0 PCMU/8000"))


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
