"""A phone and its registrar, one REGISTER after the other: what the samples of registrations have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from conversation import ALICE, PROXY, Agent, Dialog, Message, challenge, credentials
from recording import Recording

REALM = "example.com"
PASSWORD = "made-up-4711"  # noqa: S105 - of nobody


class Phone:
    """A user agent, its registrar, and the wire between them."""

    def __init__(
        self,
        path: Path,
        *,
        agent: Agent = ALICE,
        registrar: Agent = PROXY,
        until: float = float("inf"),
        password: str = PASSWORD,
        realm: str = REALM,
    ) -> None:
        self.wire = Recording(path=path, until=until)
        self.agent = agent
        self.registrar = registrar
        self.password = password
        self.realm = realm
        self.asked = ""
        """The challenge that the phone answers; empty while there was none."""
        self._nonces = 0
        self._named = f"{path.parent.name}-{path.stem}"
        self._starts = 0
        self.start()

    def start(self) -> None:
        """The phone starts anew: it takes another Call-ID and knows no challenge."""
        self._starts += 1
        name = self._named if self._starts == 1 else f"{self._named}-{self._starts}"
        self.binding = Dialog(caller=self.agent, callee=self.agent, uri=f"sip:{REALM}", name=name)
        self.asked = ""

    def ask(
        self, *, expires: int | None = 600, after: float = 0.02, repeats: Iterable[float] = (), silent: bool = False
    ) -> Message:
        """A REGISTER, with credentials if there was a challenge and the phone is not `silent` about them."""
        fields = [("Contact", f"<{self.agent.contact_uri}>")]
        fields += [] if expires is None else [("Expires", str(expires))]
        if self.asked and not silent:
            answer = credentials(self.agent, self.password, self.asked, "REGISTER", self.binding.uri)
            fields.append(("Authorization", answer))
        request = self.binding.request(self.agent, "REGISTER", *fields)
        self.wire.send(request, self.agent, self.registrar, after=after)
        self.wire.repeat(request, self.agent, self.registrar, repeats)
        return request

    def answer(
        self,
        request: Message,
        code: int,
        *,
        granted: int | None = 600,
        stale: bool = False,
        learn: bool = True,
        reason: str = "",
        fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        """The registrar's response; the phone learns the challenge in it."""
        extra = list(fields)
        if code == 401:
            self._nonces += 1
            asked = challenge(self.realm, f"{self._named}-{self._nonces}", stale=stale)
            extra.append(("WWW-Authenticate", asked))
            self.asked = asked if learn else self.asked
        elif code == 200 and granted:
            extra.append(("Contact", f"<{self.agent.contact_uri}>;expires={granted}"))
        response = self.binding.reply(request, code, *extra, by=self.registrar)
        if reason:
            response = replace(response, start_line=f"SIP/2.0 {code} {reason}")
        self.wire.send(response, self.registrar, self.agent)

    def register(
        self,
        code: int,
        *,
        expires: int | None = 600,
        after: float = 0.02,
        granted: int | None = 600,
        stale: bool = False,
        silent: bool = False,
        reason: str = "",
        fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        """A REGISTER and its response."""
        request = self.ask(expires=expires, after=after, silent=silent)
        self.answer(request, code, granted=granted if expires else None, stale=stale, reason=reason, fields=fields)

    def idle(self, seconds: float) -> None:
        """So much later somebody else's packet goes by, so that the recording lasts."""
        self.wire.wait(seconds)
        self.sign_of_life()

    def sign_of_life(self) -> None:
        """The registrar's site asks another server whether it is there, and it is."""
        ping = Dialog(caller=OTHER, callee=self.registrar, uri=self.registrar.contact_uri, name=f"{self._named}-ping")
        ping.cseq[OTHER.user] = len(self.wire.packets)
        options = ping.request(OTHER, "OPTIONS")
        self.wire.send(options, OTHER, self.registrar)
        self.wire.send(ping.reply(options, 200), self.registrar, OTHER)


OTHER = Agent(user="gateway", domain="example.net", address="198.51.100.77", software="Gateway 3.1")
"""Somebody who has nothing to do with the phone."""
