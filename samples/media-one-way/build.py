"""Calls in which Alice hears nothing of Bob, for one reason or another."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Agent, Host
from faxing import answering, faxed
from speaking import Talk, Voice, media_end, offered

BEHIND_NAT = Agent(user="alice", display="Alice Moreau", address="203.0.113.7", port=40_060)
"""Alice as the outside sees her."""
INSIDE = "192.168.1.10"
MAPPED = 40_000
"""The port that the NAT gave to her media."""


def build(folder: Path) -> None:
    """Write media-one-way.pcap and its variants."""
    # Bob's phone sends to the inside address that Alice's description names.
    inside = behind_nat(folder / "media-one-way.pcap", INSIDE)
    Voice(source=media_end(BOB), destination=Agent(user="", address=INSIDE, port=16_384)).speak(
        inside.wire, 8, at=inside.start + 0.02
    )
    inside.end(8.1)
    # The description names a public address, but not the one that the NAT uses; nothing comes back at all.
    behind_nat(folder / "nat.pcap", "203.0.113.99").end(8.1)
    # Both are reached directly, and no packet of Bob's phone comes by.
    unseen = Talk(path=folder / "unseen.pcap")
    unseen.there.speak(unseen.wire, 8, at=unseen.start + 0.05)
    unseen.end(8.1)
    # Bob's phone sends to another port than the one it was told.
    elsewhere = Talk(path=folder / "elsewhere.pcap")
    elsewhere.there.speak(elsewhere.wire, 8, at=elsewhere.start + 0.05)
    Voice(source=media_end(BOB), destination=media_end(ALICE, 16_390)).speak(
        elsewhere.wire, 8, at=elsewhere.start + 0.02
    )
    elsewhere.end(8.1)
    # Bob's media come from a relay of which nothing else is seen: the recorder may sit where they do not pass.
    relayed = Talk(path=folder / "one-sided.pcap", answer=offered(BOB, address="198.51.100.200"))
    Voice(source=media_end(ALICE), destination=Agent(user="", address="198.51.100.200", port=20_000)).speak(
        relayed.wire, 8, at=relayed.start + 0.05
    )
    relayed.end(8.1)
    # The same NAT, but Bob's phone sends back to where Alice's packets come from (RFC 4961).
    silent = behind_nat(folder / "silent.pcap", INSIDE)
    Voice(source=media_end(BOB), destination=media_end(BEHIND_NAT, MAPPED)).speak(
        silent.wire, 8, at=silent.start + 0.12
    )
    silent.end(8.1)
    # Nobody listens where Alice said that she receives; or a firewall lets nothing in.
    refused(folder / "port-closed.pcap", ALICE, 3, until=9)
    refused(folder / "prohibited.pcap", Host(address="203.0.113.254"), 13, until=9)
    # Her phone opens its port one second late.
    refused(folder / "opened-late.pcap", ALICE, 3, until=1.2)
    # The call turns into a fax, and of Alice's machine nothing comes.
    fax = faxed(folder / "fax.pcap")
    answering(fax).send(fax.wire, 22, at=fax.start + 3.3)
    fax.end(26)


def refused(path: Path, by: Host, code: int, *, until: float) -> None:
    """Both speak; what Bob sends is refused, as ICMP says once a second, until so many seconds after the answer."""
    talk = Talk(path=path)
    talk.there.speak(talk.wire, 8, at=talk.start + 0.05)
    before = len(talk.wire.packets)
    talk.back.speak(talk.wire, 8, at=talk.start + 0.02)
    sent = [each for each in talk.wire.packets[before:] if each.time < (talk.start + until) * 1_000_000]
    talk.wire.refuse_each(by, 3, code, sent[::16])
    talk.end(8.1)


def behind_nat(path: Path, address: str) -> Talk:
    """A call of Alice's behind a NAT, who says that she receives at `address`, and speaks."""
    talk = Talk(path=path, caller=BEHIND_NAT, offer=offered(BEHIND_NAT, address=address))
    Voice(source=media_end(BEHIND_NAT, MAPPED), destination=media_end(BOB)).speak(talk.wire, 8, at=talk.start + 0.05)
    return talk


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
