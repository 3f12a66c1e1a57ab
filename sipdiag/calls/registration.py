"""Registrations: what a user agent asked of a registrar for one address-of-record (RFC 3261, section 10)."""

from __future__ import annotations

from enum import Enum

import msgspec

from sipdiag.calls.transaction import Transaction, status
from sipdiag.sip import NameAddr, parse_name_addr
from sipdiag.trace import Sighting, host

DEFAULT_EXPIRES = 3600
"""Seconds that a binding is taken to last when neither side says, as if Expires were malformed (section 10.2.1.1)."""


class RegistrationState(Enum):
    """What became of a registration."""

    REGISTERED = "registered"
    REMOVED = "removed"
    FETCHED = "fetched"
    """The client asked which bindings exist and got its answer (section 10.2.3)."""
    FAILED = "failed"
    UNFINISHED = "unfinished"


class Registration(msgspec.Struct, kw_only=True):
    """Every REGISTER of one user agent for one address-of-record."""

    call_id: str
    aor: str
    """The address-of-record: the URI of To."""
    transactions: list[Transaction]
    number: int = 0
    """1-based place in the list of registrations."""

    @property
    def attempts(self) -> list[Transaction]:
        """Its REGISTERs at the hop nearest the user agent: a proxy sends one on with the CSeq that it came with."""
        if len(self.transactions) == 1:
            return self.transactions
        seen: dict[tuple[str, int], Transaction] = {}
        attempts = []
        for transaction in self.transactions:
            first = seen.setdefault((transaction.from_tag, transaction.cseq), transaction)
            forwarded = first is not transaction and host(first.source) != host(transaction.source)
            if transaction.origin is None and not forwarded:
                attempts.append(transaction)
        return attempts

    @property
    def last(self) -> Transaction:
        """The newest transaction with a final response at the hop nearest the user agent, else the newest of all."""
        nearest = [each for each in self.transactions if each.source == self.transactions[0].source]
        return next((each for each in reversed(nearest) if each.final is not None), nearest[-1])

    @property
    def final(self) -> Sighting | None:
        """The newest final response."""
        return self.last.final

    @property
    def contact(self) -> str:
        """The Contact that was to be bound, as it stands; empty when bindings were only asked for."""
        requests = (each.request for each in reversed(self.transactions) if each.request is not None)
        return next((contact for each in requests if (contact := each.message.field("contact"))), "")

    @property
    def expires(self) -> int | None:
        """Seconds that the registrar granted in its newest 2xx; None when there was none."""
        return None if self.final is None or status(self.final) >= 300 else granted_expires(self.last)

    @property
    def state(self) -> RegistrationState:
        """Where things stood at the end."""
        final = self.final
        if final is None:
            return RegistrationState.UNFINISHED
        if status(final) >= 300:
            # A challenge that nobody answered yet is no refusal.
            challenged = status(final) in (401, 407) and not carries_credentials(self.last)
            return RegistrationState.UNFINISHED if challenged else RegistrationState.FAILED
        request = self.last.request
        if request is not None and not request.message.field("contact"):
            return RegistrationState.FETCHED
        return RegistrationState.REMOVED if self.expires == 0 else RegistrationState.REGISTERED


def registrations_in(transactions: list[Transaction]) -> list[Registration]:
    """The registrations among `transactions`, in the order they began."""
    found: dict[tuple[str, str], Registration] = {}
    for transaction in transactions:
        if transaction.method != "REGISTER":
            continue
        seen = transaction.responses[0] if transaction.request is None else transaction.request
        aor = parse_name_addr(seen.message.field("to") or "").uri.text
        key = (transaction.call_id, aor)
        if key not in found:
            found[key] = Registration(call_id=transaction.call_id, aor=aor, transactions=[])
        found[key].transactions.append(transaction)
    return list(found.values())


def carries_credentials(transaction: Transaction) -> bool:
    """Whether the request came with an answer to a challenge (RFC 3261, section 22)."""
    request = transaction.request
    return request is not None and bool(
        request.message.field("authorization") or request.message.field("proxy-authorization")
    )


def asks_for_removal(transaction: Transaction) -> bool:
    """Whether the REGISTER asked for zero seconds (RFC 3261, section 10.2.2)."""
    request = transaction.request
    if request is None:
        return False
    contact = request.message.field("contact") or ""
    stated = parse_name_addr(contact).parameters.get("expires", request.message.field("expires"))
    return bool(contact) and stated == "0"


def asked_expires(transaction: Transaction) -> int | None:
    """Seconds that the request asked for: of its first Contact, else of Expires (section 10.2.1.1)."""
    request = transaction.request
    if request is None:
        return None
    contact = delta_seconds(parse_name_addr(request.message.field("contact") or "").parameters.get("expires"))
    return delta_seconds(request.message.field("expires")) if contact is None else contact


def granted_expires(transaction: Transaction) -> int | None:
    """Seconds that the 2xx grants the first Contact of the request; for a fetch, the first Contact in the 2xx."""
    final, request = transaction.final, transaction.request
    if final is None:
        return None
    asked = None if request is None else request.message.field("contact")
    if asked and asked.strip() == "*":
        return 0
    if asked and request is not None:
        return granted_to(parse_name_addr(asked), final, request)
    for value in final.message.values("contact"):
        if (seconds := delta_seconds(parse_name_addr(value).parameters.get("expires"))) is not None:
            return seconds
    stated = delta_seconds(final.message.field("expires"))
    return DEFAULT_EXPIRES if stated is None else stated


def granted_to(asked: NameAddr, final: Sighting, request: Sighting) -> int:
    """Seconds that a 2xx granted the contact `asked`: its own `expires`, else Expires, else as asked (section 10.3)."""
    own = (_expires_at(value, asked) for value in final.message.values("contact"))
    ways = (
        next((seconds for seconds in own if seconds is not None), None),
        delta_seconds(final.message.field("expires")),
        delta_seconds(asked.parameters.get("expires")),
        delta_seconds(request.message.field("expires")),
    )
    return next((seconds for seconds in ways if seconds is not None), DEFAULT_EXPIRES)


def same_contact(one: NameAddr, other: NameAddr) -> bool:
    """Whether two contacts are the same but for parameters and display names (section 10.2.4)."""
    return (one.uri.user, one.uri.host, one.uri.port) == (other.uri.user, other.uri.host, other.uri.port)


def _expires_at(value: str, asked: NameAddr) -> int | None:
    contact = parse_name_addr(value)
    return delta_seconds(contact.parameters.get("expires")) if same_contact(contact, asked) else None


def stated_expires(transaction: Transaction) -> int | None:
    """Seconds that the 2xx itself states for the binding; None where it states none, or maybe for another contact."""
    final, request = transaction.final, transaction.request
    asked = None if request is None else request.message.field("contact")
    if final is None or not asked or asked.strip() == "*":
        return None
    mine = parse_name_addr(asked)
    contacts = [parse_name_addr(value) for value in final.message.values("contact")]
    own = [each for each in contacts if same_contact(each, mine) or len(contacts) == 1]
    granted = delta_seconds(own[0].parameters.get("expires")) if own else None
    if granted is None and not any("expires" in each.parameters for each in contacts):
        granted = delta_seconds(final.message.field("expires"))
    return granted


def delta_seconds(text: str | None) -> int | None:
    """The number of seconds that `text` is; None where it is none (delta-seconds: RFC 3261, section 25.1)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
