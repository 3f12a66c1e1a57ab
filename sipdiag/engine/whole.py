"""One capture concluded in parts: the document and the findings, as one part with everything in it would give them.

The parts may lie in other processes or on disk: they are told what all of them tell, and only what that takes is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from sipdiag import __version__
from sipdiag.calls import Leg, Link, Transaction, Twin, Twins, families_of, settled, window_of
from sipdiag.engine.conclusion import as_worked, finished, on_faults, on_sources, on_traces, on_wholes, ways_told
from sipdiag.engine.gist import Reading
from sipdiag.engine.outlook import Outlook, all_links, homes_of
from sipdiag.engine.part import Judging, Verdict, key_of
from sipdiag.engine.survey import Survey
from sipdiag.findings import PIECES, Finding, all_traffic, attacker_of, flows_of, grouped, merged, taken, unfolded
from sipdiag.report import document as doc
from sipdiag.report.rows import capture_row, entry_rows, finding_rows
from sipdiag.report.streams import stream_row
from sipdiag.report.tally import peer_rows, summary_in, together
from sipdiag.report.texts import Texts
from sipdiag.trace import joined_streams

Answers = Callable[[], list[Any]]
"""Waits for what the parts answer."""


class Parts(Protocol):
    """Where the parts of the messages are; each step is a method of `Part`."""

    def part_of(self, call_id: str) -> int:
        """Which of them the messages of a Call-ID are in, to begin with."""

    def ask(self, step: str, *given: Any) -> Answers:  # noqa: ANN401  (each step takes what it takes)
        """Let each take a step, all with the same."""

    def ask_each(self, step: str, given: Sequence[tuple[Any, ...]]) -> Answers:
        """Let each take a step with what is its own."""


class Whole(NamedTuple):
    """What came of it."""

    findings: list[Finding]
    parts: Iterator[tuple[str, Any]]
    """The document, part by part; lists of rows that are text already are `Texts`."""
    messages: Parts
    """Kept until all is written: to free them takes longer than to end with them."""


def concluded_in(parts: Parts, reading: Reading, judging: Judging) -> Whole:
    """Conclude the capture of `reading`, whose messages are in `parts`.

    Where rules on captures have something to say of it, its trace holds the messages too.
    """
    outlook, links = _agreed(parts, reading, judging)
    verdicts: list[Verdict] = parts.ask("judge", outlook, links)()
    messages, subjects = parts.ask("messages"), parts.ask("subjects")
    findings = _findings(parts, reading, verdicts, (outlook, links), judging)
    told = _told(parts, reading, verdicts, (outlook, findings, messages, subjects), judging)
    return Whole(findings, told, parts)


def _agreed(parts: Parts, reading: Reading, judging: Judging) -> tuple[Outlook, list[Link]]:
    """What all parts are told before they are judged, and what ties their calls together."""
    devices = frozenset(end for call_id in reading.natted for end in reading.registering.get(call_id, ()))
    surveys: list[Survey] = parts.ask("survey", devices)()
    links = _links(parts, [leg for survey in surveys for leg in survey.legs], judging)
    facts = reading.trace.facts
    times = [] if facts.first_time is None or facts.last_time is None else [(facts.first_time, facts.last_time)]
    window = replace(window_of(times, []), directions=reading.directions)
    outlook = Outlook(
        window=window,
        settings=judging.settings,
        facts={name: merged(name, [survey.facts[name] for survey in surveys]) for name in PIECES},
        flows=flows_of(
            (each for survey in surveys for each in survey.behind),
            all_traffic(survey.traffic for survey in surveys),
            window,
        ),
        below=reading.below,
        streams=joined_streams([reading.trace.streams]),
        undelivered=reading.trace.undelivered,
        with_media=reading.trace.media,
        damages={0: reading.below.damages} if reading.below.damages else {},
    )
    if links:
        _bring_together(parts, links)
    if outlook.streams:
        outlook = replace(outlook, media_settled=settled(parts.ask("ties", outlook, links)(), outlook.streams))
    return outlook, links


def _links(parts: Parts, legs: list[Leg], judging: Judging) -> list[Link]:
    """What ties calls together; what is alike of them is asked for only where two links of a network were seen."""
    if judging.settings.guess_legs and len({leg.ends for leg in legs}) > 1:
        legs = [leg for mine in parts.ask("legs")() for leg in mine]
    return all_links(legs, judging.settings)


def _bring_together(parts: Parts, links: Sequence[Link]) -> None:
    """Move the legs of each call into one part."""
    homes = homes_of(links, families_of(links))
    goes = {call_id: parts.part_of(home) for call_id, home in homes.items()}
    if all(parts.part_of(call_id) == part for call_id, part in goes.items()):
        return
    gone: list[dict[int, list[Any]]] = parts.ask("give", goes)()
    parts.ask_each("take", [([each for given in gone for each in given.get(part, ())],) for part in range(len(gone))])()


def _findings(
    parts: Parts,
    reading: Reading,
    verdicts: Sequence[Verdict],
    agreed: tuple[Outlook, list[Link]],
    judging: Judging,
) -> list[Finding]:
    """The findings of all parts and those on all of them, as the settings take them."""
    outlook, links = agreed
    told = [verdict.judgement for verdict in verdicts]
    shares: dict[str, dict[Any, list[Any]]] = {}
    for each in told:
        for name, gathered in each.shares.items():
            for about, part in gathered.items():
                shares.setdefault(name, {}).setdefault(about, []).append(part)
    wholes = list(on_wholes(shares, outlook))
    hosts, attacks = on_sources(_asked(parts, verdicts), outlook)
    captures, ways = on_traces(
        [(0, reading.trace)], (seen for each in told for seen in each.concerned), links,
        outlook,
    )  # fmt: skip
    ways |= ways_told([*hosts, *wholes])
    for each in told:
        ways |= each.ways
    circles = {call_id: calls for each in told for call_id, calls in each.circles.items()}
    found = finished(
        [
            *(finding for each in told for finding in each.findings),
            *captures,
            *hosts,
            *on_faults((fault for each in told for fault in each.faults), outlook),
            *wholes,
        ],
        ways=ways,
        circles=circles,
        attacks=attacks,
        refused={place: found for each in told for place, found in each.refused.items()},
        closest=lambda failed: _closest(parts, failed),
    )
    kept = taken(unfolded(found), judging.policy, judging.today)
    return grouped(kept, circles, lambda attack: attacks.get((attack.rule, attacker_of(attack)), ()))


def _asked(parts: Parts, verdicts: Sequence[Verdict]) -> dict[str, list[list[Transaction]]]:
    """What each host asked of its own accord, of hosts that a rule may have anything to say of."""
    suspects = set[str]().union(*(verdict.suspects for verdict in verdicts))
    asked: dict[str, list[list[Transaction]]] = {}
    for mine in parts.ask("asked", suspects)() if suspects else ():
        for host, some in mine.items():
            asked.setdefault(host, []).append(some)
    return asked


def _closest(parts: Parts, failed: Mapping[int, Transaction]) -> Mapping[int, Twin | None]:
    if not failed:
        return {}
    twins = Twins(as_worked(seen) for mine in parts.ask("worked")() for seen in mine)
    return {index: twins.closest(each) for index, each in failed.items()}


def _told(
    parts: Parts,
    reading: Reading,
    verdicts: Sequence[Verdict],
    found: tuple[Outlook, list[Finding], Answers, Answers],
    judging: Judging,
) -> Iterator[tuple[str, Any]]:
    """The document, when all of it that lies in the parts is here."""
    outlook, findings, messages, subjects = found
    told = messages()
    subjects()
    numbers = _numbers(verdicts)
    rows = parts.ask_each("subject_texts", [(mine, _marks(findings, verdicts)) for mine in numbers])()
    orders: dict[str, list[Any]] = {
        "calls": numbers,
        "registrations": [each.registrations for each in verdicts],
        "subscriptions": [each.subscriptions for each in verdicts],
    }
    lists = {name: _in_order([some[name] for some, _ in told]) for name in ("responses", "requests")}
    for name, order in orders.items():
        lists[name] = _in_order([(keys, mine[name]) for keys, mine in zip(order, rows, strict=True)])
    named = set[str]().union(*(names for _, names in told))
    return _document(reading, verdicts, (outlook, findings, lists, named), judging)


def _document(
    reading: Reading,
    verdicts: Sequence[Verdict],
    found: tuple[Outlook, list[Finding], Mapping[str, Iterator[str]], set[str]],
    judging: Judging,
) -> Iterator[tuple[str, Any]]:
    """The document, part by part: see `parts_of`."""
    outlook, findings, lists, named = found
    tally = together(verdict.tally for verdict in verdicts)
    seen = "seen" if any(verdict.media == "seen" for verdict in verdicts) else "none"
    yield "schema", doc.SCHEMA
    yield "version", __version__
    yield "captures", [capture_row(reading.trace.facts)]
    yield "summary", summary_in(tally, findings, seen if outlook.with_media else "left-out")
    yield "peers", peer_rows(tally.peers)
    yield from ((name, Texts(rows)) for name, rows in lists.items())
    yield "streams", iter(_streams(outlook, verdicts))
    yield "findings", finding_rows(findings, judging.words, named)
    yield "knowledge", entry_rows(named, judging.words)


def _in_order(parts: Sequence[tuple[list[Any], list[str]]]) -> Iterator[str]:
    """The rows of all parts, by what orders each."""
    keys = [key for mine, _ in parts for key in mine]
    texts = [text for _, mine in parts for text in mine]
    # Each part is in order: to put such runs together is what sorting is quickest at.
    return (texts[place] for place in sorted(range(len(keys)), key=keys.__getitem__))


def _numbers(verdicts: Sequence[Verdict]) -> list[list[int]]:
    """The numbers of the calls of each part: they are counted in the order in which their Call-IDs were seen.

    Where one was used again that does not order its calls: then all are counted in the order in which they opened.
    """
    turned = any(verdict.turns for verdict in verdicts)
    calls = [
        ((opening, born, place) if turned else (born, opening, place), part)
        for part, verdict in enumerate(verdicts)
        for place, (born, opening) in enumerate(verdict.calls)
    ]
    numbers: list[list[int]] = [[0] * len(verdict.calls) for verdict in verdicts]
    for number, ((*_, place), part) in enumerate(sorted(calls), 1):
        numbers[part][place] = number
    return numbers


def _marks(findings: Iterable[Finding], verdicts: Sequence[Verdict]) -> dict[str, list[int]]:
    """The key of a call, registration or subscription → the places of its findings."""
    turns = {call_id: mine for verdict in verdicts for call_id, mine in verdict.turns.items()}
    marks: dict[str, list[int]] = {}
    for place, finding in enumerate(findings):
        if finding.call_id is not None:
            marks.setdefault(key_of(finding.call_id, finding.time, turns), []).append(place)
    return marks


def _streams(outlook: Outlook, verdicts: Sequence[Verdict]) -> Iterator[doc.StreamRow]:
    """Every stream, with the call that it belongs to: of several the one that began first."""
    owned: dict[int, tuple[tuple[int, int, int], doc.StreamRow]] = {}
    for verdict in verdicts:
        for number, (begun, row) in verdict.streams.items():
            if number not in owned or begun < owned[number][0]:
                owned[number] = begun, row
    for number, stream in enumerate(outlook.streams):
        yield owned[number][1] if number in owned else stream_row(stream, None)
