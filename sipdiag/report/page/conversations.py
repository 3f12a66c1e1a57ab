"""What a page lists and opens: calls, registrations, subscriptions, and what else was said, by Call-ID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.calls import Arrival, Call, Registration, Repeat, Subscription, Transaction, status
from sipdiag.report.ladder import marks_of
from sipdiag.report.rows import party
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting

Marks = dict[tuple[int, int], list[int]]
"""(capture, frame) → numbers of the findings that name it, from 1."""


class Conversation(msgspec.Struct, kw_only=True):
    """One row of the page's table, with the messages behind it."""

    kind: str
    """`call registration subscription other`."""
    number: int
    """From 1 in its kind; of a call the number that `--call` takes."""
    call_ids: list[str]
    from_: str
    to: str
    state: str
    code: int | None
    start: int
    """Nanoseconds since 1970-01-01 UTC."""
    setup: int | None = None
    """Nanoseconds from the first INVITE to the 2xx."""
    duration: int | None = None
    """Nanoseconds from the 2xx to the BYE."""
    ended_by: str | None = None
    call: Call
    """Its messages, as a ladder is drawn from them."""
    findings: list[int] = []
    """Numbers of the findings about it, from 1: the worst first."""

    @property
    def key(self) -> str:
        """Its anchor in the page: `call-3`."""
        return f"{self.kind}-{self.number}"


def spot(capture: int, frame: int) -> str:
    """How the page's anchors name a frame: `12`, of a second capture `2-12`."""
    return f"{capture + 1}-{frame}" if capture else str(frame)


def conversations_of(analysis: Analysis) -> list[Conversation]:
    """Everything that was said in SIP, in the order it began."""
    seen = analysis.correlation
    listed = [_call(each) for each in seen.calls]
    listed += [_registration(each) for each in seen.registrations]
    listed += [_subscription(each) for each in seen.subscriptions]
    listed += _others(seen.arrivals, listed)
    listed.sort(key=lambda each: each.start)
    _tie_findings(analysis, listed)
    return listed


def _call(call: Call) -> Conversation:
    return Conversation(
        kind="call",
        number=call.number,
        call_ids=call.call_ids,
        from_=party(call.opening, "from"),
        to=party(call.opening, "to"),
        state=call.state.value,
        code=None if call.final is None else status(call.final),
        start=call.opening.time,
        setup=call.setup,
        duration=call.duration,
        ended_by=call.ended_by,
        call=call,
    )


def _registration(each: Registration) -> Conversation:
    return Conversation(
        kind="registration",
        number=each.number,
        call_ids=[each.call_id],
        from_=each.aor,
        to=_uri(each.contact),
        state=each.state.value,
        code=None if each.final is None else status(each.final),
        start=each.transactions[0].time,
        call=Call(call_ids=[each.call_id], transactions=each.transactions, acks=[]),
    )


def _subscription(each: Subscription) -> Conversation:
    return Conversation(
        kind="subscription",
        number=each.number,
        call_ids=[each.call_id],
        from_=_uri(each.contact),
        to=each.event,
        state=each.state.value,
        code=None if each.final is None else status(each.final),
        start=each.transactions[0].time,
        call=Call(call_ids=[each.call_id], transactions=each.transactions, acks=[]),
    )


def _others(arrivals: Iterable[Arrival], listed: list[Conversation]) -> Iterator[Conversation]:
    """Requests outside calls, registrations and subscriptions, such as OPTIONS and MESSAGE, by their Call-ID."""
    known = {id(transaction) for each in listed for transaction in each.call.transactions}
    in_calls = {call_id for each in listed if each.kind == "call" for call_id in each.call_ids}
    by_call_id: dict[str, tuple[dict[int, Transaction], list[Sighting]]] = {}
    for arrival in arrivals:
        transaction, call_id = arrival.transaction, arrival.sighting.message.call_id
        if transaction is not None and id(transaction) not in known:
            by_call_id.setdefault(call_id, ({}, []))[0][id(transaction)] = transaction
        elif transaction is None and call_id not in in_calls and arrival.repeat is not Repeat.DUPLICATE:
            by_call_id.setdefault(call_id, ({}, []))[1].append(arrival.sighting)
    for number, (call_id, (transactions, acks)) in enumerate(by_call_id.items(), 1):
        yield _other(number, Call(call_ids=[call_id], transactions=list(transactions.values()), acks=acks))


def _other(number: int, call: Call) -> Conversation:
    finals = [each.final for each in call.transactions if each.final is not None]
    final = finals[-1] if finals else None
    unanswered = any(each.final is None for each in call.transactions) or final is None
    failed = any(status(each) >= 300 for each in finals)
    return Conversation(
        kind="other",
        number=number,
        call_ids=call.call_ids,
        from_=party(call.opening, "from"),
        to=party(call.opening, "to"),
        state="failed" if failed else "unfinished" if unanswered else "completed",
        code=None if final is None else status(final),
        start=call.opening.time,
        call=call,
    )


Holders = dict[tuple[int, int], list[Conversation]]
"""(capture, frame) → the conversations with a message in it."""


def holders_of(conversations: Iterable[Conversation], marks: Marks) -> Holders:
    """Who holds the frames that findings name; a frame may hold several messages, a Call-ID several calls."""
    held: Holders = {}
    for each in conversations:
        for where in dict.fromkeys(_frames(each.call)) if marks else ():
            if where in marks:
                held.setdefault(where, []).append(each)
    return held


def _frames(call: Call) -> Iterator[tuple[int, int]]:
    for each in call.transactions:
        seen = [*each.request_repeats, *each.responses, *(copy for _, copy in each.response_repeats), *each.acks]
        for sighting in seen if each.request is None else [each.request, *seen]:
            yield sighting.capture, sighting.frame
    for ack in call.acks:
        yield ack.capture, ack.frame


def _tie_findings(analysis: Analysis, listed: list[Conversation]) -> None:
    """Give each conversation the findings that name a frame of it, or its Call-ID where they name no frame of any."""
    held = holders_of(listed, marks_of(analysis.findings))
    by_call_id: dict[str, list[Conversation]] = {}
    for conversation in listed:
        for call_id in conversation.call_ids:
            by_call_id.setdefault(call_id, []).append(conversation)
    tied: dict[str, set[int]] = {}
    for number, finding in enumerate(analysis.findings, 1):
        for each in (finding, *finding.causes, *finding.consequences):
            among = [conversation for frame in each.frames for conversation in held.get((each.capture, frame), ())]
            if each.call_id is not None:
                same = by_call_id.get(each.call_id, [])
                among = [conversation for conversation in among if each.call_id in conversation.call_ids] or same
            for conversation in among:
                tied.setdefault(conversation.key, set()).add(number)
    for conversation in listed:
        conversation.findings = sorted(tied.get(conversation.key, ()))


def _uri(contact: str) -> str:
    return parse_name_addr(contact).uri.text or contact
