"""Answers that reject streams: all of them, the voice, a fax."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, sdp
from plain_call import answered, begun, description, ended

AUDIO = "m=audio 16384 RTP/AVP 0\na=rtpmap:0 PCMU/8000"
VIDEO = "m=video 16400 RTP/AVP 96\na=rtpmap:96 H264/90000"
SECURE = "m=audio 16384 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:YSBrZXkgb2Ygbm9ib2R5LCBmb3Igc2hvdyBvbmx5"
FAX = "m=image 16384 udptl t38\na=T38FaxVersion:0"


def build(folder: Path) -> None:
    """Write media-rejected.pcap and its variants."""
    # The call is answered with its only stream rejected.
    answered(folder / "media-rejected.pcap", description(ALICE, AUDIO), description(BOB, closed(AUDIO)))
    # The voice is rejected, the picture is not.
    both = description(ALICE, AUDIO, VIDEO)
    answered(folder / "audio.pcap", both, description(BOB, closed(AUDIO), VIDEO))
    # The answer has fewer m= lines than the offer.
    answered(folder / "counted-wrong.pcap", both, description(BOB, AUDIO))
    fax(folder / "fax.pcap")
    # A phone without a camera rejects the picture; of two ways to the voice it takes one.
    offer = description(ALICE, SECURE, AUDIO, VIDEO)
    answered(folder / "silent.pcap", offer, description(BOB, closed(SECURE), AUDIO, closed(VIDEO)))


def closed(stream: str) -> str:
    """The stream with port 0."""
    return stream.replace("16384", "0").replace("16400", "0")


def fax(path: Path) -> None:
    """Bob's gateway hears fax tones and wants T.38, which Alice's adapter rejects: the fax goes on in the voice."""
    wire, call, _ = begun(path, sdp(ALICE), sdp(BOB))
    change = call.request(BOB, "INVITE", body=description(BOB, FAX))
    wire.send(change, BOB, ALICE, after=4)
    rejected = call.reply(change, 200, body=description(ALICE, closed(FAX)))
    wire.send(rejected, ALICE, BOB)
    wire.send(call.ack(rejected), BOB, ALICE)
    ended(wire, call)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
