"""A device behind a NAT and its registrar: what the tests of flows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import PROXY, Exchange, ladder

if TYPE_CHECKING:
    from sipdiag.trace import Sighting

PUBLIC = "203.0.113.77:62001"
OTHER_PORT = "203.0.113.77:62050"
CONTACT = "Contact: <sip:alice@192.0.2.10>\r\n"


class Nat:
    """The device says 192.0.2.10 of itself; its packets come from elsewhere."""

    def __init__(self) -> None:
        self.talk = Exchange()
        self._cseq = 0

    def registers(self, at: float, source: str = PUBLIC) -> Sighting:
        """A REGISTER, and its 200."""
        self._cseq += 1
        name = f"r{self._cseq}"
        request = self.talk.request(
            "REGISTER", at, branch=name, cseq=self._cseq, destination=PROXY, call_id="register", fields=CONTACT
        )
        self.talk.sightings.pop()
        request = self.talk._seen(request.message.head + "\r\n\r\n", at, source, PROXY, 0, "udp")
        self.talk.response(200, request, at + 0.1, fields=CONTACT.replace(">", ">;expires=600"))
        return request

    def asks(self, at: float, *, answered: bool, destination: str = PUBLIC, method: str = "OPTIONS") -> Sighting:
        """A request of the registrar to the device."""
        name = f"ask{at}"
        request = self.talk.request(
            method, at, source=PROXY, destination=destination, call_id=name, branch=name, fields="Event: presence\r\n"
        )
        if answered:
            self.talk.response(200, request, at + 0.1)
        else:
            self.talk.again(request, *ladder(at))
        return request
