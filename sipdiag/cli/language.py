"""In which language to answer: `--lang`, else LC_ALL, LC_MESSAGES or LANG, else English."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sipdiag.knowledge import DEFAULT_LANGUAGE, Catalogue, languages

_STATED: list[str | None] = [None]
"""The language that this command line, or else a settings file, asks for."""


def remember(arguments: Sequence[str]) -> None:
    """Note which language a command line asks for, before it is known to be a good one."""
    _STATED[0] = None
    for word, following in zip(arguments, [*arguments, ""][1:], strict=True):
        option, equals, value = word.partition("=")
        if option == "--lang":
            _STATED[0] = value if equals else following


def spoken() -> str:
    """The language of help pages and of mistakes in the command line."""
    language = chosen_language(_STATED[0])
    return language if language in languages() else chosen_language(None)


def chosen_language(stated: str | None) -> str:
    """The language that was asked for (`pt`, `pt_BR`, `pt-BR`), else that of the locale if the catalogue speaks it."""
    if stated is not None:
        spoken = languages()
        return next((each for each in (stated, _language_of(stated)) if each in spoken), stated)
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    wanted = _language_of(locale)
    return wanted if wanted in languages() else DEFAULT_LANGUAGE


def catalogue_for(language: str | None, knowledge: Sequence[str] = ()) -> Catalogue:
    """The catalogue in that language under the folders of `--knowledge`; their broken entries go to standard error."""
    if language is not None:
        _STATED[0] = language
    catalogue = Catalogue(chosen_language(language), overlays=knowledge)
    for error in catalogue.broken:
        from sipdiag.cli.phrases import told  # noqa: PLC0415  (which needs this module)

        print(f"sipdiag: {told(str(error))}", file=sys.stderr)  # noqa: T201
    return catalogue


def _language_of(locale: str) -> str:
    """`pt_BR.UTF-8` → `pt`."""
    return locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
