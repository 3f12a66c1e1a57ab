"""The files of the catalogue as they lie there, read without the program: what the tests of `knowledge/` start from."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
KNOWLEDGE = ROOT / "knowledge"
RFCS = ROOT.parent / "shared" / "reference" / "rfc"
LANGUAGES = sorted(path.parent.name for path in KNOWLEDGE.glob("*/language.toml"))
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
NAMES = sorted(str(path.relative_to(KNOWLEDGE / "en").with_suffix("")) for path in (KNOWLEDGE / "en").glob("*/*.md"))
"""`status/403`."""

_FENCE = re.compile(r"^```toml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)


class Section(NamedTuple):
    """One section, under the name that its heading has in `language.toml` (`fix`), or the heading where it has none."""

    name: str
    level: int
    body: str


class Page(NamedTuple):
    """One file."""

    title: str
    facts: dict[str, Any] | None
    lead: str
    sections: list[Section]


@cache
def labels(language: str) -> dict[str, Any]:
    """All of `language.toml`."""
    return tomllib.loads((KNOWLEDGE / language / "language.toml").read_text(encoding="utf-8"))


@cache
def page(name: str, language: str) -> Page:
    """The entry `name` in one language."""
    text = (KNOWLEDGE / language / f"{name}.md").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    fence = _FENCE.search(rest)
    if fence is not None and fence.start() < 5:
        facts = tomllib.loads(fence[1])
        rest = rest[: fence.start()] + rest[fence.end() :]
    else:
        facts = None
    hidden = _FENCED.sub(
        lambda found: "\0" * len(found[0]), rest
    )  # an example may hold a line that looks like a heading
    marks = [*_HEADING.finditer(hidden)]
    ends = [*(mark.start() for mark in marks[1:]), len(rest)]
    sections = [
        Section(_named(mark[2], language), len(mark[1]), rest[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]
    return Page(title.removeprefix("# "), facts, (rest[: marks[0].start()] if marks else rest).strip(), sections)


def code_spans(markdown: str) -> list[str]:
    """What stands in `code font`, sorted."""
    return sorted(re.findall(r"`([^`\n]+)`", markdown))


def items(markdown: str) -> list[str]:
    """The marks of the list items: `-` or `1.`."""
    return re.findall(r"^(-|\d+\.) ", markdown, re.MULTILINE)


def _named(heading: str, language: str) -> str:
    headings: dict[str, str] = labels(language)["headings"]
    for name, called in headings.items():
        if heading == called:
            return name
    before, _, after = headings["for_method"].partition("{method}")
    if heading.startswith(before) and heading.endswith(after) and heading[len(before) :].removeprefix("re-").isupper():
        return f"for {heading[len(before) :]}"
    return heading
