"""The style, the scripts and the template: data files of the package, read when a page is made."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from sipdiag.report.escape import shown

SCRIPTS: Final = ("data", "words", "arrows", "ladder", "message", "streams", "table", "detail", "start")
"""Joined in this order into one script."""


class Inline(NamedTuple):
    """Text that stands in the page as it is, and the hash by which the page's policy lets it run."""

    text: Markup
    source: str
    """`'sha256-…'`, a hash-source of CSP."""


@cache
def style() -> Inline:
    """The style sheet; the dark colours stand in it twice, for the system's choice and for one's own."""
    dark = _text("dark.css")
    system = '@media (prefers-color-scheme: dark) {\n:root:not([data-theme="light"]) {\n' + dark + "}\n}\n"
    return _inline(_text("page.css") + system + ':root[data-theme="dark"] {\n' + dark + "}\n" + _text("print.css"))


@cache
def script() -> Inline:
    """The script of the page."""
    return _inline('(() => {\n"use strict";\n' + "\n".join(_text(f"{name}.js") for name in SCRIPTS) + "})();\n")


@cache
def environment() -> Environment:
    """Jinja that escapes everything for HTML, and before that makes every text harmless."""
    made = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"], made.globals["script"] = style(), script()
    return made


def _inline(text: str) -> Inline:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inline(Markup(text), f"'sha256-{digest}'")  # noqa: S704  (a file of ours)


def _text(name: str) -> str:
    return (files(__package__) / "web" / name).read_text(encoding="utf-8")


def _harmless(value: Any) -> Any:  # noqa: ANN401  (whatever a template names)
    return shown(value) if type(value) is str else value
