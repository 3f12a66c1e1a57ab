"""Registrations that the registrar refuses: a wrong password, a locked account, a removal; and some that heal."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, PROXY, Dialog, challenge, credentials
from recording import Recording

REALM = "example.com"
CONTACT = ("Contact", f"<{ALICE.contact_uri}>")
BOUND = ("Contact", f"<{ALICE.contact_uri}>;expires=600")


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    refused(folder / "registration-failed.pcap", 403)
    refused(folder / "challenged-again.pcap", 401, 401)
    recovered(folder / "recovered.pcap")
    stale(folder / "stale.pcap", registered=True)
    stale(folder / "stale-at-start.pcap", registered=False)
    removal_refused(folder / "removal-refused.pcap")
    silent(folder / "silent.pcap")


class Phone:
    """Alice's phone and her registrar, one REGISTER after the other."""

    def __init__(self, path: Path, password: str = "made-up-4711") -> None:  # noqa: S107 - of nobody
        self.wire = Recording(path=path)
        self.binding = Dialog(caller=ALICE, callee=ALICE, uri=f"sip:{REALM}", name=f"registration-failed-{path.stem}")
        self.password = password
        self.nonces = 0
        self.asked = ""

    def register(self, code: int, *, expires: int = 600, after: float = 0.02, stale: bool = False) -> None:
        """A REGISTER with credentials, if there was a challenge, and the response."""
        fields = [CONTACT, ("Expires", str(expires))]
        if self.asked:
            answer = credentials(ALICE, self.password, self.asked, "REGISTER", self.binding.uri)
            fields.append(("Authorization", answer))
        request = self.binding.request(ALICE, "REGISTER", *fields)
        self.wire.send(request, ALICE, PROXY, after=after)
        extra: list[tuple[str, str]] = []
        if code == 401:
            self.nonces += 1
            self.asked = challenge(REALM, f"{self.binding.name}-{self.nonces}", stale=stale)
            extra = [("WWW-Authenticate", self.asked)]
        elif code == 423:
            extra = [("Min-Expires", "600")]
        elif code == 200 and expires:
            extra = [BOUND]
        self.wire.send(self.binding.reply(request, code, *extra, by=PROXY), PROXY, ALICE)


def refused(path: Path, *codes: int) -> None:
    """A 403 that does not say why, or one challenge after the other."""
    phone = Phone(path, password="made-up-wrong")  # noqa: S106 - of nobody
    for code in (401, *codes):
        phone.register(code)
    phone.wire.write()


def recovered(path: Path) -> None:
    """The account is locked, and a minute later it is not."""
    phone = Phone(path)
    phone.register(401)
    phone.register(403)
    phone.register(200, after=60)
    phone.wire.write()


def stale(path: Path, *, registered: bool) -> None:
    """The nonce has grown old (stale=true): the phone answers the new one at once."""
    phone = Phone(path)
    if registered:
        phone.register(401)
        phone.register(200)
    else:
        phone.asked = challenge(REALM, "registration-failed-yesterday")
    phone.register(401, after=300, stale=True)
    phone.register(200)
    phone.wire.write()


def removal_refused(path: Path) -> None:
    """The phone is switched off, and the registrar does not let it take back its binding."""
    phone = Phone(path)
    phone.register(401)
    phone.register(200)
    phone.register(403, expires=0, after=120)
    phone.wire.write()


def silent(path: Path) -> None:
    """A challenge and a too short interval, both answered as they should be; nothing was refused."""
    phone = Phone(path)
    phone.register(401, expires=60)
    phone.register(423, expires=60)
    phone.register(200)
    phone.wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
