"""Alice's phone registers and, two minutes later, takes its binding back (Expires: 0)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PROXY, Dialog, challenge, credentials
from recording import Recording


def build(folder: Path) -> None:
    """Write registration-removed.pcap."""
    wire = Recording(path=folder / "registration-removed.pcap")
    binding = Dialog(caller=ALICE, callee=ALICE, uri="sip:example.com", name="registration-removed")
    asked = challenge("example.com", "registration-removed")
    answer = ("Authorization", credentials(ALICE, "made-up-4711", asked, "REGISTER", binding.uri))
    contact = ("Contact", f"<{ALICE.contact_uri}>")

    first = binding.request(ALICE, "REGISTER", contact, ("Expires", "600"))
    wire.send(first, ALICE, PROXY)
    wire.send(binding.reply(first, 401, ("WWW-Authenticate", asked), by=PROXY), PROXY, ALICE)
    second = binding.request(ALICE, "REGISTER", contact, ("Expires", "600"), answer)
    wire.send(second, ALICE, PROXY)
    bound = ("Contact", f"<{ALICE.contact_uri}>;expires=600")
    wire.send(binding.reply(second, 200, bound, by=PROXY), PROXY, ALICE)

    removal = binding.request(ALICE, "REGISTER", contact, ("Expires", "0"), answer)
    wire.send(removal, ALICE, PROXY, after=120)
    wire.send(binding.reply(removal, 200, by=PROXY), PROXY, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
