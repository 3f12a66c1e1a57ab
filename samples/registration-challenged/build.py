"""Alice's phone registers, is challenged as every phone is, answers the challenge and is registered."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PROXY, Dialog, challenge, credentials
from recording import Recording


def build(folder: Path) -> None:
    """Write registration-challenged.pcap."""
    wire = Recording(path=folder / "registration-challenged.pcap")
    binding = Dialog(caller=ALICE, callee=ALICE, uri="sip:example.com", name="registration-challenged")
    wanted = (("Contact", f"<{ALICE.contact_uri}>"), ("Expires", "600"))

    first = binding.request(ALICE, "REGISTER", *wanted)
    wire.send(first, ALICE, PROXY)
    asked = challenge("example.com", "registration-challenged")
    wire.send(binding.reply(first, 401, ("WWW-Authenticate", asked), by=PROXY), PROXY, ALICE)

    answer = credentials(ALICE, "made-up-4711", asked, "REGISTER", binding.uri)
    second = binding.request(ALICE, "REGISTER", *wanted, ("Authorization", answer))
    wire.send(second, ALICE, PROXY)
    bound = ("Contact", f"<{ALICE.contact_uri}>;expires=600")
    wire.send(binding.reply(second, 200, bound, by=PROXY), PROXY, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
