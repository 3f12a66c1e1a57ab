"""Proof that a disguise left the diagnosis as it was: both captures are analysed, and their findings compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Final

import msgspec

from sipdiag.analysis import Analysis, conclude, read
from sipdiag.capture import Record, written
from sipdiag.extract.disguise import Disguised
from sipdiag.findings import Finding, unfolded
from sipdiag.sip import Response
from sipdiag.trace import NATIVE, Engine

MADE_BY_SILENCE: Final = frozenset({"media-silent"})
"""Rules that find what the disguise itself did."""
SHORTEST_LEAK: Final = 5
_WORD: Final = re.compile(rb"[\w.+-]{%d,}" % SHORTEST_LEAK)
Sign = tuple[str, str, str, str, tuple[int, ...]]
"""What makes two findings the same: rule, variant, severity, confidence, frames."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the comparison showed."""

    findings: int
    """How many findings both have."""
    lost: list[Sign]
    """Findings that only the packets as they were have."""
    new: list[Sign]
    """Findings that only the disguised packets have."""
    garbled: int
    """How many messages are not at their place, with their method or code and number."""
    leaks: list[str]
    """Names, numbers or hosts that are in the disguised packets still."""

    @property
    def holds(self) -> bool:
        """Whether the disguised capture may stand for the other."""
        return not (self.lost or self.new or self.garbled or self.leaks)


def proof_of(records: Sequence[Record], disguised: Disguised) -> Proof:
    """Analyse both, and look for what should be gone."""
    was, now = analysed(records), analysed(disguised.records)
    before = Counter(_sign(each, disguised.frames) for each in _findings(was))
    after = Counter(_sign(each, None) for each in _findings(now))
    said, told = Counter(_messages(was, disguised.frames)), Counter(_messages(now, None))
    return Proof(
        findings=(before & after).total(),
        lost=sorted((before - after).elements()),
        new=sorted((after - before).elements()),
        garbled=(said - told).total() + (told - said).total(),
        leaks=_leaks(disguised),
    )


def messages_in(records: Sequence[Record], call_ids: Sequence[str]) -> int:
    """How many messages of those Call-IDs a capture of these packets shows."""
    seen = analysed(records).correlation.arrivals
    return sum(each.sighting.message.call_id in call_ids for each in seen)


def analysed(records: Sequence[Record], *, secrets: Sequence[bytes] = (), engine: Engine = NATIVE) -> Analysis:
    """What a capture of these packets shows, read with those TLS secrets and by that engine."""
    several = len({record.link for record in records}) > 1
    data = b"".join(written(records, pcapng=several or bool(secrets), secrets=secrets))
    return conclude([read("-", stream=BytesIO(data), engine=engine)])


def _findings(analysis: Analysis) -> list[Finding]:
    return [each for each in unfolded(analysis.findings) if each.rule not in MADE_BY_SILENCE]


def _messages(analysis: Analysis, frames: Mapping[int, int] | None) -> Iterator[tuple[int, str, int, str]]:
    """Frame, start, number and method of each message."""
    for arrival in analysis.correlation.arrivals:
        message, frame = arrival.sighting.message, arrival.sighting.frame
        start = str(message.status) if isinstance(message, Response) else message.method
        yield frame if frames is None else frames.get(frame, 0), start, message.cseq, message.cseq_method


def _sign(finding: Finding, frames: Mapping[int, int] | None) -> Sign:
    """`frames` says where each frame is now; one that was left out is 0."""
    numbers = finding.frames if frames is None else [frames.get(frame, 0) for frame in finding.frames]
    return finding.rule, finding.variant, finding.severity.value, finding.confidence.value, tuple(numbers)


def _leaks(disguised: Disguised) -> list[str]:
    """Originals that still stand somewhere as a word of their own, and are no word that was made up."""
    made = set(disguised.known.values())
    wanted = {word.encode("utf-8", "surrogatepass"): word for word in disguised.known if word not in made}
    found: dict[str, None] = {}
    for record in disguised.records:
        for word in _WORD.findall(record.data):
            if word in wanted and word.lower() not in _VOCABULARY:
                found[wanted[word]] = None
    return list(found)


_VOCABULARY: Final = frozenset(
    b"invite register options subscribe notify publish message update phone audio video contact session transport "
    b"application telephone event digest active private public proxy server client agent allow content length".split()
)
"""Words of the protocol that somebody may be called."""
