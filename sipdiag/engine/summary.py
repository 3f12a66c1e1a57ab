"""One picture of an audit: what the tables say, counted by the store, for terminal, page and JSON alike."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sipdiag import __version__
from sipdiag.calls import Delays, Sums, figures_in
from sipdiag.engine.results import SCHEMA
from sipdiag.engine.store import store_in

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 20
"""Of each list; whoever wants all of it asks with SQL."""
MOST_UNREADABLE = 200

Figures = dict[str, float | int | None]


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often one rule spoke."""

    rule: str
    severity: str
    findings: int
    """Findings of their own, and those told with another."""
    calls: int
    captures: int
    first_time: str
    last_time: str
    message: str
    """The first of them."""


class CodeCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often one destination answered with one code."""

    destination: str
    method: str
    code: int
    responses: int


class PeerCount(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the calls to one destination."""

    destination: str
    calls: int
    answered: int
    failed: int
    figures: Figures


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of traffic."""

    time: str
    calls: int
    answered: int
    failed: int
    errors: int
    """Findings of severity `error`."""
    figures: Figures


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A capture that could not be read, and why."""

    path: str
    reason: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """An audit in figures."""

    schema: str
    version: str
    captures: dict[str, int]
    """State (`read`, `duplicate`, `unreadable`) → how many."""
    bytes: int
    packets: int
    sip_messages: int
    first_time: str | None
    last_time: str | None
    calls: dict[str, int]
    """State → how many."""
    registrations: int
    streams: int
    figures: Figures
    """RFC 6076, and ASR, NER and ACD."""
    findings_by_severity: dict[str, int]
    findings: list[RuleCount]
    codes: list[CodeCount]
    worst_peers: list[PeerCount]
    hours: list[Hour]
    unreadable: list[Unread]


# What RFC 6076 counts: calls of which both the INVITE and its final response were seen.
_SUMS = """
    count(*) AS calls,
    count(*) FILTER (attempt) AS requests,
    count(*) FILTER (attempt AND answer_frame IS NOT NULL) AS answered,
    count(*) FILTER (attempt AND final_code BETWEEN 300 AND 399) AS redirected,
    count(*) FILTER (attempt AND (answer_frame IS NOT NULL OR final_code IN (480, 486, 600, 603))) AS effective,
    count(*) FILTER (attempt AND final_code = 487) AS cancelled,
    count(*) FILTER (attempt AND final_code IN (408, 500, 503, 504)) AS ineffective,
    count(*) FILTER (attempt AND answer_frame IS NOT NULL AND completed) AS completed,
    coalesce(sum(pdd_ms) FILTER (attempt AND answer_frame IS NOT NULL), 0) AS asking,
    count(pdd_ms) FILTER (attempt AND answer_frame IS NOT NULL) AS asking_count,
    coalesce(sum(pdd_ms) FILTER (attempt AND answer_frame IS NULL), 0) AS vain,
    count(pdd_ms) FILTER (attempt AND answer_frame IS NULL) AS vain_count,
    coalesce(sum(disconnect_ms) FILTER (attempt AND answer_frame IS NOT NULL), 0) AS ending,
    count(disconnect_ms) FILTER (attempt AND answer_frame IS NOT NULL) AS ending_count,
    coalesce(sum(duration_ms) FILTER (attempt AND answer_frame IS NOT NULL), 0) AS talking,
    count(duration_ms) FILTER (attempt AND answer_frame IS NOT NULL) AS talking_count,
    count(*) FILTER (state = 'failed') AS failed
"""
_ATTEMPTS = "(SELECT *, invite_seen AND final_code IS NOT NULL AS attempt FROM calls)"
_HOST = "regexp_replace(regexp_replace({0}, ':[0-9]+$', ''), '[\\[\\]]', '', 'g')"
_REGISTERED = """
    count(*) AS registrations, coalesce(sum(delay_ms), 0) AS delay, coalesce(sum(delays), 0) AS delays
"""
MILLISECOND = 1_000_000


def summary_of(target: Path) -> Summary:
    """The picture of the audit in `target`; raises `UsageError` when there is none."""
    with store_in(target, sparing=True) as store:
        return _summary(store)


def _summary(store: duckdb.DuckDBPyConnection) -> Summary:
    first, last, octets, packets, messages = _row(
        store,
        "SELECT epoch_ns(min(first_time)), epoch_ns(max(last_time)), sum(bytes), sum(packets), sum(sip_messages) "
        "FROM captures WHERE state = 'read'",
    )
    (registered,) = _rows(store, f"SELECT {_REGISTERED} FROM registrations")  # noqa: S608  (constants of this module)
    (whole,) = _rows(store, f"SELECT {_SUMS} FROM {_ATTEMPTS}")  # noqa: S608  (the same)
    sums = _registered(_sums(whole), registered)
    return Summary(
        schema=SCHEMA,
        version=__version__,
        captures=_counts(store, "SELECT state, count(*) FROM captures GROUP BY ALL"),
        bytes=octets or 0,
        packets=packets or 0,
        sip_messages=messages or 0,
        first_time=None if first is None else _iso(first),
        last_time=None if last is None else _iso(last),
        calls=_counts(store, "SELECT state, count(*) FROM calls GROUP BY ALL"),
        registrations=registered["registrations"],
        streams=_row(store, "SELECT count(*) FROM streams")[0],
        figures=figures_in(sums),
        findings_by_severity=dict.fromkeys(("error", "warning", "note"), 0)
        | _counts(store, "SELECT severity, count(*) FROM findings WHERE part_of IS NULL GROUP BY ALL"),
        findings=_rules(store),
        codes=_codes(store),
        worst_peers=_peers(store),
        hours=_hours(store),
        unreadable=[
            Unread(path=path, reason=reason)
            for path, reason in store.execute(
                "SELECT path, reason FROM captures WHERE state = 'unreadable' ORDER BY path LIMIT ?", [MOST_UNREADABLE]
            ).fetchall()
        ],
    )


def _rules(store: duckdb.DuckDBPyConnection) -> list[RuleCount]:
    rows = store.execute(
        """
        SELECT rule, severity, count(*) AS findings, count(DISTINCT call_id), count(DISTINCT capture),
            epoch_ns(min(time)), epoch_ns(max(time)), arg_min(message, number)
        FROM findings GROUP BY rule, severity
        ORDER BY list_position(['error', 'warning', 'note'], severity), findings DESC, rule
        """
    ).fetchall()
    return [
        RuleCount(
            rule=rule,
            severity=severity,
            findings=findings,
            calls=calls,
            captures=captures,
            first_time=_iso(first),
            last_time=_iso(last),
            message=message,
        )
        for rule, severity, findings, calls, captures, first, last, message in rows
    ]


def _codes(store: duckdb.DuckDBPyConnection) -> list[CodeCount]:
    """Failures by who sent them; challenges are no failures."""
    rows = store.execute(
        f"""
        SELECT {_HOST.format("source")} AS destination, method, code, count(*) AS responses
        FROM responses WHERE repeat = '' AND code >= 300 AND code NOT IN (401, 402, 407)
        GROUP BY ALL ORDER BY responses DESC, destination, code, method LIMIT ?
        """,  # noqa: S608  (constants of this module)
        [MOST_ROWS],
    ).fetchall()
    return [
        CodeCount(destination=destination, method=method, code=code, responses=responses)
        for destination, method, code, responses in rows
    ]


def _peers(store: duckdb.DuckDBPyConnection) -> list[PeerCount]:
    """Those to whom the most calls failed."""
    rows = _rows(
        store,
        f"SELECT {_HOST.format('destination')} AS destination, {_SUMS} FROM {_ATTEMPTS} GROUP BY 1 "  # noqa: S608
        "HAVING count(*) FILTER (state = 'failed') > 0 "
        f"ORDER BY failed DESC, failed / calls DESC, destination LIMIT {MOST_ROWS}",
    )
    return [
        PeerCount(
            destination=row["destination"],
            calls=row["calls"],
            answered=row["answered"],
            failed=row["failed"],
            figures=figures_in(_sums(row)),
        )
        for row in rows
    ]


def _hours(store: duckdb.DuckDBPyConnection) -> list[Hour]:
    """The hours in which calls or registrations began, or an error."""
    errors = _by_hour(store, "count(*) AS errors", "findings WHERE severity = 'error' AND part_of IS NULL")
    registered = _by_hour(store, _REGISTERED, "registrations")
    calls = _by_hour(store, _SUMS, _ATTEMPTS)
    (none,) = _rows(store, f"SELECT {_SUMS} FROM {_ATTEMPTS} WHERE false")  # noqa: S608  (constants of this module)
    hours = []
    for hour in sorted(errors | registered | calls):
        row = calls.get(hour, none)
        sums = _registered(_sums(row), registered[hour]) if hour in registered else _sums(row)
        hours.append(
            Hour(
                time=_iso(hour),
                calls=row["calls"],
                answered=row["answered"],
                failed=row["failed"],
                errors=errors[hour]["errors"] if hour in errors else 0,
                figures=figures_in(sums),
            )
        )
    return hours


def _by_hour(store: duckdb.DuckDBPyConnection, columns: str, rows: str) -> dict[int, dict[str, Any]]:
    hour = "epoch_ns(date_trunc('hour', time))"
    return {row["hour"]: row for row in _rows(store, f"SELECT {hour} AS hour, {columns} FROM {rows} GROUP BY 1")}  # noqa: S608  (the same)


def _registered(sums: Sums, row: dict[str, Any]) -> Sums:
    """The sums with those of registrations."""
    delays = _delays(row["delay"], row["delays"])
    return msgspec.structs.replace(sums, registrations=row["registrations"], registration_delays=delays)


def _sums(row: dict[str, Any]) -> Sums:
    return Sums(
        **{name: row[name] for name in ("calls", "requests", "answered", "redirected", "effective", "cancelled")},
        ineffective=row["ineffective"],
        completed=row["completed"],
        request_delays=_delays(row["asking"], row["asking_count"]),
        failed_request_delays=_delays(row["vain"], row["vain_count"]),
        disconnect_delays=_delays(row["ending"], row["ending_count"]),
        durations=_delays(row["talking"], row["talking_count"]),
    )


def _delays(milliseconds: float, count: int) -> Delays:
    return Delays(round(milliseconds * MILLISECOND), count)


def _row(store: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = store.execute(query).fetchone()
    assert row is not None, "an aggregate gives a row"  # noqa: S101
    return row


def _rows(store: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    answer = store.execute(query)
    names = [each[0] for each in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _counts(store: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(sorted(store.execute(query).fetchall()))


def _iso(nanoseconds: int) -> str:
    """A time to the second."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
