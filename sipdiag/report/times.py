"""Times and durations as people and machines read them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_SECOND = 1_000_000_000


def iso(time: int) -> str:
    """Nanoseconds since 1970 as ISO 8601 UTC, all nine digits kept."""
    seconds = time // _SECOND
    return f"{_to_the_second(seconds)}.{time - seconds * _SECOND:09d}Z"


def clock(time: int, digits: int = 3) -> str:
    """The time of day in UTC: `09:32:20.839`."""
    seconds, rest = divmod(time, _SECOND)
    fraction = f".{rest:09d}"[: digits + 1] if digits else ""
    return _to_the_second(seconds)[11:] + fraction


def day(time: int) -> str:
    """The date in UTC: `2026-03-02`."""
    return _to_the_second(time // _SECOND)[:10]


def milliseconds(nanoseconds: int) -> float:
    """Nanoseconds as milliseconds, to the microsecond."""
    told = nanoseconds / 1_000_000
    return round(told, 3) if nanoseconds % 1000 else told  # as near to whole microseconds as can be already


def span(nanoseconds: int) -> str:
    """A duration at a glance: `850 ms`, `31.5 s`, `26 min 6 s`, `3 h 5 min`."""
    seconds = nanoseconds / _SECOND
    if seconds < 0.9995:  # from here on it would be told as 1000 ms, and below as 100.0 s
        return f"{nanoseconds / 1_000_000:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


@lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (OverflowError, ValueError, OSError):  # a damaged record may claim any time
        return "0000-00-00T00:00:00"
