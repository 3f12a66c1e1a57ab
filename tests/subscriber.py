"""A subscriber and its notifier: what the tests of subscriptions have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange import CALLEE, CALLER, Exchange

if TYPE_CHECKING:
    from sipdiag.trace import Sighting

EVENT = "Event: presence\r\n"


class Watch:
    """The caller subscribes, the callee notifies."""

    def __init__(self) -> None:
        self.talk = Exchange()
        self._cseq = 0

    def subscribes(
        self, at: float, code: int = 200, *, expires: int = 600, contact: str = f"Contact: <sip:{CALLEE}>\r\n"
    ) -> Sighting:
        """A SUBSCRIBE and its response."""
        self._cseq += 1
        tag = "callee" if self._cseq > 1 else ""
        request = self.talk.request(
            "SUBSCRIBE",
            at,
            branch=f"s{self._cseq}",
            cseq=self._cseq,
            to_tag=tag,
            fields=EVENT + f"Expires: {expires}\r\n",
        )
        return self.talk.response(code, request, at + 0.1, fields=f"Expires: {expires}\r\n{contact}")

    def notifies(self, at: float, state: str = "active;expires=600", *, code: int = 200) -> Sighting:
        """A NOTIFY, and its response unless the code is 0."""
        request = self.talk.request(
            "NOTIFY",
            at,
            branch=f"n{at}",
            source=CALLEE,
            destination=CALLER,
            from_tag="callee",
            to_tag="caller",
            cseq=round(at * 10) + 1,
            fields=EVENT + f"Subscription-State: {state}\r\n",
        )
        if code:
            self.talk.response(code, request, at + 0.05)
        return request
