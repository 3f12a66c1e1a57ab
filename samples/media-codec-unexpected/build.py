"""Calls whose media come in a form that was not agreed on."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

from conversation import ALICE, BOB
from plain_call import description
from speaking import PCMA, PCMU, PTIME, Talk

EVENTS = "\na=rtpmap:101 telephone-event/8000"
CRYPTO = "\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
ENDS = ((ALICE, 16_384), (BOB, 20_000))


def build(folder: Path) -> None:
    """Write media-codec-unexpected.pcap and its variants."""
    only_pcma = description(BOB, "m=audio 20000 RTP/AVP 8\na=rtpmap:8 PCMA/8000")
    # Bob takes PCMA alone; Alice sends PCMU.
    foreign = Talk(path=folder / "media-codec-unexpected.pcap", answer=only_pcma)
    foreign.there.speak(foreign.wire, 6, at=foreign.start + 0.05)
    replace(foreign.back, payload_type=PCMA).speak(foreign.wire, 6, at=foreign.start + 0.02)
    foreign.end(6.1)
    # She sends PCMA, and keys as telephone events, which he did not list.
    keys = Talk(path=folder / "keys.pcap", answer=only_pcma)
    there = replace(keys.there, payload_type=PCMA)
    number = there.speak(keys.wire, 2, at=keys.start + 0.05)
    number = there.press(keys.wire, 1, at=keys.start + 0.05 + number * PTIME, number=number)
    there.speak(keys.wire, 3, at=keys.start + 0.05 + number * PTIME, begin=number)
    replace(keys.back, payload_type=PCMA).speak(keys.wire, 6, at=keys.start + 0.02)
    keys.end(6.1)
    # After four seconds of PCMA she changes to PCMU.
    partly = Talk(path=folder / "partly.pcap", answer=only_pcma)
    number = replace(partly.there, payload_type=PCMA).speak(partly.wire, 4, at=partly.start + 0.05)
    partly.there.speak(partly.wire, 2, at=partly.start + 0.05 + number * PTIME, begin=number)
    replace(partly.back, payload_type=PCMA).speak(partly.wire, 6, at=partly.start + 0.02)
    partly.end(6.1)
    # Both agreed on SRTP, and Bob sends in clear.
    secure = [
        description(each, f"m=audio {port} RTP/SAVP 0{CRYPTO}") for each, port in ((ALICE, 16_384), (BOB, 20_000))
    ]
    clear = Talk(path=folder / "clear.pcap", offer=secure[0], answer=secure[1])
    replace(clear.there, tail=10).speak(clear.wire, 6, at=clear.start + 0.05)
    clear.back.speak(clear.wire, 6, at=clear.start + 0.02)
    clear.end(6.1)
    # Nobody spoke of SRTP, and Bob sends it.
    encrypted = Talk(path=folder / "encrypted.pcap")
    encrypted.there.speak(encrypted.wire, 6, at=encrypted.start + 0.05)
    replace(encrypted.back, tail=10).speak(encrypted.wire, 6, at=encrypted.start + 0.02)
    encrypted.end(6.1)
    # A re-INVITE changes the codec; a few packets of the old one are still on their way.
    change = Talk(path=folder / "silent.pcap", answer=only_pcma)
    both = [description(each, f"m=audio {port} RTP/AVP {PCMU}") for each, port in ENDS]
    first = replace(change.there, payload_type=PCMA).speak(change.wire, 3, at=change.start + 0.05)
    change.there.speak(change.wire, 3, at=change.start + 0.05 + first * PTIME, begin=first)
    number = replace(change.back, payload_type=PCMA).speak(change.wire, 3, at=change.start + 0.02)
    change.back.speak(change.wire, 3, at=change.start + 0.02 + number * PTIME, begin=number)
    change.reinvite(ALICE, both[0], both[1], after=2.9)
    change.end(6.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
