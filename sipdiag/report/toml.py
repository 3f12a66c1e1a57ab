"""TOML text for files that people go on writing: baselines and expectations, with a comment above what needs one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from sipdiag.expect import Baseline, Expectations, Expected, Range
from sipdiag.report.escape import kept, shown
from sipdiag.report.words import Words

# basic-unescaped leaves out controls, the quotation mark and the backslash (TOML 1.0, String); what steers an editor
# or a terminal is escaped too
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]'
)
_NAMES = {"from_": "from"}
WIDTH = 100


def baseline_text(baseline: Baseline, words: Words) -> str:
    """A baseline file."""
    told: dict[str, str] = words.catalogue.words["checks"]
    lines = [f"# {told['baseline_head']}"]
    for each in baseline.finding:
        lines += ["", "[[finding]]"]
        lines += [f"{name} = {_value(getattr(each, name))}" for name in ("fingerprint", "rule", "message", "count")]
        lines.append(f"reason = {_value(each.reason)}")
        if each.until is not None:
            lines.append(f"until = {_value(each.until)}")
    return "\n".join(lines) + "\n"


def expectations_text(expectations: Expectations, words: Words, source: str = "") -> str:
    """An expectations file, written from the recording `source`."""
    told: dict[str, str] = words.catalogue.words["checks"]
    lines = [f"# {told['expect_head']}", f"# {told['expect_patterns']}"]
    if source:
        lines.append(f"# {shown(source)}")
    lines += ["", "[capture]", *_pairs(expectations.capture)]
    if expectations.capture.exact:
        lines[-1] += f"  # {told['expect_exact']}"
    for name in ("call", "registration", "subscription", "request"):
        entries: list[Expected] = getattr(expectations, name)
        for each in entries:
            lines += ["", f"[[{name}]]", *_pairs(each)]
    if expectations.call:
        lines += ["", f"# {told['expect_header']}"]
        lines += ["# [[call.header]]", '# name = "P-Asserted-Identity"', '# value = "*@example.com*"']
    return "\n".join(lines) + "\n"


def _pairs(entry: object) -> Iterator[str]:
    """The keys that say something, in the order of the type."""
    for name in entry.__struct_fields__:  # type: ignore[attr-defined]
        value = getattr(entry, name)
        default = name == "count" and value == 1
        if value is None or value is False or value in ("", []) or default:
            continue
        key = _NAMES.get(name, name)
        yield f"{key} = {_listed(value) if isinstance(value, list) else _value(value)}"


def _value(value: object) -> str:
    if isinstance(value, Range):
        limits = {"min": value.min, "max": value.max}
        return "{ " + ", ".join(f"{name} = {each:g}" for name, each in limits.items() if each is not None) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, int) else _text(str(value))


def _listed(values: Iterable[object]) -> str:
    """A list on one line, or on several where it is long."""
    written = [_value(each) for each in values]
    line = f"[{', '.join(written)}]"
    return line if len(line) <= WIDTH else "[\n" + "".join(f"  {each},\n" for each in written) + "]"


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, kept(text)) + '"'


def _escape(found: re.Match[str]) -> str:
    if found[0] in '"\\':
        return f"\\{found[0]}"
    code = ord(found[0])
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
