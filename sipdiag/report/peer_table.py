"""The figures of each destination as lines of text, one column under the other."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls import Peer, figures_in
from sipdiag.report.escape import shown
from sipdiag.report.words import Words

MOST = 20
"""Destinations that are listed; the busiest come first."""
RATIOS = {
    "ASR": "answer_seizure_ratio_percent",
    "SER": "session_establishment_ratio_percent",
    "NER": "network_effectiveness_ratio_percent",
}


def peer_table(peers: Sequence[Peer], words: Words) -> list[str]:
    """A line of names, then a line for each of `peers`."""
    counts = [words.label(name) for name in ("peer_host", "peer_calls", "peer_answered")]
    rows = [[*counts, *RATIOS, "ACD", "PDD"], *(_cells(each) for each in peers[:MOST])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    if len(peers) > MOST:
        lines.append(words.label("peer_more").format(count=len(peers) - MOST))
    return lines


def _cells(peer: Peer) -> list[str]:
    figures = figures_in(peer.sums)
    delay = figures["session_request_delay_ms"]
    return [
        shown(peer.host),
        f"{peer.sums.calls:,}",
        f"{peer.sums.answered:,}",
        *(_told(figures[name], 1) for name in RATIOS.values()),
        _told(figures["average_call_duration_s"], 1, " s"),
        _told(None if delay is None else delay / 1000, 2, " s"),
    ]


def _told(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"
