"""What a recording holds that can be expected: its calls, registrations, subscriptions and other requests, alike."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sipdiag.calls import Call, Correlation, Exchange, Registration, Subscription, Transaction, exchanges_of, status
from sipdiag.calls import streams_of as answered_streams
from sipdiag.expect.course import Courses, Step
from sipdiag.sip import parse_name_addr, parse_uri, split_parameters
from sipdiag.trace import Sighting

Member = Call | Registration | Subscription | Transaction


class Subject(msgspec.Struct, kw_only=True):
    """One thing in a recording, with what identifies it."""

    kind: str
    """`call`, `registration`, `subscription`, `request`."""
    member: Member
    opening: Sighting
    from_: str
    """The URI of From; of a registration the address-of-record."""
    to: str
    call_ids: list[str]
    final: Sighting | None
    outcome: str = ""
    label: str = ""
    """Of a subscription its event, of a request its method."""

    @property
    def code(self) -> int | None:
        """The final status code; None while there is none."""
        return None if self.final is None else status(self.final)


def subjects_in(correlation: Correlation) -> Iterator[Subject]:
    """Everything in a correlation, calls first, each kind in the order of time."""
    claimed: set[str] = set()
    for call in correlation.calls:
        claimed.update(call.call_ids)
        yield _subject("call", call, call.opening, call.call_ids, call.final, call.state.value)
    for each in correlation.registrations:
        opening = _opening(each.transactions[0])
        yield _subject("registration", each, opening, [each.call_id], each.final, each.state.value)
    for one in correlation.subscriptions:
        opening = _opening(one.transactions[0])
        claimed.add(one.call_id)
        yield _subject("subscription", one, opening, [one.call_id], one.final, one.state.value, label=one.event)
    for transaction in correlation.transactions:
        if transaction.method != "REGISTER" and transaction.call_id not in claimed and _is_first(transaction):
            opening = _opening(transaction)
            final, method = transaction.final, transaction.method
            yield _subject("request", transaction, opening, [transaction.call_id], final, "", label=method)


def forms_of(uri: str) -> tuple[str, ...]:
    """A URI as expectations may write it: whole, without its parameters, `user@host`, the user alone."""
    parsed = parse_uri(uri)
    plain = split_parameters(uri)[0]
    if not parsed.user:
        return uri, plain, parsed.host or plain
    return uri, plain, f"{parsed.user}@{parsed.host}" if parsed.host else parsed.user, parsed.user


def short_form(uri: str) -> str:
    """`user@host`, or what there is."""
    forms = forms_of(uri)
    return forms[2] if len(forms) > 2 else forms[-1]


def first_leg(call: Call) -> Call:
    """The leg nearest the caller."""
    return call.legs[0] if call.legs else call


def steps_of(subject: Subject, courses: Courses) -> list[Step]:
    """The messages of a subject; of a call with several legs those of the leg nearest the caller."""
    call_ids = first_leg(subject.member).call_ids if isinstance(subject.member, Call) else subject.call_ids
    return courses.steps(call_ids)


def agreement_of(call: Call) -> tuple[list[str], Exchange | None]:
    """The formats of the first answer of a call, the preferred first, and the exchange that holds it."""
    answered = (each for each in exchanges_of(first_leg(call)) if each.answer is not None)
    exchange = next(answered, None)
    if exchange is None:
        return [], None
    streams = [answer for _, answer in answered_streams(exchange) if answer.port]
    codecs = [codec.name or codec.payload_type for stream in streams for codec in stream.codecs]
    return codecs or [each for stream in streams for each in stream.formats], exchange


def _subject(
    kind: str,
    member: Member,
    opening: Sighting,
    call_ids: list[str],
    final: Sighting | None,
    outcome: str,
    *,
    label: str = "",
) -> Subject:
    return Subject(
        kind=kind,
        member=member,
        opening=opening,
        from_=_uri(opening, "from"),
        to=_uri(opening, "to"),
        call_ids=call_ids,
        final=final,
        outcome=outcome,
        label=label,
    )


def _uri(opening: Sighting, side: str) -> str:
    return parse_name_addr(opening.message.field(side) or "").uri.text


def _opening(transaction: Transaction) -> Sighting:
    return transaction.responses[0] if transaction.request is None else transaction.request


def _is_first(transaction: Transaction) -> bool:
    """Whether it is no copy on another link and no ACK or CANCEL of something that began before the capture."""
    return transaction.origin is None and transaction.method not in ("ACK", "CANCEL")
