"""One entry of the catalogue: a Markdown file with a fence of facts and fixed headings (see `knowledge/README.md`).

`sipdiag explain` must answer at once, so this room imports little, and reads only the entries that are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sipdiag.errors import KnowledgeError
from sipdiag.knowledge.facts import facts_of

RE_INVITE = "re-INVITE"
"""An INVITE within a dialog, which changes a session and begins none (RFC 3261, section 14)."""


class Part(NamedTuple):
    """What an entry says of one method: prose, and lists only where they differ from the entry's own."""

    description: str
    seen_when: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry in one language; its texts are Markdown, each paragraph and list item on one line."""

    key: str
    """`status/403`, `rule/ack-missing`, `timer/B`; `status/403@carrier` from a folder of one's own."""
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
    """A fenced block, or several with prose between them."""
    references: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder of one's own that it comes from (`carrier`); empty for the catalogue's entries."""
        return self.key.partition("@")[2]

    def about(self, method: str) -> Entry:
        """The entry as it reads for one method: its own words first, the general ones where it has none."""
        part = self.part(method)
        if part is None:
            return self
        return self._replace(
            description=part.description or self.description,
            seen_when=part.seen_when or self.seen_when,
            fix=part.fix or self.fix,
        )

    def part(self, method: str) -> Part | None:
        """What it says of one method; of a `re-INVITE` what it says of an INVITE, where it makes no difference."""
        return self.methods.get(method) or (self.methods.get("INVITE") if method == RE_INVITE else None)

    def over(self, beneath: Entry) -> Entry:
        """This entry, with the sections and facts that it leaves out taken from the one `beneath`."""
        mine = {name: value for name, value in self._asdict().items() if value}
        facts = {name: value for name, value in beneath.facts.items() if not name.startswith("match_")}
        parts = {method: self._leaving(part) for method, part in beneath.methods.items()}
        methods = {method: part for method, part in parts.items() if any(part)} | self.methods
        return beneath._replace(**{**mine, "facts": {**facts, **self.facts}, "methods": methods})

    def _leaving(self, part: Part) -> Part:
        """Of a part from beneath, what this entry says nothing about: its general words are nearer than those."""
        return Part(
            "" if self.meaning or self.description else part.description,
            () if self.seen_when else part.seen_when,
            () if self.fix else part.fix,
        )


class Headings:
    """What the sections are called, in one language, or in several where a folder does not say which it speaks."""

    def __init__(self, *languages: dict[str, str]) -> None:
        self._names = {heading: name for headings in reversed(languages) for name, heading in headings.items()}
        self._around = [headings["for_method"].partition("{method}")[::2] for headings in languages]

    def name(self, heading: str) -> str | None:
        """The name of the section under `heading`: `fix`, or `for INVITE` for a method's; None where there is none."""
        if heading in self._names:
            return self._names[heading]
        for before, after in self._around:
            method = heading[len(before) : len(heading) - len(after)]
            if heading == before + method + after and (method.isupper() or method == RE_INVITE):
                return f"for {method}"
        return None


class _Section(NamedTuple):
    heading: str
    level: int
    line: int
    body: list[str]


def parse_entry(key: str, text: str, headings: Headings, path: str, facts: dict[str, Any] | None = None) -> Entry:
    """The entry in `text`; `facts` are those of the English file where this one is a translation.

    Raises `KnowledgeError` with file, line and reason where the form is broken.
    """
    title, *sections = _sections(text, path)
    stated, lead = _facts(title, path)
    parts: dict[str, list[str]] = {}
    methods: dict[str, dict[str, list[str]]] = {}
    platforms: dict[str, tuple[str, ...]] = {}
    above = ""
    for section in sections:
        if section.level == 3 and above == "platforms":
            platforms[section.heading] = _items(section.body)
            continue
        name = headings.name(section.heading)
        if section.level == 3 and above in methods and name in ("seen_when", "fix"):
            methods[above][name] = section.body
        elif section.level == 3 or name is None:
            raise KnowledgeError(f"{path}:{section.line}: no section is called {section.heading!r}")
        elif name in parts or name in methods:
            raise KnowledgeError(f"{path}:{section.line}: a second section {section.heading!r}")
        elif name.startswith("for "):
            methods[name] = {"description": section.body}
        else:
            parts[name] = section.body
        above = name if section.level == 2 else above
    return Entry(
        key=key,
        title=title.heading,
        facts=stated if facts is None else {**facts, **stated},
        meaning=_prose(lead),
        description=_prose(parts.get("description", ())),
        seen_when=_items(parts.get("seen_when", ())),
        fix=_items(parts.get("fix", ())),
        when_to_use=_prose(parts.get("when_to_use", ())),
        methods={name[4:]: _part(told) for name, told in methods.items()},
        messages=_named(parts.get("messages", ())),
        remedies=_named(parts.get("remedies", ())),
        platforms=platforms,
        example="\n".join(parts.get("example", ())).strip("\n"),
        references=_items(parts.get("references", ())),
    )


def facts_in(text: str, path: str) -> dict[str, Any]:
    """The facts of an entry alone."""
    return _facts(next(_sections(text, path)), path)[0]


def _sections(text: str, path: str) -> Iterator[_Section]:
    """The title with what stands before the first heading, then every section; headings inside fences are text."""
    section = None
    fenced = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        level = 0 if fenced else len(line) - len(line.lstrip("#"))
        if section is None:
            if level != 1 or line[1:2] != " " or not line[2:].strip():
                raise KnowledgeError(f"{path}:{number}: the first line must be a title: '# 403 Forbidden'")
            section = _Section(line[2:].strip(), 1, number, [])
        elif level in (2, 3) and line[level : level + 1] == " ":
            yield section
            section = _Section(line[level:].strip(), level, number, [])
        else:
            fenced ^= line.startswith("```")
            section.body.append(line)
    if fenced:
        raise KnowledgeError(f"{path}:{text.count(chr(10)) + 1}: a ``` is opened and never closed")
    if section is not None:
        yield section


def _facts(title: _Section, path: str) -> tuple[dict[str, Any], list[str]]:
    """The facts in the fence under the title, and what stands around it."""
    body = title.body
    if "```toml" not in body:
        return {}, body
    start = body.index("```toml")
    end = body.index("```", start)
    try:
        return facts_of("\n".join(body[start + 1 : end])), body[:start] + body[end + 1 :]
    except ValueError as error:
        raise KnowledgeError(f"{path}:{title.line + start + 1}: the facts are not valid TOML: {error}") from error


def _part(told: dict[str, list[str]]) -> Part:
    return Part(_prose(told["description"]), _items(told.get("seen_when", ())), _items(told.get("fix", ())))


def _prose(lines: Sequence[str]) -> str:
    """Paragraphs apart by an empty line, each on one line."""
    paragraphs = "\n".join(line.strip() for line in lines).strip("\n").split("\n\n")
    return "\n\n".join(joined for each in paragraphs if (joined := " ".join(each.split())))


def _items(lines: Sequence[str]) -> tuple[str, ...]:
    """The items of a list, `- ` or `1. `; a line that begins none goes on with the one before."""
    items: list[list[str]] = []
    for line in lines:
        mark, blank, rest = line.partition(" ")
        if blank and (mark == "-" or (mark[-1:] == "." and mark[:-1].isdigit())):
            items.append([rest.strip()])
        elif items and line.strip():
            items[-1].append(line.strip())
    return tuple(" ".join(item) for item in items)


def _named(lines: Sequence[str]) -> dict[str, str]:
    """The items of a list of the form ``- `name`: text``."""
    named: dict[str, str] = {}
    for item in _items(lines):
        name, colon, told = item.removeprefix("`").partition("`:")
        if colon:
            named[name] = told.strip()
    return named
