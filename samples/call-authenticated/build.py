"""The PBX asks for credentials (407), Alice's phone gives them, and the call goes through."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PBX, Dialog, ack_of_failure, challenge, credentials, sdp
from recording import Recording


def build(folder: Path) -> None:
    """Write call-authenticated.pcap."""
    wire = Recording(path=folder / "call-authenticated.pcap")
    call = Dialog(caller=ALICE, callee=PBX, name="call-authenticated")

    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, PBX)
    asked = challenge("example.net", "call-authenticated")
    refused = call.reply(invite, 407, ("Proxy-Authenticate", asked))
    wire.send(refused, PBX, ALICE)
    wire.send(ack_of_failure(invite, refused), ALICE, PBX)

    answer = credentials(ALICE, "made-up-4711", asked, "INVITE", PBX.uri)
    again = call.request(ALICE, "INVITE", ("Proxy-Authorization", answer), body=sdp(ALICE))
    wire.send(again, ALICE, PBX)
    wire.send(call.reply(again, 100), PBX, ALICE)
    wire.send(call.reply(again, 180), PBX, ALICE, after=0.3)
    accepted = call.reply(again, 200, body=sdp(PBX))
    wire.send(accepted, PBX, ALICE, after=6)
    wire.send(call.ack(accepted), ALICE, PBX)
    bye = call.request(PBX, "BYE")
    wire.send(bye, PBX, ALICE, after=22)
    wire.send(call.reply(bye, 200), ALICE, PBX)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
