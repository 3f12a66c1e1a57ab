"""The responses as a terminal shows them: each with its request and its meaning in one line, or alike ones together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from sipdiag.calls import Arrival, Repeat
from sipdiag.report.escape import shown
from sipdiag.report.times import clock
from sipdiag.report.words import Words
from sipdiag.sip import Response

ONE_LINE = 132
"""From this width on a response and its meaning share a line."""
SHORT_REASON, REASON = 26, 36
"""Columns that code and reason phrase have at least and at most; how many depends on what stands behind them."""
MEANING = 23
"""Where the meaning begins on a line of its own."""
MANY = 300
"""More responses than this are told by kind, unless every one is asked for."""

Line = tuple[Text, int, int]
"""The text, and the columns left free before its first line and before the others."""


def response_lines(arrivals: Sequence[Arrival], words: Words, width: int, *, every: bool) -> Iterator[Line]:
    """The lines on `arrivals`, which are responses; of many, alike ones share a line unless `every` one is wanted."""
    if every or len(arrivals) <= MANY:
        for arrival in arrivals:
            yield from _of_one(arrival, words, width)
        return
    yield Text(words.label("responses_together").format(count=words.numbers.count(len(arrivals))), style="dim"), 0, 0
    kinds: dict[tuple[str, str, int, str], list[Arrival]] = {}
    for arrival in arrivals:
        message = arrival.sighting.message
        if isinstance(message, Response):
            key = words.status_key(arrival.sighting)
            kind = key, words.answered(key, arrival.sighting, arrival.transaction), message.status, message.reason
            kinds.setdefault(kind, []).append(arrival)
    for (key, method, code, reason), alike in sorted(kinds.items(), key=lambda each: (each[0][2], -len(each[1]))):
        line = Text(f"{words.numbers.count(len(alike)):>7} ×  ")
        line.append_text(_answer(code, reason, REASON))
        line.append(f"  {shown(method)}  ")
        line.append(_about(alike, words), style="dim")
        yield from _with_meaning(line, words.meaning(key, method), width)


def _of_one(arrival: Arrival, words: Words, width: int) -> Iterator[Line]:
    sighting = arrival.sighting
    message = sighting.message
    if not isinstance(message, Response):
        return
    line = Text(f"{sighting.frame:>7}  {clock(sighting.time)}  ")
    method, origin = f"  {shown(message.cseq_method)} ", _origin(arrival, words)
    line.append_text(_answer(message.status, message.reason, width - len(line) - len(method) - len(origin)))
    line.append(method)
    line.append(origin, style="dim")
    if arrival.first is not None:  # what a repeat means was said at the first
        yield line, 0, _hang(line, width)
    else:
        key = words.status_key(sighting)
        yield from _with_meaning(
            line, words.meaning(key, words.answered(key, arrival.sighting, arrival.transaction)), width
        )


def _answer(code: int, reason: str, room: int) -> Text:
    """Code and reason phrase, cut to the room there is."""
    most = min(REASON, max(SHORT_REASON, room))
    answered = f"{code} {shown(reason)}"
    answered = answered if len(answered) <= most else f"{answered[: most - 1]}…"
    return Text(f"{answered:<{min(SHORT_REASON, max(room, 1))}}", style=_code_style(code))


def _with_meaning(line: Text, meaning: str, width: int) -> Iterator[Line]:
    if width >= ONE_LINE:
        line.append(f"  {plain(meaning)}", style="dim")
        yield line, 0, 0
    else:
        yield line, 0, _hang(line, width)
        yield Text(plain(meaning), style="dim"), MEANING, MEANING


def _hang(line: Text, width: int) -> int:
    """Where a line goes on that is too long for the screen: below the code."""
    return MEANING if len(line) > width else 0


def _origin(arrival: Arrival, words: Words) -> str:
    request = None if arrival.transaction is None else arrival.transaction.request
    if arrival.first is not None:
        kind = "duplicate" if arrival.repeat is Repeat.DUPLICATE else "retransmission"
        return words.label(kind).format(frame=arrival.first.frame)
    if request is None:
        return words.label("not_captured")
    return f"{words.label('frame')} {request.frame}, {words.numbers.span(arrival.sighting.time - request.time)}"


def _about(alike: Sequence[Arrival], words: Words) -> str:
    """Where the first stands, how long they took, and how many are repeats."""
    told = [f"{words.label('frame')} {alike[0].sighting.frame}" + (" …" if len(alike) > 1 else "")]
    delays = sorted(_delays(alike))
    if delays:
        told.append(f"{words.numbers.span(delays[0])} – {words.numbers.span(delays[-1])}")
    if repeats := sum(each.first is not None for each in alike):
        told.append(words.label("repeats_among").format(count=words.numbers.count(repeats)))
    return ", ".join(told)


def _delays(alike: Iterable[Arrival]) -> Iterator[int]:
    for each in alike:
        request = None if each.transaction is None else each.transaction.request
        if request is not None and each.first is None:
            yield each.sighting.time - request.time


def plain(markdown: str) -> str:
    """Prose of the catalogue without its marks."""
    return markdown.replace("`", "").replace("**", "")


def _code_style(code: int) -> str:
    return "green" if 200 <= code < 300 else "dim" if code < 200 else "yellow" if code < 400 else "red"
