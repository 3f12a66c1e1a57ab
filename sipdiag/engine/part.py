"""A part of a capture's messages, those of some Call-IDs: what it tells the others, its verdict, its rows as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from sipdiag.calls import (
    Carriage,
    Correlation,
    Leg,
    Link,
    Ties,
    Transaction,
    correlate,
    legs_in,
    moment,
    requests_by_source,
    status,
)
from sipdiag.engine.judgement import Judgement, judgement_of, worked_in
from sipdiag.engine.outlook import Outlook
from sipdiag.engine.survey import Survey, surveyed
from sipdiag.findings import Policy, Scene, Settings
from sipdiag.report import Words
from sipdiag.report import document as doc
from sipdiag.report.rows import call_row, media_of, registration_row, request_row, response_row, subscription_row
from sipdiag.report.streams import stream_row
from sipdiag.report.tally import Tally, tally_of
from sipdiag.trace import Sighting

Key = tuple[int, int, int]
"""What messages are ordered by: time, frame, and place among those of one frame."""
Texts = Callable[[Iterable[Any], str], Iterator[str]]
"""Makes text of the rows of a list with this name."""
Listed = tuple[list[Key], list[str]]
"""The rows of a list as text, and before them what orders each."""
FIRST_LOOK = 50
"""Requests of a host by which a scanner gives itself away: see `scanner-seen`."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a part shows once all parts have been heard."""

    judgement: Judgement
    """Without what every host asked, and what worked: that is much, and seldom asked for."""
    suspects: set[str]
    """Hosts that asked for something in vain, or name themselves as scanners do."""
    tally: Tally
    media: str
    streams: dict[int, tuple[tuple[int, int, int], doc.StreamRow]]
    """Number of a stream → since when the call goes on that it belongs to here, and what is told of it."""
    turns: dict[str, list[tuple[int, str]]]
    """Call-ID that was used for several calls → since when which, by the key under which findings are counted."""
    calls: list[tuple[Key, tuple[int, int, int]]]
    """Of each call what orders it: when its Call-ID was seen first, and when it opened."""
    registrations: list[Key]
    subscriptions: list[Key]


class Judging(NamedTuple):
    """By what is judged, and how it is told."""

    settings: Settings
    policy: Policy
    today: date
    words: Words
    texts: Texts


class Subjects(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that say which findings are theirs, which is known last; with each the keys of its findings."""

    calls: list[tuple[doc.CallRow, list[str]]]
    registrations: list[tuple[doc.RegistrationRow, list[str]]]
    subscriptions: list[tuple[doc.SubscriptionRow, list[str]]]

    def texts(self, texts: Texts, numbers: Sequence[int], marks: Mapping[str, list[int]]) -> dict[str, list[str]]:
        """The rows as text: of calls the numbers, and of findings the places by key."""

        def of(keys: list[str]) -> list[int]:
            return [place for key in keys for place in marks.get(key, ())]

        calls = (
            replace(row, id=number, findings=of(keys)) for (row, keys), number in zip(self.calls, numbers, strict=True)
        )
        registrations = (replace(row, findings=of(keys)) for row, keys in self.registrations)
        subscriptions = (replace(row, findings=of(keys)) for row, keys in self.subscriptions)
        rows: tuple[tuple[str, Iterator[Any]], ...] = (
            ("calls", calls),
            ("registrations", registrations),
            ("subscriptions", subscriptions),
        )
        return {name: list(texts(some, name)) for name, some in rows}


class Part:
    """The messages of some Call-IDs, with the legs that came from other parts and without those that went there."""

    def __init__(self, number: int, messages: Iterable[tuple[Key, Sighting]], judging: Judging) -> None:
        """Take its number among the parts, and its messages in any order."""
        self._number, self._subjects = number, Subjects(calls=[], registrations=[], subscriptions=[])
        self._seen: Correlation | None = None
        self._judging, self._settings = judging, judging.settings
        self._keep(sorted(messages, key=itemgetter(0)))
        self._scene: Scene | None = None

    def survey(self, devices: Container[str]) -> Survey:
        """What the others need of it; legs are not described, since that is seldom asked for."""
        self._seen = correlate(self._sightings, links=())
        legs = [replace(leg, invite=None) for leg in legs_in(self._seen.legs)]
        return surveyed(self._seen, self._settings, devices, legs)

    def legs(self) -> list[Leg]:
        """The calls that may be legs of one, with what is alike of such."""
        return [leg.settled() for leg in legs_in(self._correlated(()).legs)]

    def give(self, goes: Mapping[str, int]) -> dict[int, list[tuple[Key, Sighting]]]:
        """The messages of Call-IDs that go to other parts than this one."""
        gone: dict[int, list[tuple[Key, Sighting]]] = {}
        kept: list[tuple[Key, Sighting]] = []
        for key, seen in zip(self._keys, self._sightings, strict=True):
            part = goes.get(seen.message.call_id, self._number)
            (kept if part == self._number else gone.setdefault(part, [])).append((key, seen))
        if gone:
            self._keep(kept)
        return gone

    def take(self, arrived: Iterable[tuple[Key, Sighting]]) -> None:
        """Add messages that came from another part."""
        both = [*zip(self._keys, self._sightings, strict=True), *arrived]
        self._keep(sorted(both, key=itemgetter(0)))

    def _keep(self, messages: list[tuple[Key, Sighting]]) -> None:
        self._keys, self._sightings = [key for key, _ in messages], [seen for _, seen in messages]
        self._seen = None

    def ties(self, outlook: Outlook, links: Sequence[Link]) -> Ties:
        """Which streams may be of the calls."""
        return outlook.scene(self._correlated(links)).ties()

    def judge(self, outlook: Outlook, links: Sequence[Link]) -> Verdict:
        """Judge the calls."""
        seen = self._correlated(links)
        judgement, scene = judgement_of(seen, outlook)
        self._scene = scene
        born = self._born(seen)
        carriage = scene.carriage
        begun = {call.number: moment(call.opening) for call in seen.calls}
        return Verdict(
            judgement=replace(judgement, sources={}, worked=[]),
            suspects={host for host, asked in judgement.sources.items() if _is_suspect(asked, self._settings)},
            tally=tally_of(seen),
            media=media_of(carriage),
            streams={
                number: (begun[call], stream_row(carriage.streams[number], carried))
                for number, (call, carried) in carriage.owners.items()
            },
            turns=_turns(seen),
            calls=list(_orders(seen, born)),
            registrations=[born[id(each.transactions[0])] for each in seen.registrations],
            subscriptions=[born[id(each.transactions[0])] for each in seen.subscriptions],
        )

    def asked(self, hosts: Container[str]) -> dict[str, list[Transaction]]:
        """What these hosts asked of their own accord."""
        return {host: asked for host, asked in requests_by_source(self._judged).items() if host in hosts}

    def worked(self) -> list[Sighting]:
        """Requests that may be the twin of one that was refused."""
        return worked_in(self._judged)

    def messages(self) -> tuple[dict[str, Listed], set[str]]:
        """The rows of the messages as text, and the entries that they name."""
        seen, (*_, words, texts) = self._judged, self._judging
        responses: tuple[list[Key], list[Any]] = ([], [])
        requests: tuple[list[Key], list[Any]] = ([], [])
        for key, arrival in zip(self._keys, seen.arrivals, strict=True):
            row = response_row(arrival, words)
            keys, rows = requests if row is None else responses
            keys.append(key)
            rows.append(request_row(arrival, seen) if row is None else row)
        named = {row.knowledge for row in responses[1]}
        return {
            "responses": (responses[0], list(texts(responses[1], "responses"))),
            "requests": (requests[0], list(texts(requests[1], "requests"))),
        }, named

    def subjects(self) -> None:
        """Make the rows of calls, registrations and subscriptions, without what is known last."""
        seen, carriage = self._judged, self._carriage
        self._subjects = Subjects(
            calls=[(call_row(each, {}, carriage), [each.key, *each.call_ids[1:]]) for each in seen.calls],
            registrations=[(registration_row(each, {}), [each.call_id]) for each in seen.registrations],
            subscriptions=[(subscription_row(each, {}), [each.call_id]) for each in seen.subscriptions],
        )

    def subject_texts(self, numbers: Sequence[int], marks: Mapping[str, list[int]]) -> dict[str, list[str]]:
        """These rows as text, when it is known what was not."""
        return self._subjects.texts(self._judging.texts, numbers, marks)

    @property
    def _judged(self) -> Correlation:
        assert self._seen is not None, "it is judged first"  # noqa: S101
        return self._seen

    @property
    def _carriage(self) -> Carriage:
        assert self._scene is not None, "it is judged first"  # noqa: S101
        return self._scene.carriage

    def _correlated(self, links: Sequence[Link]) -> Correlation:
        """What belongs to what; made once where no call has legs."""
        if self._seen is None or links:
            self._seen = correlate(self._sightings, links=links)
        return self._seen

    def _born(self, seen: Correlation) -> dict[int, Key]:
        """When each transaction was seen first."""
        born: dict[int, Key] = {}
        for key, arrival in zip(self._keys, seen.arrivals, strict=True):
            if arrival.transaction is not None:
                born.setdefault(id(arrival.transaction), key)
        return born


def _is_suspect(asked: Sequence[Transaction], settings: Settings) -> bool:
    """Whether a rule on hosts may have anything to say, whatever the host asked in other parts."""
    if settings.home_country or any(each.final is None or status(each.final) >= 400 for each in asked):
        return True
    scanners = re.compile("|".join(map(re.escape, filter(None, settings.scanner_user_agents))) or "(?!)", re.IGNORECASE)
    named = (each.request.message.field("user-agent") for each in asked[:FIRST_LOOK] if each.request is not None)
    return any(scanners.search(name or "") for name in named)


def _turns(seen: Correlation) -> dict[str, list[tuple[int, str]]]:
    """Of Call-IDs that were used for several calls."""
    turned = {call_id for call in seen.calls if call.turn > 1 for call_id in call.call_ids}
    turns: dict[str, list[tuple[int, str]]] = {}
    for call in seen.calls if turned else ():
        for call_id in turned.intersection(call.call_ids):
            turns.setdefault(call_id, []).append((call.opening.time, call_id if call.turn == 1 else call.key))
    return turns


def key_of(call_id: str, time: int, turns: Mapping[str, list[tuple[int, str]]]) -> str:
    """The key under which a finding on this Call-ID at this time is counted."""
    mine = turns.get(call_id)
    if not mine:
        return call_id
    return next((key for since, key in reversed(mine) if since <= time), mine[0][1])


def _orders(seen: Correlation, born: Mapping[int, Key]) -> Iterator[tuple[Key, tuple[int, int, int]]]:
    """What orders the calls: a call with legs stands where the first of its legs to be listed does."""
    for call in seen.calls:
        legs = call.legs or [call]
        yield (
            min(born[id(seen.by_call_id[leg.call_id][0])] for leg in legs),
            min(moment(leg.opening) for leg in legs),
        )
