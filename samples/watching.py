"""A phone that watches another line, and the server that tells it: what samples of subscriptions have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conversation import ALICE, PBX, PROXY, Agent, Dialog, Message
from recording import Recording

EVENT = ("Event", "dialog")


class Watch:
    """Alice's phone (the subscriber) and the PBX (the notifier), and the wire between them."""

    def __init__(self, path: Path, *, until: float = float("inf"), notifier: Agent = PBX) -> None:
        self.wire = Recording(path=path, until=until)
        self.notifier = notifier
        self._named = f"{path.parent.name}-{path.stem}"
        self.dialog = Dialog(caller=ALICE, callee=notifier, name=self._named)

    def subscribe(
        self, code: int = 200, *, expires: int = 600, after: float = 0.02, fields: Iterable[tuple[str, str]] = ()
    ) -> None:
        """A SUBSCRIBE and its response."""
        request = self.dialog.request(ALICE, "SUBSCRIBE", EVENT, ("Expires", str(expires)))
        self.wire.send(request, ALICE, self.notifier, after=after)
        granted = [("Expires", str(expires))] if code < 300 else []
        self.wire.send(self.dialog.reply(request, code, *granted, *fields), self.notifier, ALICE)

    def notify(
        self,
        state: str = "active;expires=600",
        *,
        after: float = 0.02,
        code: int = 200,
        repeats: Iterable[float] = (),
    ) -> Message:
        """A NOTIFY, and its response unless the code is 0."""
        request = self.dialog.request(self.notifier, "NOTIFY", EVENT, ("Subscription-State", state))
        self.wire.send(request, self.notifier, ALICE, after=after)
        self.wire.repeat(request, self.notifier, ALICE, repeats)
        if code:
            self.wire.send(self.dialog.reply(request, code), ALICE, self.notifier)
        return request

    def sign_of_life(self, of: Agent = PROXY, *, after: float = 10) -> None:
        """Much later `of` asks the PBX whether it is there, so that the recording lasts."""
        ping = Dialog(caller=of, callee=self.notifier, uri=self.notifier.contact_uri, name=f"{self._named}-ping")
        ping.cseq[of.user] = len(self.wire.packets)
        options = ping.request(of, "OPTIONS")
        self.wire.send(options, of, self.notifier, after=after)
        self.wire.send(ping.reply(options, 200), self.notifier, of)
