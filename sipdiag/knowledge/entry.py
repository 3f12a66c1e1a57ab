"""One entry of the catalogue: a Markdown file with a fence of facts and fixed headings; its form is told in `knowledge/README.md`.

`sipdiag explain` must answer at once, so this room imports little, and reads only the entries that are asked for.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

from sipdiag.errors import KnowledgeError

_HEADING = re.compile(r"^(##|###) +(.+?) *$", re.MULTILINE)
_FACTS = re.compile(r"^```toml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_ITEM = re.compile(r"^(?:- |\d+\. )", re.MULTILINE)
_NAMED_ITEM = re.compile(r"`([a-z0-9-]+)`: ?(.*)", re.DOTALL)


class Part(NamedTuple):
    """What an entry says of one method: prose, and lists only where they differ from the entry's own."""

    description: str
    seen_when: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry in one language; its texts are Markdown, each paragraph and list item on one line."""

    key: str
    """`status/403`, `rule/ack-missing`, `timer/B`."""
    title: str
    facts: dict[str, Any]
    meaning: str
    """All of it in one sentence of at most 100 characters."""
    description: str
    seen_when: tuple[str, ...]
    fix: tuple[str, ...]
    when_to_use: str
    methods: dict[str, Part]
    messages: dict[str, str]
    """Of a rule: what it says, by variant, with `{names}` of the finding's evidence."""
    remedies: dict[str, str]
    """Of a rule: what to do, by variant."""
    platforms: dict[str, tuple[str, ...]]
    example: str
    references: tuple[str, ...]

    def about(self, method: str) -> Entry:
        """The entry as it reads for one method: its own words first, the general ones where it has none."""
        part = self.methods.get(method)
        if part is None:
            return self
        return self._replace(
            description=part.description or self.description,
            seen_when=part.seen_when or self.seen_when,
            fix=part.fix or self.fix,
        )


def parse_entry(key: str, text: str, headings: dict[str, str], path: str, facts: dict[str, Any] | None = None) -> Entry:
    """The entry in `text`; `facts` are those of the English file where this one is a translation.

    Raises `KnowledgeError` with file, line and reason where the form is broken.
    """
    if not text.startswith("# "):
        raise KnowledgeError(f"{path}:1: the first line must be a title: '# 403 Forbidden'")
    title, _, rest = text.partition("\n")
    if facts is None:
        facts, rest = _facts(text, rest, path)
    lead, sections = _sections(rest)
    known = {heading: name for name, heading in headings.items()}
    plain: dict[str, str] = {}
    methods: dict[str, Part] = {}
    platforms: dict[str, tuple[str, ...]] = {}
    before, _, after = headings["for_method"].partition("{method}")
    for heading, body, inner in sections:
        if heading == headings["platforms"]:
            platforms = {name: _items(listed) for name, listed in inner.items()}
        elif heading in known:
            plain[known[heading]] = body
        elif heading.startswith(before) and heading.endswith(after):
            methods[heading[len(before) : len(heading) - len(after)]] = Part(
                _prose(body), _items(inner.get(headings["seen_when"], "")), _items(inner.get(headings["fix"], ""))
            )
        else:
            line = text[: text.index(f"## {heading}")].count("\n") + 1
            raise KnowledgeError(f"{path}:{line}: no section is called {heading!r}")
    return Entry(
        key=key,
        title=title[2:].strip(),
        facts=facts,
        meaning=_prose(lead),
        description=_prose(plain.get("description", "")),
        seen_when=_items(plain.get("seen_when", "")),
        fix=_items(plain.get("fix", "")),
        when_to_use=_prose(plain.get("when_to_use", "")),
        methods=methods,
        messages=_named(plain.get("messages", "")),
        remedies=_named(plain.get("remedies", "")),
        platforms=platforms,
        example=plain.get("example", ""),
        references=_items(plain.get("references", "")),
    )


def _facts(text: str, rest: str, path: str) -> tuple[dict[str, Any], str]:
    fence = _FACTS.search(rest)
    if fence is None:
        return {}, rest
    try:
        return tomllib.loads(fence[1]), rest[: fence.start()] + rest[fence.end() :]
    except tomllib.TOMLDecodeError as error:
        line = text[: text.index("```toml")].count("\n") + 1
        raise KnowledgeError(f"{path}:{line}: the facts are no TOML: {error}") from error


def _sections(text: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    """The lead, and each section as (heading, body, {inner heading: its body})."""
    fences = [(found.start(), found.end()) for found in re.finditer(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)]
    marks = [
        found
        for found in _HEADING.finditer(text)
        if not any(start <= found.start() < end for start, end in fences)  # an example may hold a line with '##'
    ]
    lead = text[: marks[0].start()] if marks else text
    sections: list[tuple[str, str, dict[str, str]]] = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        body = text[mark.end() : None if following is None else following.start()].strip()
        if mark[1] == "##":
            sections.append((mark[2], body, {}))
        elif sections:
            sections[-1][2][mark[2]] = body
    return lead, sections


def _prose(text: str) -> str:
    """Paragraphs apart by an empty line, each on one line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))


def _items(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in _ITEM.split(text)[1:])


def _named(text: str) -> dict[str, str]:
    return {named[1]: named[2] for item in _items(text) if (named := _NAMED_ITEM.match(item))}
