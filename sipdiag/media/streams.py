"""Datagrams → RTP streams, chunk by chunk, with no step in Python for each packet (RFC 3550).

What is known of all streams stands in columns, a row a stream. A chunk is sorted by stream, its columns are reckoned
whole, and each stream's last values become what stands before its first packet in the next chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from sipdiag.defect import Defects
from sipdiag.media import events, jitter, rtcp
from sipdiag.media.batch import Batch, Mask, sorted_batch
from sipdiag.media.beginning import Beginning
from sipdiag.media.continuing import Match, continuable, continue_table
from sipdiag.media.joining import whole_streams
from sipdiag.media.rtp import MARKER, VERSION, Column, Datagrams, Octets, RtpPackets, rtp_packets
from sipdiag.media.sequence import Order, order_of
from sipdiag.media.silence import describes_silence, silent_packets
from sipdiag.media.stream import GAPS, KEYS, Gap, Key, Stream
from sipdiag.media.table import Table, format_of
from sipdiag.media.timeline import SECOND

COMFORT_NOISE = (13, 19)
"""Payload types of comfort noise: RFC 3389, and its draft."""
MOST_STREAMS = 1 << 15
"""Streams at a time; candidates that came to nothing give way, and streams that have ended are put aside."""
MOST_ENDED = 100_000
"""Streams that are put aside at most."""
FEWEST = 3
"""Packets of a candidate that never gives way."""
PATIENCE = 2 * SECOND
"""Nanoseconds for which even a candidate of fewer stays."""
ENDED = 30 * SECOND
"""Nanoseconds after which a stream has ended, as it seems; if it goes on, its parts are joined."""
MAPPED = 0xFFFF
"""What the upper bits of the low half of an address are where it is IPv4 (RFC 4291, section 2.5.5.2)."""
MOST_REPORTS = 4_096
REPORTS = f"last RTCP reports, more than {MOST_REPORTS}"
"""Pairs of reporter and stream whose RTCP is kept."""

Reports = dict[int, dict[tuple[str, str, str], rtcp.Report]]
"""SSRC → the last report of each kind between each two ends."""


class RtpStreams:
    """Follows all streams of one capture; feed it every chunk in order."""

    def __init__(self, *, later: bool = False) -> None:
        """Say whether this follows a later part of a capture, to be joined with what is before it."""
        self._beginning = Beginning() if later else None
        self.refused = 0
        """Packets of streams that were too many."""
        self._table = Table()
        self._reports: Reports = {}
        self._reported = 0
        self._ended: list[Stream] = []
        """Put aside, in the order in which they ended."""

    @property
    def left_out(self) -> Defects:
        """Details of streams that were too many; their figures are whole."""
        return self._table.limits_reached()

    def feed(self, datagrams: Datagrams) -> None:
        """Take the next chunk."""
        self._take_reports(datagrams)
        packets = rtp_packets(datagrams)
        if packets is not None:
            self._take(packets, datagrams)

    def _take(self, packets: RtpPackets, datagrams: Datagrams) -> None:
        """Take the packets that may be of streams."""
        slot = self._slots(packets, datagrams)
        if int(slot.min()) < 0:
            self.refused += int(np.count_nonzero(slot < 0))
            packets, slot = packets.ordered(np.flatnonzero(slot >= 0)), slot[slot >= 0]
        if len(slot):
            self._follow(sorted_batch(packets, slot, len(self._table)), datagrams.data)

    def streams(self, capture: int = 0) -> list[Stream]:
        """Give all streams so far, in the order in which they began."""
        found = whole_streams([*self._ended, *self._told(np.arange(len(self._table)))])
        return [replace(each, capture=capture) for each in found] if capture else found

    def join(self, later: RtpStreams, shift: int) -> bool:
        """Take what another has followed of the same capture behind its first `shift` frames.

        Gives whether that is what would have come of following it here; if not, nothing was taken.
        """
        match = self.match(later)
        if match is None:
            return False
        continue_table(self._table, later._table, match, shift)
        for limit, count, frame in later._table.left_out.limits:
            self._table.left_out.reach(limit, None if frame is None else frame + shift, count)
        for ssrc, reports in later._reports.items():
            known = self._reports.setdefault(ssrc, {})
            for key, report in reports.items():
                self._reported += key not in known
                known[key] = replace(report, frame=report.frame + shift)
        return True

    def match(self, later: RtpStreams) -> Match | None:
        """Which streams go on in what another has followed; nothing where the two cannot be joined exactly."""
        room = self._room() and later._room() and self._reported + later._reported < MOST_REPORTS
        odd = any(limit not in {GAPS, KEYS} for limit, *_ in later._table.left_out.limits) or later._table.crowded
        if not room or odd or later._beginning is None:
            return None
        return continuable(self._table, later._table, later._beginning, MOST_STREAMS * 9 // 10)

    def _room(self) -> bool:
        """Tell whether there was room for all streams at any time."""
        return not self.refused and not self._ended and len(self._table) <= MOST_STREAMS * 9 // 10

    # Which stream

    def _slots(self, packets: RtpPackets, datagrams: Datagrams) -> Column:
        """Give the row of each packet's stream; -1 where there is no room for one more."""
        table = self._table
        if len(table) > MOST_STREAMS * 9 // 10:
            self._make_room(int(packets.time[0]))
        slot = table.rows(packets.flow)
        rows = np.flatnonzero(slot < 0)
        if len(rows):
            flows, first, back = np.unique(packets.flow[rows], return_index=True, return_inverse=True)
            found = np.empty(len(flows), np.int64)
            for at in np.argsort(first, kind="stable").tolist():  # streams are numbered as they begin
                found[at] = self._slot_of(int(flows[at]), int(packets.row[rows[first[at]]]), datagrams)
            slot[rows] = found[back]
        return slot

    def _slot_of(self, flow: int, row: int, datagrams: Datagrams) -> int:
        known = self._table.known.get(flow)
        if known is not None:
            return known
        if len(self._table) >= MOST_STREAMS:
            return -1
        return self._table.add(flow, (*_ends(datagrams, row), self._name(datagrams, row)))

    def _name(self, datagrams: Datagrams, row: int) -> int:
        """Give the SSRC."""
        return int.from_bytes(datagrams.head[row, 8:12].tobytes(), "big")

    def _make_room(self, now: int) -> None:
        """Drop candidates that brought next to nothing and have been still for a while; put aside what has ended."""
        state = self._table.state[: len(self._table)]
        still = now - state["last_time"]
        small = state["packets"] < FEWEST
        kept = still < np.where(small, PATIENCE, ENDED)
        ended = np.flatnonzero(~kept & ~small)
        room = max(0, MOST_ENDED - len(self._ended))
        if len(ended):
            self._ended += self._told(ended[:room])
        self.refused += int(state["packets"][ended[room:]].sum())
        self._table.keep(kept)

    # What they do

    def _follow(self, batch: Batch, data: Octets) -> None:
        table = self._table
        state = table.state[batch.which]
        self._begin(batch, state)
        packets = batch.packets
        elapsed = packets.time - batch.before(packets.time, state["last_time"])
        order = order_of(
            batch,
            elapsed,
            number=state["number"],
            last=state["last"],
            lowest=state["lowest"],
            highest=state["highest"],
            received=state["received"],
        )
        if self._beginning is not None:
            self._beginning.take(batch, state["packets"], order.extended)
        event = events.is_event(batch, data)
        plain = self._take_figures(batch, state, order, elapsed)
        voice = plain if order.duplicate is None else plain & ~order.duplicate
        table.timelines.follow(batch, order.missing, self._take_jitter(batch, voice & ~event))
        self._take_formats(batch, state)
        self._take_silence(batch, state, data)
        self._take_gaps(batch, elapsed)
        if event.any():
            for slot, timestamp, key, frame, time in events.pressed(batch, data, event):
                table.note_key(slot, Key(key=key, timestamp=timestamp, frame=frame, time=time))
        table.state[batch.which] = state

    def _begin(self, batch: Batch, state: npt.NDArray[np.void]) -> None:
        """Set what stands before the first packet of each stream that begins in this batch."""
        new = np.flatnonzero(state["packets"] == 0)
        if not len(new):
            return
        packets, at = batch.packets, batch.starts[new]
        state["first_frame"][new], state["first_time"][new] = packets.frame[at], packets.time[at]
        state["last_time"][new] = packets.time[at]
        number = packets.sequence[at]
        state["last"][new], state["highest"][new], state["lowest"][new] = number - 1, number - 1, number
        state["begun"][new], state["number"][new] = number, number - 1
        state["regular"][new] = (packets.second[at] < MARKER) & ~np.isin(packets.second[at], COMFORT_NOISE)
        state["payload_type"][new] = packets.second[at] & 0x7F
        state["last_loud"][new] = -1
        self._table.timelines.start(batch.which[new], packets.time[at])
        for slot, row in zip(batch.which[new].tolist(), at.tolist(), strict=True):
            self._table.note_format(slot, format_of(batch, row, 0))

    def _take_figures(self, batch: Batch, state: npt.NDArray[np.void], order: Order, elapsed: Column) -> Mask:
        """Take what is counted, and give the packets that are no comfort noise."""
        packets, starts, ends = batch.packets, batch.starts, batch.ends
        marked = packets.second >= MARKER
        kind = packets.second & 0x7F
        plain: Mask = (kind != COMFORT_NOISE[0]) & (kind != COMFORT_NOISE[1])
        follows = batch.before(order.extended, state["last"]) + 1 == order.extended
        follows[starts[state["packets"] == 0]] = False
        regular = elapsed if order.duplicate is None else np.where(order.duplicate, 0, elapsed)
        regular = np.where(marked | ~plain, 0, regular)
        state["last_frame"], state["last_time"] = packets.frame[ends], packets.time[ends]
        state["packets"] += batch.counts
        state["bytes"] += np.add.reduceat(packets.length, starts)
        state["cut"] += _counted(packets.kept < packets.length, starts)
        state["duplicates"] += order.duplicates
        state["reordered"] += order.reordered
        state["restarts"] += order.restarts
        state["lowest"], state["highest"] = order.lowest, order.highest
        state["last"], state["received"] = order.extended[ends], order.received
        state["number"] = packets.sequence[ends]
        state["steady"] += _counted(follows, starts)
        state["talkspurts"] += _counted(marked, starts)
        state["noise"] += _counted(~plain | describes_silence(packets), starts)
        state["max_delta"] = np.maximum(state["max_delta"], np.maximum.reduceat(regular, starts))
        return plain

    def _take_jitter(self, batch: Batch, voice: Mask) -> npt.NDArray[np.float64]:
        """Follow the jitter of what is neither a copy nor noise nor an event."""
        if voice.all():
            return jitter.follow_jitter(batch, self._table.jitter, self._table.rising)
        apart = np.zeros(len(voice))
        part = batch.only(voice)
        if part is not None:
            apart[voice] = jitter.follow_jitter(part, self._table.jitter, self._table.rising)
        return apart

    def _take_formats(self, batch: Batch, state: npt.NDArray[np.void]) -> None:
        """Count the payload types that are not the stream's first."""
        kind = (batch.packets.second & 0x7F).astype(np.int64)
        other = kind != batch.spread(state["payload_type"])
        if not other.any():
            return
        state["others"] += _counted(other, batch.starts)
        rows = np.flatnonzero(other)
        _, first, counts = np.unique(batch.slot[rows] * 128 + kind[rows], return_index=True, return_counts=True)
        for row, count in zip(rows[first].tolist(), counts.tolist(), strict=True):
            self._table.note_format(int(batch.slot[row]), format_of(batch, row, count))

    def _take_silence(self, batch: Batch, state: npt.NDArray[np.void], data: Octets) -> None:
        rows, quiet = silent_packets(batch, data)
        if not len(rows):
            return
        group = np.searchsorted(batch.starts, rows, side="right") - 1
        state["sampled"] += np.bincount(group, minlength=len(state))
        state["silent"] += np.bincount(group[quiet], minlength=len(state))
        np.maximum.at(state["last_loud"], group[~quiet], batch.packets.time[rows[~quiet]])

    def _take_gaps(self, batch: Batch, elapsed: Column) -> None:
        for row in np.flatnonzero(elapsed >= SECOND).tolist():
            end = int(batch.packets.time[row])
            gap = Gap(begin=end - int(elapsed[row]), end=end, frame=int(batch.packets.frame[row]))
            self._table.note_gap(int(batch.slot[row]), gap)

    def _take_reports(self, datagrams: Datagrams) -> None:
        second = datagrams.head[:, 1]
        may = (second >= rtcp.SENDER) & (second <= rtcp.EXTENDED)
        if not may.any():
            return
        may &= (datagrams.head[:, 0] >> 6 == VERSION) & (datagrams.length >= rtcp.SHORTEST)
        for row in np.flatnonzero(may).tolist():
            start = int(datagrams.start[row])
            payload = datagrams.data[start : start + int(datagrams.length[row])].tobytes()
            source, destination = _ends(datagrams, row)
            for report in rtcp.reports_in(payload, int(datagrams.frame[row]), int(datagrams.time[row])):
                known = self._reports.setdefault(report.ssrc, {}) if self._reported < MOST_REPORTS else None
                known = self._reports.get(report.ssrc) if known is None else known
                key = (_host(source), _host(destination), report.kind)
                if known is not None and (key in known or self._reported < MOST_REPORTS):
                    self._reported += key not in known
                    known[key] = report
                else:
                    self._table.left_out.reach(REPORTS, report.frame)

    # What they are

    def _told(self, numbers: Column) -> Iterator[Stream]:
        """Yield streams as values; their columns are read whole, and each value once."""
        table = self._table
        rising = table.rising.heights(len(jitter.RATES))
        fields = table.state.dtype.names or ()
        rows = zip(
            numbers.tolist(),
            table.state[numbers].tolist(),
            table.jitter[numbers].tolist(),
            table.timelines.steps(numbers),
            table.timelines.width[numbers].tolist(),
            strict=True,
        )
        for number, values, tracks, steps, step in rows:
            source, destination, ssrc = table.names[number]
            state: dict[str, Any] = dict(zip(fields, values, strict=True))
            first, others, loud = (state.pop(name) for name in ("payload_type", "others", "last_loud"))
            del state["flow"]
            formats = table.formats[number]
            formats = formats | {first: replace(formats[first], packets=state["packets"] - others)}
            yield Stream(
                source=source,
                destination=destination,
                ssrc=ssrc,
                formats=tuple(sorted(formats.values(), key=lambda each: (-each.packets, each.payload_type))),
                jitters=tuple(jitter.jitters_in(tracks, rising.get(number) or [b""] * len(jitter.RATES))),
                gaps=tuple(table.gaps.get(number, ())),
                keys=tuple(table.keys.get(number, ())),
                last_loud=None if loud < 0 else loud,
                steps=steps,
                step=step,
                reports=self._reports_on(ssrc, {_host(source), _host(destination)}) if self._reports else (),
                **state,
            )

    def _reports_on(self, ssrc: int, hosts: set[str]) -> tuple[rtcp.Report, ...]:
        known = self._reports.get(ssrc, {})
        return tuple(report for (one, other, _), report in known.items() if {one, other} == hosts)


def _counted(mask: Mask, starts: Column) -> Column:
    counts: Column = np.add.reduceat(mask.astype(np.int64), starts)
    return counts


def _ends(datagrams: Datagrams, row: int) -> tuple[str, str]:
    return (
        _endpoint(int(datagrams.source_hi[row]), int(datagrams.source_lo[row]), int(datagrams.source_port[row])),
        _endpoint(
            int(datagrams.destination_hi[row]), int(datagrams.destination_lo[row]), int(datagrams.destination_port[row])
        ),
    )


def _endpoint(high: int, low: int, port: int) -> str:
    """Name an address of two halves and a port: `192.0.2.1:16384`, `[2001:db8::1]:16384`."""
    if not high and low >> 32 == MAPPED:
        return f"{low >> 24 & 255}.{low >> 16 & 255}.{low >> 8 & 255}.{low & 255}:{port}"
    from socket import AF_INET6, inet_ntop  # noqa: PLC0415  (most captures never need it)

    return f"[{inet_ntop(AF_INET6, (high << 64 | low).to_bytes(16, 'big'))}]:{port}"


def _host(endpoint: str) -> str:
    return endpoint.rpartition(":")[0]
