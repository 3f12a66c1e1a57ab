"""TOML text → expectations or a baseline; what is wrong is told with file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, get_args

import msgspec

from sipdiag.errors import UsageError
from sipdiag.expect.baseline import Baseline
from sipdiag.expect.expectations import Expectations, ExpectedCall, ExpectedHeader, Range
from sipdiag.expect.pattern import Pattern

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that somebody wrote: what is larger is another file by mistake."""

_PATTERNS = frozenset({"from_", "to", "aor", "event", "value"})
_PLACE = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}")

Read = TypeVar("Read", Expectations, Baseline)
Steps = tuple[str | int, ...]
"""Where something stands: `("call", 0, "setup_s")`."""


def expectations_in(path: str) -> Expectations:
    """The expectations of a file; raises `UsageError`."""
    text = _text(path)
    expectations = _read(path, text, Expectations)
    for steps, problem in _problems(expectations):
        raise UsageError(_located(path, text, steps, problem))
    return expectations


def baseline_in(path: str) -> Baseline:
    """The baseline of a file; raises `UsageError`."""
    return _read(path, _text(path), Baseline)


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path}: larger than {LARGEST // 2**20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text: {error.reason}") from error


def _read(path: str, text: str, kind: type[Read]) -> Read:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        steps = _steps(place, problem)
        if _UNKNOWN.search(problem):
            problem = _unknown(steps, kind)
        raise UsageError(_located(path, text, steps, problem)) from error


def _unknown(steps: Steps, kind: type[msgspec.Struct]) -> str:
    """Say that the last of `steps` is no key, and which is that comes near to it."""
    from difflib import get_close_matches  # noqa: PLC0415  (only a mistake needs it)

    name = str(steps[-1])
    meant = get_close_matches(name, _keys(kind, [step for step in steps[:-1] if isinstance(step, str)]), n=1)
    return f"no key is called '{name}'" + (f"; did you mean '{meant[0]}'?" if meant else "")


def _keys(kind: type[msgspec.Struct], tables: list[str]) -> list[str]:
    """The keys that a table may have, by the names that a file has them under."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    if not tables:
        return list(fields)
    inner = fields.get(tables[0])
    structs = [
        each for each in (inner, *get_args(inner)) if isinstance(each, type) and issubclass(each, msgspec.Struct)
    ]
    return _keys(structs[0], tables[1:]) if structs else []


def _steps(place: str, problem: str) -> Steps:
    """`.call[0]` and an unknown field `foo` → `("call", 0, "foo")`."""
    steps: list[str | int] = [
        int(found[2]) if found[2] else found[1] for found in _PLACE.finditer(place) if found[1] or found[2]
    ]
    unknown = _UNKNOWN.search(problem)
    return (*steps, unknown[1]) if unknown else tuple(steps)


def _located(path: str, text: str, steps: Steps, problem: str) -> str:
    named = ".".join(f"{step}" if isinstance(step, str) else f"#{step + 1}" for step in steps)
    named = named.replace(".#", " #")
    line = _line_of(text, steps)
    problem = problem[0].lower() + problem[1:]
    return f"{path}{f':{line}' if line else ''}: {f'{named}: ' if named else ''}{problem}"


def _line_of(text: str, steps: Steps) -> int:
    """The line of what `steps` lead to: of the key, else of its table; 0 where neither is found."""
    tables = [step for step in steps if isinstance(step, str)]
    numbers = iter([step for step in steps if isinstance(step, int)])
    wanted = next(numbers, 0)
    lines = text.split("\n")
    inner = next(numbers, 0)
    for depth in range(len(tables), -1, -1):
        header, keys = ".".join(tables[:depth]), tables[depth:]
        begin = _table_line(lines, header, wanted, inner) if header else 0
        if begin is None:
            continue
        if not keys:
            return begin
        key = re.compile(rf"\s*[\"']?{re.escape(keys[0])}[\"']?\s*[=.]")
        for number in range(begin, len(lines)):
            if _TABLE.match(lines[number]) and number >= max(begin, 1) and not key.match(lines[number]):
                break
            if key.match(lines[number]):
                return number + 1
        if begin:
            return begin
    return 0


def _table_line(lines: list[str], header: str, wanted: int, inner: int) -> int | None:
    """The 1-based line of a table's header: of the `wanted`th of its parents, and of the `inner`th below it."""
    parent = header.partition(".")[0]
    parents = found = -1
    for number, line in enumerate(lines, 1):
        table = _TABLE.match(line)
        if table is None:
            continue
        if table[1] == parent:
            parents, found = parents + 1, -1
        if table[1] == header:
            if header != parent:
                found += 1
            if parents in (wanted, -1) and (header == parent or found == inner):
                return number
    return None


def _problems(expectations: Expectations) -> Iterator[tuple[Steps, str]]:
    """What the types cannot say: patterns that are none, ranges that are empty, contradictions."""
    yield from _in(("capture",), expectations.capture)
    for name in ("call", "registration", "subscription", "request"):
        for number, each in enumerate(getattr(expectations, name)):
            yield from _in((name, number), each)


def _in(steps: Steps, expected: msgspec.Struct) -> Iterator[tuple[Steps, str]]:
    for field in msgspec.structs.fields(expected):
        value, here = getattr(expected, field.name), (*steps, field.encode_name)
        if isinstance(value, Range):
            if value.min is not None and value.max is not None and value.min > value.max:
                yield here, "min is larger than max"
        elif isinstance(value, str) and field.name in _PATTERNS:
            try:
                Pattern(value)
            except ValueError as error:
                yield here, f"{value!r} {error}"
    if isinstance(expected, ExpectedCall):
        for number, each in enumerate(expected.header):
            yield from _in((*steps, "header", number), each)
        if expected.exact and not expected.messages:
            yield (*steps, "exact"), "exact needs messages"
    if isinstance(expected, ExpectedHeader) and expected.absent and expected.value is not None:
        yield (*steps, "absent"), "a header field that must be absent has no value"
