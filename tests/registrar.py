"""A registrar that answers one REGISTER after the other: what the tests of registrations have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import CALLER, PROXY, Exchange

if TYPE_CHECKING:
    from sipdiag.trace import Sighting

CONTACT = "Contact: <sip:+12025550100@192.0.2.10>\r\n"


def asked(nonce: str, *, realm: str = "example.com", stale: bool = False) -> str:
    """A challenge."""
    return f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}"{", stale=true" if stale else ""}\r\n'


def given(nonce: str, *, realm: str = "example.com", username: str = "alice") -> str:
    """Credentials that answer one."""
    return f'Authorization: Digest username="{username}", realm="{realm}", nonce="{nonce}", response="0"\r\n'


class Registrar:
    """Answers one REGISTER after the other, each with the next CSeq number."""

    def __init__(self) -> None:
        self.talk = Exchange()
        self.call_id = "register-1"
        self.client = CALLER
        self._cseq = 0

    def asks(self, at: float, fields: str = "", *, contact: str = CONTACT) -> Sighting:
        """A REGISTER of the client."""
        self._cseq += 1
        return self.talk.request(
            "REGISTER",
            at,
            branch=f"r{self._cseq}",
            cseq=self._cseq,
            destination=PROXY,
            source=self.client,
            call_id=self.call_id,
            fields=contact + fields,
        )

    def says(self, code: int, at: float, fields: str = "", answer: str = "", reason: str = "Reason") -> Sighting:
        """A REGISTER and, a tenth of a second later, the response."""
        return self.talk.response(code, self.asks(at, fields), at + 0.1, fields=answer, reason=reason)
