"""Tests of `sipdiag.cli.helping`: help pages in the language of the user."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sipdiag.cli.commands import COMMANDS


def page(*arguments: str, locale: str = "C.UTF-8") -> str:
    """What a command line prints on a terminal of 80 columns."""
    environment = os.environ | {"COLUMNS": "80", "LC_ALL": locale}
    command = [sys.executable, "-m", "sipdiag", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, encoding="utf-8").stdout


@pytest.mark.parametrize("name", ["", "check", "extract"])
def test_a_page_is_in_one_language(name: str) -> None:
    """Titles of panels, usage, defaults and click's own options are no exception."""
    arguments = [name, "--help"] if name else ["--help"]
    told = page(*arguments, locale="pt_BR.UTF-8")
    assert told == page(*arguments, "--lang", "pt") if name else told
    assert " Uso: sipdiag" in told
    assert "─ Opções ─" in told
    assert "Mostra esta mensagem e sai." in told
    for english in ("Usage:", "Options ─", "Arguments", "Commands ─", "[default", "[required", "Show this"):
        assert english not in told
    if name == "extract":
        assert "[obrigatório]" in told
    if name == "check":
        assert "[padrão: text]" in told


def test_english_stays_as_it_is() -> None:
    """Nothing is exchanged where the program's own language is asked for; square brackets are no markup."""
    told = page("browse", "--help")
    assert "Needs the extra tui: pip install 'sipdiag[tui]'." in " ".join(told.split())
    assert "[default: native]" in told


@pytest.mark.parametrize("name", ["", *COMMANDS][:4])
def test_help_is_a_word_too(name: str) -> None:
    """`sipdiag help check` is `sipdiag check --help`."""
    assert page("help", *([name] if name else [])) == page(*([name] if name else []), "--help")
