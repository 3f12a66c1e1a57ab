"""The figures of each destination as lines of text, one column under the other."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls import Peer, figures_in
from sipdiag.report.escape import shown
from sipdiag.report.numbers import Numbers
from sipdiag.report.words import Words

MOST = 20
"""Destinations that are listed; the busiest come first."""
RATIOS = {
    "ASR": "answer_seizure_ratio_percent",
    "SER": "session_establishment_ratio_percent",
    "NER": "network_effectiveness_ratio_percent",
}


def peer_table(peers: Sequence[Peer], words: Words, width: int = 80) -> list[str]:
    """A line of names, then a line for each of `peers`: two where hosts are too long for lines of that `width`."""
    counts = [words.label(name) for name in ("peer_host", "peer_calls", "peer_answered")]
    rows = [[*counts, *RATIOS, "ACD", "PDD"], *(_cells(each, words.numbers) for each in peers[:MOST])]
    narrow = sum(max(map(len, column)) + 2 for column in zip(*rows, strict=True)) - 2 > width
    if narrow:
        rows = [["", *row[1:]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    if narrow:
        names = [words.label("peer_host"), *(shown(each.host) for each in peers[:MOST])]
        lines = [line for name, figures in zip(names, lines, strict=True) for line in (name, figures)]
    if len(peers) > MOST:
        lines.append(words.label("peer_more").format(count=len(peers) - MOST))
    return lines


def _cells(peer: Peer, numbers: Numbers) -> list[str]:
    figures = figures_in(peer.sums)
    delay = figures["session_request_delay_ms"]
    return [
        shown(peer.host),
        numbers.count(peer.sums.calls),
        numbers.count(peer.sums.answered),
        *(_told(figures[name], 1, numbers) for name in RATIOS.values()),
        _told(figures["average_call_duration_s"], 1, numbers, " s"),
        _told(None if delay is None else delay / 1000, 2, numbers, " s"),
    ]


def _told(value: float | None, digits: int, numbers: Numbers, unit: str = "") -> str:
    return "-" if value is None else f"{numbers.fixed(value, digits)}{unit}"
