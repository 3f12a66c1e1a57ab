"""What part of an analysis a report shows: some calls, codes, methods, parties, times or rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.calls import Arrival, Transaction
from sipdiag.errors import UsageError
from sipdiag.findings import Finding, caused, unfolded
from sipdiag.sip import Response
from sipdiag.trace import Sighting

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?\Z")
_CODES = re.compile(r"[1-6](?:[0-9]{2}|xx)\Z")


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The options that narrow a report, as they were given; empty ones narrow nothing."""

    call: str = ""
    """A Call-ID, a part of one, or the number of a call in the list."""
    codes: tuple[str, ...] = ()
    """`503`, `4xx`."""
    methods: tuple[str, ...] = ()
    from_: str = ""
    """Text in the From header field."""
    to: str = ""
    after: str = ""
    """ISO 8601, or a time of day in UTC."""
    before: str = ""
    select: tuple[str, ...] = ()
    """Rules."""
    ignore: tuple[str, ...] = ()

    @property
    def narrows_traffic(self) -> bool:
        """Whether it leaves out anything but findings."""
        return bool(self.call or self.codes or self.methods or self.from_ or self.to or self.after or self.before)


def selected(analysis: Analysis, selection: Selection, rules: frozenset[str]) -> Analysis:
    """The part of `analysis` that `selection` asks for; raises `UsageError` for a rule, code or time that is none."""
    _known(selection, rules)
    seen = analysis.correlation
    findings = analysis.findings
    if selection.select or selection.ignore:  # a cause that is left out leaves its consequences to stand by themselves
        findings = caused([each for each in unfolded(findings) if _of_rule(each, selection)], seen)
    if not selection.narrows_traffic:
        return msgspec.structs.replace(analysis, findings=findings)
    wanted = _wanted_call_ids(analysis, selection)
    shows = _message_test(analysis, selection)
    arrivals = [each for each in seen.arrivals if each.sighting.message.call_id in wanted and shows(each)]
    kept = {each.sighting.message.call_id for each in arrivals}
    narrowed = msgspec.structs.replace(
        seen,
        arrivals=arrivals,
        calls=[each for each in seen.calls if kept.intersection(each.call_ids)],
        registrations=[each for each in seen.registrations if each.call_id in kept],
        subscriptions=[each for each in seen.subscriptions if each.call_id in kept],
    )
    return msgspec.structs.replace(
        analysis,
        correlation=narrowed,
        findings=[each for each in findings if each.call_id is None or each.call_id in kept],
        carriage=analysis.carriage.only({each.number for each in narrowed.calls}),
    )


def _known(selection: Selection, rules: frozenset[str]) -> None:
    for name in (*selection.select, *selection.ignore):
        if name not in rules:
            raise UsageError(f"no rule is called {name!r}; 'sipdiag rules' lists them")
    for code in selection.codes:
        if not _CODES.match(code.lower()):
            raise UsageError(f"{code!r} is no status code: write 503 or 4xx")


def _of_rule(finding: Finding, selection: Selection) -> bool:
    if selection.select and finding.rule not in selection.select:
        return False
    return finding.rule not in selection.ignore


def _wanted_call_ids(analysis: Analysis, selection: Selection) -> set[str]:
    """The Call-IDs of the call that is asked for, and of the parties."""
    seen = analysis.correlation
    wanted = {each.sighting.message.call_id for each in seen.arrivals}
    if selection.call:
        numbered = [call for call in seen.calls if str(call.number) == selection.call]
        named = {call_id for call in numbered for call_id in call.call_ids}
        found = named or {call_id for call_id in wanted if selection.call in call_id}
        # A call through a B2BUA is one call, whichever of its Call-IDs was given.
        wanted = found.union(*(call.call_ids for call in seen.calls if call.legs and found.intersection(call.call_ids)))
    for header, text in (("from", selection.from_), ("to", selection.to)):
        if text:
            wanted &= {
                each.sighting.message.call_id
                for each in seen.arrivals
                if text.lower() in (each.sighting.message.field(header) or "").lower()
            }
    return wanted


def _message_test(analysis: Analysis, selection: Selection) -> Callable[[Arrival], bool]:
    """Whether one message is shown: by method and by time, and by code with the request that it answers."""
    first = min((each.sighting.time for each in analysis.correlation.arrivals), default=0)
    after = _time(selection.after, first) if selection.after else None
    before = _time(selection.before, first) if selection.before else None
    methods = {method.upper() for method in selection.methods}
    codes = tuple(code.lower().rstrip("x") for code in selection.codes)

    def shows(arrival: Arrival) -> bool:
        sighting = arrival.sighting
        if (after is not None and sighting.time < after) or (before is not None and sighting.time > before):
            return False
        if methods and sighting.message.cseq_method.upper() not in methods:
            return False
        return not codes or _has_code(sighting, arrival.transaction, codes)

    return shows


def _has_code(sighting: Sighting, transaction: Transaction | None, codes: tuple[str, ...]) -> bool:
    if isinstance(sighting.message, Response):
        return str(sighting.message.status).startswith(codes)
    answers = [] if transaction is None else transaction.responses
    return any(isinstance(each.message, Response) and str(each.message.status).startswith(codes) for each in answers)


def _time(text: str, first: int) -> int:
    """Nanoseconds since 1970; a time of day is on the day of the first message."""
    try:
        if _TIME_OF_DAY.match(text):
            day = datetime.fromtimestamp(first // 10**9, UTC).strftime("%Y-%m-%d")
            text = f"{day}T{text.zfill(5) if text.count(':') == 1 else text.rjust(8, '0')}"
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time: write 2026-03-02T09:30:00 or 09:30:00 (UTC)") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 10**9 + moment.microsecond * 1000
