"""Media in the page: each stream of a call as a row of its ladder, with its figures and its quality step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sipdiag.analysis import Analysis
from sipdiag.calls import Carried
from sipdiag.media import Stream
from sipdiag.report.document import ReportRow, StreamRow
from sipdiag.report.ladder import marks_of
from sipdiag.report.page.conversations import Conversation, spot
from sipdiag.report.page.messages import Shower
from sipdiag.report.streams import stream_row
from sipdiag.report.times import clock
from sipdiag.report.words import Words
from sipdiag.trace import host

MICROSECOND: Final = 1_000
MOST_LISTED: Final = 500
"""Streams in the table of streams; those of a call are in its ladder, however many there are."""
MOST_KEYS: Final = 64


class StreamTeller:
    """Tells streams in one language."""

    def __init__(self, analysis: Analysis, words: Words, shower: Shower) -> None:
        self._analysis = analysis
        self._found = marks_of(analysis.findings)
        self._page: dict[str, str] = words.catalogue.words["page"]
        self._labels: dict[str, str] = words.catalogue.words["labels"]
        self._shower = shower
        self._numbers = words.numbers

    def of(self, conversation: Conversation) -> list[Carried]:
        """The streams of a call, in the order in which they began; of anything else none."""
        if conversation.kind != "call":
            return []
        carried = self._analysis.carriage.of(conversation.call).carried
        return sorted(carried, key=lambda each: each.stream.first_time)

    def opened(self, conversation: Conversation, lanes: list[str], start: int) -> list[dict[str, Any]]:
        """The streams as rows of the ladder; hosts that sent only media are added to `lanes`."""
        return [self._row(each, lanes, start) for each in self.of(conversation)]

    def mos(self, conversation: Conversation) -> float | None:
        """The worst of its streams; None where none can be judged."""
        judged = [stream_row(each.stream, each).mos for each in self.of(conversation)]
        return min((each for each in judged if each is not None), default=None)

    def listed(self, conversations: Iterable[Conversation]) -> list[dict[str, Any]]:
        """All streams as a table, each with its call."""
        owners, numbers = self._analysis.carriage.owners, self._numbers
        keys = {each.number: each.key for each in conversations if each.kind == "call"}
        told = []
        for number, stream in enumerate(self._analysis.carriage.streams[:MOST_LISTED]):
            call, carried = owners.get(number, (0, None))
            row = stream_row(stream, carried)
            told.append(
                {
                    "key": keys.get(call),
                    "call": f"{self._page['kind_call']} {call}" if call in keys else "",
                    "spot": spot(row.capture, row.first_frame),
                    "start": clock(stream.first_time),
                    "source": row.source,
                    "destination": row.destination,
                    "codec": self._codec(row),
                    "duration": numbers.span(stream.duration),
                    "packets": numbers.count(row.packets),
                    "loss": f"{self._short(row.loss_percent)} %",
                    "jitter": self._milliseconds(row.jitter_ms),
                    "mos": "" if row.mos is None else numbers.fixed(row.mos, 2),
                }
            )
        return told

    def _row(self, carried: Carried, lanes: list[str], start: int) -> dict[str, Any]:
        stream = carried.stream
        row = stream_row(stream, carried)
        steps = row.timeline
        told: dict[str, Any] = {
            "frame": stream.first_frame,
            "last": stream.last_frame,
            "at": (stream.first_time - start) // MICROSECOND,
            "until": (stream.last_time - start) // MICROSECOND,
            "lanes": [_lane(stream.source, lanes), _lane(stream.destination, lanes)],
            "label": self._label(row),
            "facts": self._facts(row, carried),
            "step": steps.step_ms,
            "before": steps.before_ms,
            "timelines": [
                [self._page["stream_packets"], steps.packets, ""],
                [self._page["stream_lost"], steps.lost, ""],
                [self._page["stream_jitter"], steps.jitter_ms, "ms"],
            ],
        }
        if marked := self._marks(stream):
            told["findings"] = marked
        if row.capture:
            told["capture"] = row.capture
        return told

    def _label(self, row: StreamRow) -> str:
        name = "packet" if row.packets == 1 else "packets"
        parts = [self._codec(row), f"{self._numbers.count(row.packets)} {self._labels[name]}"]
        if row.lost:
            parts.append(self._page["lost_share"].format(percent=self._short(row.loss_percent)))
        if row.mos is not None:
            parts.append(f"MOS {self._numbers.fixed(row.mos, 1)}")
        return " · ".join(parts)

    def _facts(self, row: StreamRow, carried: Carried) -> list[list[str]]:
        page, numbers = self._page, self._numbers
        keys = "".join(each.key for each in row.keys[:MOST_KEYS]) + ("…" if len(row.keys) > MOST_KEYS else "")
        told = {
            page["column_from"]: row.source,
            page["column_to"]: row.destination,
            "SSRC": row.ssrc or "",
            page["stream_frames"]: f"{row.first_frame} … {row.last_frame}",
            page["column_duration"]: numbers.span(carried.stream.duration),
            page["stream_packets"]: numbers.count(row.packets),
            page["stream_lost"]: f"{numbers.count(row.lost)} ({self._short(row.loss_percent)} %)",
            page["stream_disorder"]: f"{numbers.count(row.reordered)} · {numbers.count(row.duplicates)}",
            page["stream_jitter"]: self._jitter(row),
            page["stream_delta"]: self._milliseconds(row.max_delta_ms),
            page["stream_bitrate"]: "" if row.bitrate_kbps is None else f"{self._short(row.bitrate_kbps)} kbit/s",
            "MOS": "" if row.mos is None else numbers.fixed(row.mos, 2),
            page["stream_silence"]: "" if row.silent_percent is None else f"{self._short(row.silent_percent)} %",
            "DTMF": keys,
            page["stream_guess"]: page["stream_guessed"] if carried.by == "hosts" else "",
        }
        facts = [[name, self._shower.text(value)] for name, value in told.items() if value]
        return facts + [[f"RTCP {each.kind}", self._report(each)] for each in row.reports]

    def _jitter(self, row: StreamRow) -> str:
        """Mean and maximum; a fax has none."""
        if row.jitter_ms is None:
            return ""
        return f"{self._milliseconds(row.jitter_ms)} ({self._milliseconds(row.jitter_max_ms)})"

    def _report(self, report: ReportRow) -> str:
        parts = [f"{self._labels['frame']} {report.frame}"]
        if report.loss_percent is not None:
            parts.append(self._page["lost_share"].format(percent=self._short(report.loss_percent)))
        if report.jitter_ms is not None:
            parts.append(f"{self._page['stream_jitter'].lower()} {self._milliseconds(report.jitter_ms)}")
        if report.round_trip_ms is not None:
            parts.append(f"RTT {self._milliseconds(report.round_trip_ms)}")
        if report.mos is not None:
            parts.append(f"MOS {self._numbers.fixed(report.mos, 1)}")
        return " · ".join(parts)

    def _short(self, value: float) -> str:
        return self._numbers.marked(f"{value:g}")

    def _milliseconds(self, value: float | None) -> str:
        return "" if value is None else f"{self._numbers.fixed(value, 1)} ms"

    def _codec(self, row: StreamRow) -> str:
        if row.codec is None:
            return f"RTP ({row.payload_type})"
        return self._shower.text(f"{row.codec}/{row.clock_rate}" if row.clock_rate else row.codec)

    def _marks(self, stream: Stream) -> list[int]:
        """The findings that name its first packet or its last, as rules on media do."""
        frames = (stream.first_frame, stream.last_frame)
        return sorted({number for frame in frames for number in self._found.get((stream.capture, frame), ())})


def _lane(endpoint: str, lanes: list[str]) -> int:
    """The lane of an endpoint, a new one where its host sent no SIP."""
    for name in (endpoint, host(endpoint)):
        if name in lanes:
            return lanes.index(name)
    lanes.append(host(endpoint))
    return len(lanes) - 1
