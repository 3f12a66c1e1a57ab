"""Subscriptions: SUBSCRIBE, and the NOTIFYs that must follow (RFC 6665)."""

from __future__ import annotations

from enum import Enum

import msgspec

from sipdiag.calls.registration import carries_credentials, delta_seconds
from sipdiag.calls.transaction import Transaction, status
from sipdiag.sip import split_parameters
from sipdiag.trace import Sighting


class SubscriptionState(Enum):
    """The state that the newest NOTIFY gave, or what became of the SUBSCRIBE (RFC 6665, section 4.1.3)."""

    PENDING = "pending"
    ACTIVE = "active"
    TERMINATED = "terminated"
    ACCEPTED = "accepted"
    """A 2xx, and no NOTIFY seen yet."""
    FAILED = "failed"
    UNFINISHED = "unfinished"


class Subscription(msgspec.Struct, kw_only=True):
    """One subscription: a Call-ID, a subscriber's tag and an event."""

    call_id: str
    event: str
    """Event package with its id, as in the Event header field: `presence`, `dialog;id=7`."""
    transactions: list[Transaction]
    """The SUBSCRIBEs and NOTIFYs, in the order of time."""
    number: int = 0
    """1-based place in the list of subscriptions."""

    @property
    def subscribes(self) -> list[Transaction]:
        """The SUBSCRIBEs."""
        return [each for each in self.transactions if each.method == "SUBSCRIBE"]

    @property
    def notifies(self) -> list[Transaction]:
        """The NOTIFYs."""
        return [each for each in self.transactions if each.method == "NOTIFY"]

    @property
    def final(self) -> Sighting | None:
        """The newest final response to a SUBSCRIBE."""
        finals = [final for each in self.subscribes if (final := each.final) is not None]
        return finals[-1] if finals else None

    @property
    def contact(self) -> str:
        """The Contact of the newest SUBSCRIBE."""
        requests = (each.request for each in reversed(self.subscribes) if each.request is not None)
        return next((contact for each in requests if (contact := each.message.field("contact"))), "")

    @property
    def expires(self) -> int | None:
        """Seconds granted in the newest 2xx to a SUBSCRIBE; None when there was none or it does not say."""
        final = self.final
        if final is None or status(final) >= 300:
            return None
        return delta_seconds(final.message.field("expires"))

    @property
    def state(self) -> SubscriptionState:
        """Where things stood at the end."""
        for notify in reversed(self.notifies):
            stated = "" if notify.request is None else notify.request.message.field("subscription-state") or ""
            name = split_parameters(stated)[0].lower()
            if name in ("active", "pending", "terminated"):
                return SubscriptionState(name)
        final = self.final
        if final is None:
            return SubscriptionState.UNFINISHED
        if status(final) < 300:
            return SubscriptionState.ACCEPTED
        challenged = status(final) in (401, 407) and not any(carries_credentials(each) for each in self.subscribes)
        return SubscriptionState.UNFINISHED if challenged else SubscriptionState.FAILED


def subscriptions_in(transactions: list[Transaction]) -> list[Subscription]:
    """The subscriptions among `transactions`, in the order they began; one that a REFER made is its call's affair."""
    found: dict[tuple[str, str, str], Subscription] = {}
    for transaction in transactions:
        if transaction.method not in ("SUBSCRIBE", "NOTIFY"):
            continue
        seen = transaction.responses[0] if transaction.request is None else transaction.request
        event = _event(seen.message.field("event") or "")
        subscriber = seen.message.from_tag if transaction.method == "SUBSCRIBE" else seen.message.to_tag
        key = (transaction.call_id, subscriber, event)
        if key not in found:
            if event.partition(";")[0] == "refer":
                continue
            found[key] = Subscription(call_id=transaction.call_id, event=event, transactions=[])
        found[key].transactions.append(transaction)
    return list(found.values())


def _event(value: str) -> str:
    package, parameters = split_parameters(value)
    package = package.lower()
    return f"{package};id={parameters['id']}" if parameters.get("id") else package
