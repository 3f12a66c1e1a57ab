"""Entries of the catalogue, which are Markdown, as HTML; every character that is not markup is escaped."""

from __future__ import annotations

import re
from typing import Any, Final

from markupsafe import Markup, escape

from sipdiag.knowledge import Entry
from sipdiag.report.escape import shown

_MARKED: Final = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_RFC: Final = re.compile(r"\bRFC (\d{1,5})(?:, [^\W\d]+ ([A-Z\d][\d.]*\d|[A-Z\d]))?")


def inline(markdown: str) -> Markup:
    """A paragraph: code and bold."""
    parts, at = [], 0
    for found in _MARKED.finditer(markdown):
        parts.append(escape(shown(markdown[at : found.start()])))
        tag, text = ("code", found[1]) if found[1] else ("strong", found[2])
        parts.append(Markup("<{0}>{1}</{0}>").format(Markup(tag), shown(text)))  # noqa: S704  (the tag is one of ours)
        at = found.end()
    parts.append(escape(shown(markdown[at:])))
    return Markup("").join(parts)


def reference(text: str) -> Markup:
    """A reference, an RFC as a link to where it is published."""
    found = _RFC.search(text)
    if found is None:
        return inline(text)
    section = f"#section-{found[2]}" if found[2] and found[2][0].isdigit() else ""
    link = Markup('<a href="https://www.rfc-editor.org/rfc/rfc{}{}" rel="noreferrer">{}</a>')
    return inline(text[: found.start()]) + link.format(found[1], section, shown(found[0])) + inline(text[found.end() :])


def entry_told(entry: Entry, methods: set[str]) -> dict[str, Any]:
    """The entry for the template: its prose, and what it says of those `methods` that were seen."""
    parts = [(method, part) for method, part in entry.methods.items() if method in methods]
    return {
        "key": entry.key,
        "anchor": anchor(entry.key),
        "title": entry.title,
        "folder": entry.folder,
        "meaning": inline(entry.meaning),
        "description": [inline(each) for each in entry.description.split("\n\n") if each],
        "seen_when": [inline(each) for each in entry.seen_when],
        "fix": [inline(each) for each in entry.fix],
        "methods": [
            {
                "method": method,
                "description": [inline(each) for each in part.description.split("\n\n") if each],
                "seen_when": [inline(each) for each in part.seen_when],
                "fix": [inline(each) for each in part.fix],
            }
            for method, part in parts
        ],
        "platforms": {name: [inline(each) for each in settings] for name, settings in entry.platforms.items()},
        "references": [reference(each) for each in entry.references],
    }


def anchor(key: str) -> str:
    """Where an entry stands in the page: `entry-status-403`."""
    return "entry-" + re.sub(r"[^A-Za-z0-9]+", "-", key)
